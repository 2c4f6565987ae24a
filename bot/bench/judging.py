"""Who got it, who got it twice, and of whom nobody knows: the other side's journal judges. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.simulator.journal import most_within
from contacts.outbox import DeliveryStatus
from contacts.texts import REPEAT_LINE


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that somebody got. ``line`` is its first line; ``at`` are monotonic seconds."""

    at: float
    address: str
    line: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the outbox says of one contact."""

    address: str
    status: DeliveryStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """Counts of contacts; ``silent_duplicates`` counts messages too many.

    ``lost``: nobody will ever know of them. Not in the outbox, not settled, called sent though it
    never arrived, or failed without a reason.
    """

    sent: int
    failed: int
    unknown: int
    lost: int
    silent_duplicates: int
    arrived: int
    rate: float
    max_in_any_second: int


def rule(
    addresses: Iterable[str], standings: Sequence[Standing], arrivals: Sequence[Arrival], title: str
) -> Ruling:
    """Hold what the outbox says of ``addresses`` against what arrived with ``title``."""
    ours = [one for one in arrivals if one.line.endswith(title)]
    plain = Counter(one.address for one in ours if not one.line.startswith(REPEAT_LINE))
    got = {one.address for one in ours}
    by_address = {one.address: one for one in standings}
    lost = sum(_is_lost(by_address.get(address), address in got) for address in addresses)
    counts = Counter(one.status for one in standings)
    return Ruling(
        sent=counts[DeliveryStatus.SENT],
        failed=counts[DeliveryStatus.FAILED],
        unknown=counts[DeliveryStatus.UNKNOWN],
        lost=lost,
        silent_duplicates=sum(times - 1 for times in plain.values()),
        arrived=len(got),
        rate=rate_of([one.at for one in ours]),
        # Everything counts for the limit, also notices and answers.
        max_in_any_second=most_within(1.0, (one.at for one in arrivals)),
    )


def _is_lost(standing: Standing | None, arrived: bool) -> bool:
    if standing is None:
        return True
    if standing.status is DeliveryStatus.SENT:
        return not arrived
    if standing.status is DeliveryStatus.FAILED:
        return standing.reason is None
    return standing.status is not DeliveryStatus.UNKNOWN


def rate_of(times: Sequence[float]) -> float:
    """Per second between the first and the last."""
    took = max(times, default=0.0) - min(times, default=0.0)
    return (len(times) - 1) / took if took > 0 else 0.0


def longest_silence(starts: Sequence[float], arrivals: Sequence[Arrival], trip_s: float) -> float:
    """The longest time from a start to the first arrival that it caused; 0 without starts.

    A start that was killed before anything arrived says nothing: the next one is counted.

    :param trip_s: what arrives sooner than this after a start was still sent before it.
    """
    times = sorted(one.at for one in arrivals)
    ordered = [*sorted(starts), float("inf")]
    waits = []
    for start, ended in pairwise(ordered):
        first = next((at for at in times if at > start + trip_s), None)
        if first is not None and first <= ended:
            waits.append(first - start)
    return max(waits, default=0.0)


#: an answer that was read so shortly before a kill is not kept yet: outcomes are kept together
KEPT_S = 0.02
#: a killed process asks nothing more: what comes in until then was still on its way
STILL_S = 0.3


@dataclass(frozen=True, slots=True)
class Kill:
    """A moment in monotonic seconds, and the ports of its own where answers lay unread."""

    at: float
    unread: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Trip:
    """A request: when the other side had it, when its answer left, and the asker's port."""

    came: float
    left: float
    port: int


def in_flight(kills: Iterable[Kill], trips: Iterable[Trip]) -> int:
    """How many requests were under way at each of these kills, all kills together."""
    ordered = sorted(trips, key=lambda trip: trip.left)
    return sum(_under_way(kill, ordered) for kill in kills)


def _under_way(kill: Kill, ordered: Sequence[Trip]) -> int:
    """:param ordered: by when they were answered."""
    answered = [trip for trip in ordered if trip.left < kill.at]
    asked = sum(trip.came <= kill.at + STILL_S for trip in ordered[len(answered) :])
    # One request at a time on a port: what lies unread there answers the last one.
    last = {trip.port: trip.left for trip in answered}
    unread = sum(
        trip.left >= kill.at - KEPT_S or (trip.port in kill.unread and last[trip.port] == trip.left)
        for trip in answered
    )
    return asked + unread
