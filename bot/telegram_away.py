"""While Telegram cannot be read nothing is sent by it either: what waits is surely not there.

Whoever sends learns it from an answer that fails, and then nobody knows what became of that
message. Reading asks all the time and costs nothing, so it finds out first, and it holds the
channel until it is answered again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from telegram.error import BadRequest, NetworkError

from contacts.directory import ChannelKind
from contacts.pausing import hold_channel, release_channel
from contacts.records import Database

log = logging.getLogger(__name__)

#: one poll that fails is an accident, such as a connection that broke
FAILURES = 2
#: longer than the longest wait between two polls and what a poll takes to fail
HOLD = timedelta(seconds=30)
REASON = "not_reachable"


class TelegramAway:
    """Holds the channel as long as polls fail, and lets it go when one succeeds."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db, self._clock = db, clock
        self._failures = 0
        self._is_held = False

    async def failed(self, error: Exception) -> None:
        """A poll failed; only what says that Telegram is away counts. Raises nothing."""
        if not isinstance(error, NetworkError) or isinstance(error, BadRequest):
            return
        self._failures += 1
        if self._failures < FAILURES:
            return
        now = self._clock()
        try:
            async with self._db.begin() as session:
                await hold_channel(session, ChannelKind.TELEGRAM, REASON, until=now + HOLD, now=now)
        except Exception as fault:
            self._say(fault)
            return
        self._is_held = True

    async def works(self) -> None:
        """A poll succeeded. Raises nothing: a hold that nobody renews ends by itself."""
        self._failures = 0
        if not self._is_held:
            return
        try:
            async with self._db.begin() as session:
                await release_channel(session, ChannelKind.TELEGRAM, REASON, now=self._clock())
        except Exception as fault:
            self._say(fault)
            return
        self._is_held = False

    def _say(self, fault: Exception) -> None:
        log.warning(
            "Cannot note whether Telegram is away: %s", type(fault).__name__,
            extra={"action": "away_unnoted"},
        )  # fmt: skip
