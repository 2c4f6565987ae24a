"""Who may be sent to, and when: never more than the rate, one at a time per chat.

Pure: it is told the time and remembers only when it said yes. Slots are given out evenly
instead of in bursts, so that somebody with priority waits one slot, not a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that wants to be sent; lower ``priority`` goes first, then the order given."""

    id: int
    chat: str
    priority: int


@dataclass(frozen=True, slots=True)
class Slot:
    """The moment at which something may be sent."""

    id: int
    at: datetime


class Limiter:
    """Slots for one channel.

    :param rate_per_s: at most this many in any sliding second (rounded down from 1 on).
    :param chat_interval_s: seconds between two to the same chat.
    """

    def __init__(self, rate_per_s: float, chat_interval_s: float = 0.0) -> None:
        whole = float(int(rate_per_s)) if rate_per_s >= 1 else rate_per_s
        # A microsecond more than the division, or 29 of 28 fit in a second after rounding.
        self._spacing = SECOND / whole + MICROSECOND
        self._interval = timedelta(seconds=chat_interval_s)
        self._free_at: datetime | None = None
        self._chats: dict[str, datetime] = {}
        self._order: deque[tuple[datetime, str]] = deque()

    def remember(self, chat: str, at: datetime) -> None:
        """Something was sent then, before a restart perhaps."""
        self._chats[chat] = max(at, self._chats.get(chat, at))
        self._order.append((at, chat))
        free_at = at + self._spacing
        self._free_at = free_at if self._free_at is None else max(self._free_at, free_at)

    def backlog(self, now: datetime) -> timedelta:
        """How far ahead slots were given out already."""
        return max(self._next(now) - now, timedelta(0))

    def room(self, now: datetime, horizon: timedelta) -> int:
        """How many slots there are up to ``now + horizon``."""
        left = now + horizon - self._next(now)
        return 0 if left < timedelta(0) else left // self._spacing + 1

    def busy(self, now: datetime) -> set[str]:
        """Chats that must wait for their interval."""
        self._forget(now)
        return {chat for chat, at in self._chats.items() if at + self._interval > now}

    def frees_at(self, now: datetime) -> datetime | None:
        """When the first of the busy chats may be written to again."""
        waits = [at + self._interval for at in self._chats.values()]
        return min((at for at in waits if at > now), default=None)

    def choose(
        self,
        waiting: Sequence[Waiting],
        *,
        room: int,
        now: datetime,
        in_flight: Collection[str] = (),
    ) -> list[Slot]:
        """Give out at most ``room`` slots, by priority; at most one per chat.

        A chat that is being sent to, or was a moment ago, is passed over.
        """
        taken = self.busy(now) | set(in_flight)
        slots: list[Slot] = []
        for one in sorted(waiting, key=lambda each: each.priority):
            if len(slots) == room:
                break
            if one.chat in taken:
                continue
            taken.add(one.chat)
            at = self._next(now)
            self.remember(one.chat, at)
            slots.append(Slot(id=one.id, at=at))
        return slots

    def _next(self, now: datetime) -> datetime:
        return now if self._free_at is None else max(now, self._free_at)

    def _forget(self, now: datetime) -> None:
        horizon = now - max(self._interval, SECOND)
        while self._order and self._order[0][0] < horizon:
            _, chat = self._order.popleft()
            if self._chats.get(chat, now) < horizon:
                del self._chats[chat]
