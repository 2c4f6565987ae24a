"""Hands updates to the bot: by long polling, or by pushing them to a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field

import aiohttp

from bot.simulator.bot_calls import ApiError, whole
from bot.simulator.world import Json, World

LONGEST_POLL_S = 50.0
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_BY_WEBHOOK = "Conflict: terminated by setWebhook request"


@dataclass(eq=False)
class _Poll:
    """A poll that waits; ``ended`` says why somebody else ended it."""

    ended: str | None = None


@dataclass
class _Webhook:
    url: str = ""
    secret: str = ""
    last_error: str = ""
    last_error_at: float = 0.0


@dataclass
class UpdateDesk:
    """One way out for the queue of the world. ``changed`` tells that something came."""

    world: World
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    #: seconds between tries of a webhook that does not answer
    again_s: float = 0.2
    #: goes up with every change, for whoever looks now and then
    revision: int = 0

    def __post_init__(self) -> None:
        self._poll: _Poll | None = None
        self._allowed: list[str] = []
        self._webhook = _Webhook()
        self._pushing: asyncio.Task[None] | None = None

    async def notify(self) -> None:
        async with self.changed:
            self.revision += 1
            self.changed.notify_all()

    async def wait(self, seconds: float) -> None:
        """Until something changes, or so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait()

    async def close(self) -> None:
        """Stop pushing and end the poll that waits."""
        await self._stop_pushing()
        if self._poll is not None:
            self._poll.ended = _OTHER_POLLER
            await self.notify()

    async def get_updates(self, given: Json) -> list[Json]:
        """As Telegram: a new poll that has to wait ends the one that waits already.

        :raises ApiError: 409 with a webhook, or when another poll or a webhook took over.
        """
        if self._webhook.url:
            raise ApiError(409, _WEBHOOK_ACTIVE)
        self.world.confirm_before(whole(given.get("offset")) or 0)
        if isinstance(given.get("allowed_updates"), list):
            self._allowed = [str(kind) for kind in given["allowed_updates"]]
        limit = min(max(whole(given.get("limit")) or 100, 1), 100)
        timeout_s = min(whole(given.get("timeout")) or 0, LONGEST_POLL_S)
        found = self.world.waiting(self._allowed, limit)
        if found or timeout_s <= 0:
            return found
        return await self._wait_for(limit, time.monotonic() + timeout_s)

    async def _wait_for(self, limit: int, deadline: float) -> list[Json]:
        mine = _Poll()
        await self._end_poll(_OTHER_POLLER)
        self._poll = mine
        try:
            while (left := deadline - time.monotonic()) > 0:
                await self.wait(left)
                if mine.ended is not None:
                    raise ApiError(409, mine.ended)
                if found := self.world.waiting(self._allowed, limit):
                    return found
            return []
        finally:
            if self._poll is mine:
                self._poll = None

    async def _end_poll(self, why: str) -> None:
        if self._poll is not None:
            self._poll.ended, self._poll = why, None
            await self.notify()

    async def set_webhook(self, given: Json) -> bool:
        """:raises ApiError: an address or a secret that Telegram refuses."""
        url, secret = str(given.get("url") or ""), str(given.get("secret_token") or "")
        if url and not url.startswith(("http://", "https://")):
            raise ApiError(400, "Bad Request: invalid webhook URL specified")
        if len(secret) > 256:
            raise ApiError(400, "Bad Request: secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        if isinstance(given.get("allowed_updates"), list):
            self._allowed = [str(kind) for kind in given["allowed_updates"]]
        if given.get("drop_pending_updates"):
            self.world.updates.clear()
        await self._stop_pushing()
        self._webhook = _Webhook(url, secret if url else "")
        if url:
            await self._end_poll(_BY_WEBHOOK)
            self._pushing = asyncio.create_task(self._push(self._webhook))
        return True

    async def delete_webhook(self, given: Json) -> bool:
        return await self.set_webhook({"drop_pending_updates": given.get("drop_pending_updates")})

    async def webhook_info(self, given: Json) -> Json:
        hook = self._webhook
        info: Json = {
            "url": hook.url, "has_custom_certificate": False,
            "pending_update_count": len(self.world.updates),
        }  # fmt: skip
        if hook.last_error:
            info["last_error_date"] = int(hook.last_error_at)
            info["last_error_message"] = hook.last_error
        if hook.url:
            info.update(max_connections=40, ip_address="127.0.0.1")
        if self._allowed:
            info["allowed_updates"] = self._allowed
        return info

    async def _push(self, hook: _Webhook) -> None:
        """Post update by update, in order; what is not answered with 2xx is tried again."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        async with aiohttp.ClientSession(
            headers=headers, timeout=aiohttp.ClientTimeout(total=60)
        ) as client:
            while True:
                found = self.world.waiting(self._allowed, 1)
                if not found:
                    await self.wait(1.0)
                elif error := await _post(client, hook.url, found[0]):
                    hook.last_error = error
                    hook.last_error_at = time.time()  # noqa: TID251  (the outside world)
                    await asyncio.sleep(self.again_s)
                else:
                    self.world.updates.remove(found[0])

    async def _stop_pushing(self) -> None:
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)
            self._pushing = None


async def _post(client: aiohttp.ClientSession, url: str, update: Json) -> str:
    """Empty when the other side took it, else what went wrong in Telegram's words."""
    try:
        async with client.post(url, json=update) as answer:
            if answer.status // 100 == 2:
                return ""
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except TimeoutError:
        return "Read timeout expired"
    except aiohttp.ClientError as error:
        return f"Connection failed: {type(error).__name__}"
