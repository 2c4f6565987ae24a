"""Reads updates by long polling: store first, then let Telegram forget.

Not the library's own Updater: that one confirms updates which so far only live in memory
(docs/decisions.md tells what a kill -9 did to them).
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.handling import Handled, handle_together, handle_update
from bot.inbox import Stored, forwards_of, next_updates
from bot.intake import ALLOWED, Intake, Source
from bot.link_reading import LinkReader
from bot.telegram_away import TelegramAway
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.waiting import wait_for_event
from feeds.pages import Page

log = logging.getLogger(__name__)


class Poller(Source):
    """The one reader of this bot's updates."""

    def __init__(
        self, bot: Bot, intake: Intake, *, clock: Callable[[], datetime], timeout_s: int,
        away: TelegramAway,
    ) -> None:  # fmt: skip
        super().__init__(clock)
        self._bot, self._intake, self._timeout_s = bot, intake, timeout_s
        self._away = away
        self._offset: int | None = None
        self._asks = False

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop; faults wait and are tried again for ever."""
        wait_s = 0.5
        self.round_at = self._clock()
        while not stop.is_set():
            try:
                await self.poll_once(stop)
                wait_s = 0.5
                self._note(None)
                await self._away.works()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._note(trouble_of(error))
                log.warning(
                    "Polling failed: %s", type(error).__name__, extra={"action": "poll_failed"}
                )
                await self._away.failed(error)
                await pause(stop, apart(wait_s))
                wait_s = min(wait_s * 2, 15.0)

    async def poll_once(self, stop: asyncio.Event) -> Stored | None:
        """One long poll: fetch, reduce, commit, and only then move the offset."""
        if not self._asks:
            # As long as a webhook stands, Telegram refuses to be asked.
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._asks = True
        raw = await _until(stop, self._fetch())
        if raw is None:
            return None
        self.round_at = self._clock()
        updates, stored = await self._intake.take(raw, now=self.round_at)
        if updates:
            self._offset = max(update.id for update in updates) + 1
        return stored

    async def _fetch(self) -> list[dict[str, Any]]:
        # In trouble it asks for an answer at once: that Telegram is back should not take as long as
        # it waits for the next message.
        timeout_s = self._timeout_s if self.trouble is None else 0
        query = {"timeout": timeout_s, "allowed_updates": json.dumps(ALLOWED)}
        if self._offset is not None:
            query["offset"] = self._offset
        # Raw on purpose: one update that the library cannot parse would come back for ever.
        result = await self._bot.request.post(
            f"{self._bot.base_url}/getUpdates?{urlencode(query)}",
            read_timeout=timeout_s + 10,
        )
        # The library calls this answer an object or a list of them; for updates it is the list.
        return [update for update in result if isinstance(update, dict)]  # type: ignore[union-attr]


class Worker:
    """Handles stored updates, oldest first; one bad update never blocks the rest."""

    def __init__(
        self,
        db: Database,
        bot: Bot,
        config: Any,
        sealer: Sealer,
        *,
        clock: Callable[[], datetime],
        on_done: Callable[[], None],
    ) -> None:
        self._db, self._bot, self._config, self._sealer = db, bot, config, sealer
        self._links = LinkReader(db, config, sealer)
        self._clock, self._on_done = clock, on_done
        self._woken = asyncio.Event()
        self.round_at: datetime | None = None
        self._toasts: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; an update in hand is finished first.

        No fault ends it: without this loop the house takes in messages and answers nobody.
        """
        while not stop.is_set():
            self._woken.clear()
            self.round_at = self._clock()
            try:
                found = await self._round(stop)
            except Exception:
                log.exception("A round of the worker failed", extra={"action": "worker_failed"})
                await pause(stop, 0.5)
                continue
            if not found:
                await _pause_or(self._woken, stop, 0.5)

    async def _round(self, stop: asyncio.Event) -> int:
        """Handle what waits; an update that raises comes after the others, not instead of them."""
        ids = await next_updates(self._db)
        forwards = await forwards_of(self._db, ids)
        faults: list[Exception] = []
        waiting = deque(ids)
        while waiting and not stop.is_set():
            together = list(takewhile(lambda one: one not in forwards, waiting))
            done = await self._handle_together(together) if len(together) > 1 else 0
            for _ in range(done):
                waiting.popleft()
            if done:
                continue
            try:
                await self._handle(waiting.popleft())
            except Exception as error:
                faults.append(error)
        if faults:
            raise ExceptionGroup("updates failed", faults)
        return len(ids)

    async def _handle_together(self, ids: Sequence[int]) -> int:
        """A batch of what waits; returns how many of the first of them are done."""
        done = await handle_together(
            self._db, ids, self._config, self._sealer, now=self._clock()
        )  # fmt: skip
        if done:
            self._on_done()
        for handled in done.values():
            self._acknowledge(handled)
        return len(done)

    async def _handle(self, update_id: int) -> None:
        page = await self._page_for(update_id)
        handled = await handle_update(
            self._db, update_id, self._config, self._sealer, now=self._clock(), page=page
        )
        self._on_done()
        self._acknowledge(handled)

    def _acknowledge(self, handled: Handled) -> None:
        if handled.query_id is not None:
            task = asyncio.create_task(self._toast(handled.query_id, handled.toast))
            self._toasts.add(task)
            task.add_done_callback(self._toasts.discard)

    async def _page_for(self, update_id: int) -> Page | None:
        """What is behind a link that was sent; without it the question is simply asked."""
        try:
            return await self._links.page_for(update_id, now=self._clock())
        except Exception:
            log.exception("A link was not read", extra={"action": "link_unread"})
            return None

    async def _toast(self, query_id: str, toast: str | None) -> None:
        try:
            await self._bot.answer_callback_query(query_id, text=toast)
        except TelegramError:
            # Only the little clock on the button: the answer itself is in the outbox.
            log.info("A tap was not acknowledged", extra={"action": "toast_failed"})


def trouble_of(error: Exception) -> str:
    """What is wrong with Telegram, as a key of the texts about it. Pure."""
    if isinstance(error, Conflict):
        return "conflict"
    if isinstance(error, InvalidToken):
        return "token"
    return "unreachable"


def apart(seconds: float) -> float:
    """Up to a third shorter: after a fault that many saw, not all come back at the same moment."""
    return seconds * random.uniform(2 / 3, 1)  # noqa: S311  (spreads the tries, keeps no secret)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    await wait_for_event(stop, seconds)


async def _pause_or(woken: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(woken.wait()), asyncio.create_task(stop.wait())]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _until(stop: asyncio.Event, work: Any) -> Any:
    """The result of ``work``, or None when told to stop before it came."""
    task, stopped = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stopped.cancel()
        if not task.done():
            task.cancel()
