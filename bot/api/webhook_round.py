"""The round that tells receivers what changed. No transaction is open while one answers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import aiohttp
from sqlalchemy import func
from sqlmodel import col, select

from bot.api.webhook_calls import due_calls, note_answer, note_changes
from bot.api.webhooks import NO_ANSWER, Verdict, headers, judge
from bot.clock import Clock, utc_now
from bot.rows import WebhookCall
from bot.settings import WebhookSettings
from contacts.journal import JournalEntry
from contacts.records import Database
from contacts.sealing import Sealer

log = logging.getLogger(__name__)

LIMIT = aiohttp.ClientTimeout(total=10.0)
MOST_A_ROUND = 5
ANYWAY = timedelta(minutes=1)


def secret_of(sealer: Sealer, key: str) -> bytes:
    """The secret that this installation shares with one receiver, and with no other."""
    return sealer.derive(f"webhook:{key}")


async def post(
    web: aiohttp.ClientSession,
    address: str,
    secret: bytes,
    message_id: str,
    body: str,
    at: datetime,
) -> int:
    """One request; the status, or :data:`NO_ANSWER`. What the receiver says is not read."""
    try:
        async with web.post(
            address,
            data=body.encode(),
            headers=headers(secret, message_id, body, now=at),
            allow_redirects=False,
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return NO_ANSWER


async def send_test(hook: WebhookSettings, sealer: Sealer) -> int:
    """A message without news, so that both sides can see whether the road is open."""
    now = utc_now()
    body = json.dumps({"type": "test", "timestamp": now.isoformat(), "data": {}})
    async with aiohttp.ClientSession(timeout=LIMIT) as web:
        secret = secret_of(sealer, hook.key)
        return await post(web, hook.url, secret, f"msg_{uuid4().hex}", body, now)


@dataclass
class Webhooks:
    """All receivers of one installation. ``seen`` is the journal line that was looked at."""

    db: Database
    hooks: Sequence[WebhookSettings]
    sealer: Sealer
    clock: Clock
    is_exercise: bool = False
    seen: int = -1
    looked_at: datetime | None = None

    async def turn(self) -> int:
        """Note what changed and tell what is due; returns how many were told or refused."""
        if not self.hooks:
            return 0
        await self._look()
        async with self.db.read() as session:
            due = await due_calls(session, self.hooks, most=MOST_A_ROUND, now=self.clock())
        if not due:
            return 0
        addresses = {hook.key: hook.url for hook in self.hooks}
        async with aiohttp.ClientSession(timeout=LIMIT) as web:
            told = await asyncio.gather(
                *(self._tell(web, addresses[key], calls) for key, calls in due.items())
            )
        return sum(told)

    async def _look(self) -> None:
        """Every change writes a journal line, so without a new one there is nothing to note.

        But for a line with a lower number that was committed later: so once a minute anyway.
        """
        now = self.clock()
        async with self.db.read() as session:
            newest = (await session.exec(select(func.max(col(JournalEntry.id))))).one() or 0
        if newest == self.seen and self.looked_at is not None and now - self.looked_at < ANYWAY:
            return
        async with self.db.begin() as session:
            await note_changes(session, self.hooks, now=now)
        self.seen, self.looked_at = newest, now

    async def _tell(
        self, web: aiohttp.ClientSession, address: str, calls: Sequence[WebhookCall]
    ) -> int:
        """In the order in which things changed, until the receiver refuses one."""
        for told, call in enumerate(calls, 1):
            secret = secret_of(self.sealer, call.hook)
            code = await post(web, address, secret, call.message_id, call.body, self.clock())
            verdict = judge(code, call.attempts + 1, now=self.clock())
            await self._note(call, code, verdict)
            if not verdict.accepted:
                return told
        return len(calls)

    async def _note(self, call: WebhookCall, code: int, verdict: Verdict) -> None:
        assert call.id is not None
        if not verdict.accepted:
            log.warning(
                "A receiver refused a webhook",
                extra={"action": "webhook_refused", "hook": call.hook, "code": code},
            )
        async with self.db.begin() as session:
            await note_answer(
                session,
                call.id,
                code,
                verdict,
                is_exercise=self.is_exercise,
                now=self.clock(),
            )
