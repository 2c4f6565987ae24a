"""Who may be sent to, and when: never more than the rate, one at a time per chat.

Pure: it is told the time and what came back. Slots are given out evenly instead of in
bursts, so that somebody with priority waits one slot, not a second.

A request is counted from its slot until a second after its *answer*, because the other side
saw it somewhere in between. So a stalled process or a slow network can push requests
together without more than the rate arriving in any second.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
#: a request that is not answered by then was seen long ago; else one that hangs costs a place
LONGEST_TRIP = timedelta(milliseconds=500)


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
        self._most = max(1, int(rate_per_s))
        # A microsecond more than the division, or 29 of 28 fit in a second after rounding.
        self._spacing = SECOND / (self._most if rate_per_s >= 1 else rate_per_s) + MICROSECOND
        self._interval = timedelta(seconds=chat_interval_s)
        self._free_at: datetime | None = None
        self._under_way: dict[int, datetime] = {}
        self._seen: list[datetime] = []
        self._chats: dict[str, datetime] = {}
        self._order: deque[tuple[datetime, str]] = deque()

    def remember(self, chat: str, at: datetime) -> None:
        """Something was sent then, before a restart perhaps."""
        self._give(chat, at)
        insort(self._seen, at)

    def answered(self, ident: int, at: datetime) -> None:
        """The answer came (or will never come): the other side saw it by then."""
        slot = self._under_way.pop(ident, None)
        if slot is not None:
            insort(self._seen, min(at, slot + LONGEST_TRIP))

    def withdrawn(self, ident: int) -> None:
        """It did not leave after all."""
        self._under_way.pop(ident, None)

    def wait(self, now: datetime) -> timedelta:
        """How long until the next slot, as far as can be known."""
        self._tidy(now)
        at = self._slot(now)
        return (LONGEST_TRIP if at is None else at - now) if at != now else timedelta(0)

    def busy(self, now: datetime) -> set[str]:
        """Chats that must wait for their interval."""
        self._tidy(now)
        return {chat for chat, at in self._chats.items() if at + self._interval > now}

    def frees_at(self, now: datetime) -> datetime | None:
        """When the first of the busy chats may be written to again."""
        waits = [at + self._interval for at in self._chats.values()]
        return min((at for at in waits if at > now), default=None)

    def choose(
        self,
        waiting: Sequence[Waiting],
        *,
        at_most: int,
        horizon: timedelta,
        now: datetime,
        in_flight: Collection[str] = (),
    ) -> list[Slot]:
        """Give out at most ``at_most`` slots up to ``now + horizon``, by priority, one per chat.

        A chat that is being sent to, or was a moment ago, is passed over.
        """
        taken = self.busy(now) | set(in_flight)
        slots: list[Slot] = []
        for one in sorted(waiting, key=lambda each: each.priority):
            if one.chat in taken:
                continue
            at = self._slot(now) if len(slots) < at_most else None
            if at is None or at > now + horizon:
                break
            taken.add(one.chat)
            self._give(one.chat, at)
            self._under_way[one.id] = at
            slots.append(Slot(id=one.id, at=at))
        return slots

    def _give(self, chat: str, at: datetime) -> None:
        self._chats[chat] = max(at, self._chats.get(chat, at))
        self._order.append((at, chat))
        free_at = at + self._spacing
        self._free_at = free_at if self._free_at is None else max(self._free_at, free_at)

    def _slot(self, now: datetime) -> datetime | None:
        """The next slot; None when it depends on answers that did not come yet."""
        at = now if self._free_at is None else max(now, self._free_at)
        over_by_then = bisect_right(self._seen, at - SECOND)
        counted = len(self._under_way) + len(self._seen) - over_by_then
        too_many = counted - self._most + 1
        if too_many <= 0:
            return at
        last = over_by_then + too_many - 1
        return self._seen[last] + SECOND if last < len(self._seen) else None

    def _tidy(self, now: datetime) -> None:
        for ident, slot in list(self._under_way.items()):
            if slot + LONGEST_TRIP < now:
                self.answered(ident, now)
        del self._seen[: bisect_right(self._seen, now - SECOND)]
        horizon = now - max(self._interval, SECOND)
        while self._order and self._order[0][0] < horizon:
            _, chat = self._order.popleft()
            if self._chats.get(chat, now) < horizon:
                del self._chats[chat]
