"""Who may be sent to, and when: never more than the rate, one at a time per chat.

Pure: it is told the time and what came back. Slots are given out evenly instead of in
bursts, so that somebody with priority waits one slot, not a second.

The other side counts a request somewhere between its departure and its answer, and the next one
no sooner than a trip after its own departure. So a request is counted from its slot until a
second after its *answer*, less what even the fastest trip takes: a stalled process or a slow
network can push requests together without more than the rate arriving in any second.

Priority is strict, with one exception: whoever saw :data:`AHEAD` others of higher priority go
first takes the next slot, so that nothing waits for ever behind a stream of what is urgent.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contacts.directory import ChannelKind
from contacts.settings import SendingSettings
from contacts.transport import Transport

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
#: a request that is not answered by then was seen long ago, or never will be; until then it
#: costs a place. Shorter ones were not enough when either side was short of processor time.
LONGEST_TRIP = timedelta(seconds=3)
#: how long to wait when it depends on answers that did not come yet
UNSURE = timedelta(milliseconds=500)
#: so many trips are seen before the fastest of them says something
TRIPS = 200
#: and from how many on how much of it: those just after a start are slow, and the more were seen,
#: the less a faster one is to be expected
TRUST = ((2_000, 0.85), (TRIPS, 0.6))
#: lost time is made up for, this much and no more; the limit itself holds in any case
LAG = timedelta(milliseconds=50)
#: slots are never given out so far ahead: a later one is from before the clock was put back
AHEAD_AT_MOST = timedelta(seconds=5)
#: so many of higher priority go first, then one that waits behind them
AHEAD = 19
#: so many are under way at least, and at a high rate what leaves within so many seconds
WIDTH = {ChannelKind.TELEGRAM: 128, ChannelKind.EMAIL: 4}
WIDTH_S = {ChannelKind.TELEGRAM: 1.0, ChannelKind.EMAIL: 0.25}


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


def shared_by(chat: str) -> str | None:
    """What has a limit of its own per minute: a Telegram group, or the domain of an address.

    Telegram numbers groups below zero. A domain comes back with its ``@``, in small letters.
    """
    if "@" in chat:
        return f"@{chat.rpartition('@')[2].lower()}"
    return chat if chat.startswith("-") else None


def is_busy(chat: str, busy: Collection[str]) -> bool:
    """Whether the chat itself, or what it shares, is among those that must wait."""
    return chat in busy or shared_by(chat) in busy


class Limiter:
    """Slots for one channel.

    :param rate_per_s: at most this many in any sliding second (rounded down from 1 on).
    :param chat_interval_s: seconds between two to the same chat.
    :param group_per_min: at most this many in any sliding minute to one group, or to one domain;
        0: no such limit.
    """

    def __init__(
        self, rate_per_s: float, chat_interval_s: float = 0.0, group_per_min: int = 0
    ) -> None:
        self._most = max(1, int(rate_per_s))
        # A microsecond more than the division, or 29 of 28 fit in a second after rounding.
        self._spacing = SECOND / (self._most if rate_per_s >= 1 else rate_per_s) + MICROSECOND
        self._interval = timedelta(seconds=chat_interval_s)
        self._group_per_min = group_per_min
        self._free_at: datetime | None = None
        self._under_way: dict[int, datetime] = {}
        self._left: dict[int, datetime] = {}
        self._seen: list[datetime] = []
        self._chats: dict[str, datetime] = {}
        self._order: deque[tuple[datetime, str]] = deque()
        self._groups: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._trips = 0
        self._fastest_trip = LONGEST_TRIP
        self._passed: defaultdict[int, int] = defaultdict(int)

    @property
    def spacing(self) -> timedelta:
        """Between two slots."""
        return self._spacing

    def remember(self, chat: str, at: datetime) -> None:
        """Something was sent then, before a restart perhaps."""
        self._give(chat, at)
        insort(self._seen, at)

    def departed(self, ident: int, at: datetime) -> None:
        """The request leaves now, in its slot or later."""
        if ident in self._under_way:
            self._left[ident] = at

    def answered(self, ident: int, at: datetime) -> None:
        """The answer came (or will never come): the other side saw it by then."""
        slot, left = self._under_way.pop(ident, None), self._left.pop(ident, None)
        if slot is None:
            return
        if left is None:
            insort(self._seen, at)
        elif at - left > LONGEST_TRIP:
            insort(self._seen, left + LONGEST_TRIP)
        else:
            self._learn(at - left)
            insort(self._seen, at - self._fastest())

    def withdrawn(self, ident: int) -> None:
        """It did not leave after all."""
        self._under_way.pop(ident, None)
        self._left.pop(ident, None)

    def wait(self, now: datetime) -> timedelta:
        """How long until the next slot, as far as can be known."""
        self._tidy(now)
        at = self._slot(now)
        return UNSURE if at is None else at - now

    def busy(self, now: datetime) -> set[str]:
        """Chats that must wait for their interval; groups and domains that had enough."""
        self._tidy(now)
        waiting = {chat for chat, at in self._chats.items() if at + self._interval > now}
        return waiting | {chat for chat, times in self._groups.items() if self._is_full(times)}

    def frees_at(self, now: datetime) -> datetime | None:
        """When the first of the busy chats may be written to again."""
        waits = [at + self._interval for at in self._chats.values()]
        waits += [times[0] + MINUTE for times in self._groups.values() if self._is_full(times)]
        return min((at for at in waits if at > now), default=None)

    def room(self, at_most: int, horizon: timedelta, now: datetime) -> int:
        """So many slots could be given out up to ``now + horizon`` at the very most."""
        self._tidy(now)
        begin = now - LAG if self._free_at is None else max(self._free_at, now - LAG)
        return max(0, min(at_most, int((now + horizon - begin) / self._spacing) + 2))

    def choose(
        self,
        waiting: Sequence[Waiting],
        *,
        at_most: int,
        horizon: timedelta,
        now: datetime,
        in_flight: Collection[str] = (),
        lead: timedelta = timedelta(0),
    ) -> list[Slot]:
        """Give out at most ``at_most`` slots up to ``now + horizon``, by priority, one per chat;
        none before ``now + lead``.

        A chat that is being sent to, or was a moment ago, is passed over.
        """
        taken = self.busy(now) | set(in_flight)
        lines: defaultdict[int, deque[Waiting]] = defaultdict(deque)
        for one in waiting:
            lines[one.priority].append(one)
        slots: list[Slot] = []
        while len(slots) < at_most:
            at = self._slot(now + lead)
            if at is None or at > now + horizon:
                break
            chosen = self._next(lines, taken)
            if chosen is None:
                break
            taken.add(chosen.chat)
            self._give(chosen.chat, at)
            if (shared := shared_by(chosen.chat)) and self._is_full(self._groups[shared]):
                taken.add(shared)
            self._under_way[chosen.id] = at
            slots.append(Slot(id=chosen.id, at=at))
        return slots

    def _next(self, lines: dict[int, deque[Waiting]], taken: Collection[str]) -> Waiting | None:
        """The first of the first line, or of one that was passed over often enough."""
        for line in lines.values():
            while line and is_busy(line[0].chat, taken):
                line.popleft()
        priority = next(self._in_turn([each for each, line in lines.items() if line]), None)
        if priority is None:
            return None
        for behind, line in lines.items():
            if behind > priority and line:
                self._passed[behind] += 1
        self._passed[priority] = 0
        return lines[priority].popleft()

    def _in_turn(self, priorities: Sequence[int]) -> Iterator[int]:
        owed = [one for one in priorities if self._passed[one] >= AHEAD]
        yield from sorted(owed, key=lambda one: -self._passed[one])
        yield from sorted(priorities)

    def _give(self, chat: str, at: datetime) -> None:
        self._chats[chat] = max(at, self._chats.get(chat, at))
        self._order.append((at, chat))
        if self._group_per_min and (shared := shared_by(chat)):
            self._groups[shared].append(at + LONGEST_TRIP)
        due = at if self._free_at is None else max(self._free_at, at - LAG)
        self._free_at = due + self._spacing

    def _is_full(self, times: deque[datetime]) -> bool:
        return 0 < self._group_per_min <= len(times)

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

    def _learn(self, trip: timedelta) -> None:
        if trip < self._fastest():
            self._trips = 0  # the way became another one
            self._fastest_trip = trip
        self._trips += 1
        self._fastest_trip = min(trip, self._fastest_trip)

    def _fastest(self) -> timedelta:
        """What no trip is expected to beat."""
        for trips, share in TRUST:
            if self._trips >= trips:
                return self._fastest_trip * share
        return timedelta(0)

    def _follow_clock(self, now: datetime) -> None:
        """The clock was put back: what was to come later than it says, was now."""
        if self._free_at is None or self._free_at <= now + self._spacing + AHEAD_AT_MOST:
            return
        self._free_at = now + self._spacing
        self._seen = [min(at, now) for at in self._seen]
        self._left = {ident: min(at, now) for ident, at in self._left.items()}
        self._chats = {chat: min(at, now) for chat, at in self._chats.items()}
        self._order = deque((min(at, now), chat) for at, chat in self._order)
        for times in self._groups.values():
            times.extend(min(times.popleft(), now + LONGEST_TRIP) for _ in range(len(times)))

    def _tidy(self, now: datetime) -> None:
        self._follow_clock(now)
        for ident, left in list(self._left.items()):
            if left + LONGEST_TRIP < now:
                self.answered(ident, now)
        del self._seen[: bisect_right(self._seen, now - SECOND)]
        self._tidy_chats(now - max(self._interval, SECOND))
        for chat, times in list(self._groups.items()):
            while times and times[0] + MINUTE <= now:
                times.popleft()
            if not times:
                del self._groups[chat]

    def _tidy_chats(self, horizon: datetime) -> None:
        while self._order and self._order[0][0] < horizon:
            at, chat = self._order.popleft()
            if self._chats.get(chat, at) < horizon:
                self._chats.pop(chat, None)


def limiter_of(transport: Transport, settings: SendingSettings) -> tuple[Limiter, int]:
    """The limiter of a channel, and how many requests may be under way: no fewer than its
    transport has connections for."""
    rate = settings.mail_per_s
    limiter = Limiter(rate, 0.0, settings.mail_domain_per_min)
    if transport.kind is ChannelKind.TELEGRAM:
        rate = settings.telegram_per_s
        limiter = Limiter(rate, settings.chat_interval_s, settings.group_per_min)
    width = max(WIDTH[transport.kind], int(rate * WIDTH_S[transport.kind]), transport.at_once)
    return limiter, width
