"""Telegram brings the updates to us: stored before it hears 200, like those that are fetched.

What it cannot deliver it keeps and tries again, so nothing is lost while we are away. Any
number of hosts may listen: an update that comes twice is known by its id.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, WebhookInfo

from bot.intake import ALLOWED, Intake, Source
from bot.polling import apart, pause, trouble_of
from contacts.sealing import Sealer

log = logging.getLogger(__name__)

PATH = "/telegram/inkomend"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)
#: an update of Telegram is far below this
MAX_BODY = 1_000_000
CONNECTIONS = 40
#: between two looks at what Telegram says of its deliveries
LOOK_S = 30.0
#: an error that Telegram had longer ago than this is over
FRESH = timedelta(minutes=2)


class WebhookDoor:
    """Takes updates in. Telegram is known by a secret that follows from our own key."""

    def __init__(self, intake: Intake, sealer: Sealer, *, clock: Callable[[], datetime]) -> None:
        self._intake, self._clock = intake, clock
        self.secret = sealer.derive("telegram-webhook").hex()

    def route(self) -> Route:
        return Route(PATH, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """200 only when the update is on disk; what is no update is taken and forgotten."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        _, stored = await self._intake.take([_json(raw)], now=self._clock())
        if stored is None:
            log.warning("What came in is no update", extra={"action": "update_unreadable"})
        # Also then: refused, the same bytes would come back for ever.
        return Response()


async def _body(request: Request) -> bytes | None:
    """None when it is too long, or the other side went away."""
    raw = b""
    try:
        async for piece in request.stream():
            raw += piece
            if len(raw) > MAX_BODY:
                return None
    except ClientDisconnect:
        return None
    return raw


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class WebhookKeeper(Source):
    """Tells Telegram where to deliver, and looks whether it can."""

    def __init__(self, bot: Bot, url: str, secret: str, *, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self._bot, self._url, self._secret = bot, url, secret
        # Telegram does not say which secret it has, so it is told at each start.
        self._is_told = False

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the address known until told to stop; it stays known then, for the next start."""
        self.round_at = self._clock()
        while not stop.is_set():
            wait_s = LOOK_S
            try:
                trouble = await self.look()
            except Exception as error:  # an answer that cannot be read ends no house either
                trouble = trouble_of(error)
                log.warning(
                    "Looking at the webhook failed: %s", type(error).__name__,
                    extra={"action": "webhook_look_failed"},
                )  # fmt: skip
                wait_s = min(LOOK_S, 5.0)
            self._note(trouble)
            await pause(stop, apart(wait_s))

    async def look(self) -> str | None:
        """One look; what is wrong, as a key of the texts about Telegram.

        :raises telegram.error.TelegramError: it cannot be asked; what it says may be unreadable.
        """
        info = await self._bot.get_webhook_info()
        if info.url != self._url or not self._is_told:
            await self._bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=list(ALLOWED),
                max_connections=CONNECTIONS,
            )  # fmt: skip
            self._is_told = True
        self.round_at = self._clock()
        return "undelivered" if _cannot_deliver(info, self.round_at) else None


def _cannot_deliver(info: WebhookInfo, now: datetime) -> bool:
    """Updates wait, and the last try failed a moment ago."""
    failed_at = info.last_error_date
    return bool(info.pending_update_count and failed_at and now - failed_at < FRESH)
