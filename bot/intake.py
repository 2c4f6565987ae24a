"""What updates go through, whether Telegram is asked for them or brings them.

Reduced in memory, committed, and only then known to be ours; whoever is no contact gets the
stranger's answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.inbox import Stored, store_updates
from bot.reducing import Reduced, Screen, reduce_update
from bot.strangers import StrangerDesk
from contacts.records import Database
from contacts.sealing import Sealer

#: what Telegram is asked to tell
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")


class Intake:
    """Takes updates in; one that comes twice is known by its id."""

    def __init__(
        self,
        db: Database,
        sealer: Sealer,
        screen: Screen,
        desk: StrangerDesk,
        *,
        on_new: Callable[[], None],
    ) -> None:
        self._db, self._sealer, self._screen = db, sealer, screen
        self._desk, self._on_new = desk, on_new

    async def take(
        self, raw: Sequence[dict[str, Any]], *, now: datetime
    ) -> tuple[list[Reduced], Stored | None]:
        """What of it are updates, and what became of them: on disk when this returns."""
        updates = await asyncio.to_thread(self._reduced, raw)
        if not updates:
            return [], None
        stored = await store_updates(self._db, updates, self._sealer, now=now)
        if stored.new:
            self._on_new()
        self._desk.answer(stored.strangers, stored.stopped, stored.playing, now=now)
        return updates, stored

    def _reduced(self, raw: Sequence[dict[str, Any]]) -> list[Reduced]:
        """In a thread: a hundred texts through the filter, or its lists at first, hold up what is
        being sent meanwhile."""
        updates = [reduce_update(update, self._screen) for update in raw]
        return [update for update in updates if update.id >= 0]


class Source:
    """Where updates come from, and what is wrong with it.

    ``trouble`` holds a key of what is wrong at the moment (None: nothing), for the health
    tick that tells a person. ``on_trouble`` hears of each change of it at once. ``round_at``:
    when it last heard of Telegram.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.trouble: str | None = None
        self.on_trouble: Callable[[str | None], None] = _nobody_listens
        self.round_at: datetime | None = None

    def _note(self, trouble: str | None) -> None:
        changed, self.trouble = trouble != self.trouble, trouble
        if changed:
            self.on_trouble(trouble)


def _nobody_listens(_trouble: str | None) -> None:
    """For a source whose house has no terminal."""
