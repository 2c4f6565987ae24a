"""When a source is read again. Pure; the answer is stored in the source's row.

A source without a fixed interval is read the faster the more it brings: twice as fast after
new items, a quarter slower after nothing. Never faster than two minutes or than its publisher
asks for, never slower than half an hour; what may ring by itself is left for that long only in
the hours in which its publisher says that nothing comes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from feeds.standing import Trust

LONGEST_BACK_OFF = timedelta(hours=1)
_MOST_DOUBLINGS = 12

FASTEST_S, SLOWEST_S, FIRST_S = 120, 1800, 300
#: how long a source of this trust is left alone at most, unless its publisher asks for more
PATIENCE_S = {
    Trust.OFFICIAL: 300,
    Trust.REGIONAL: 300,
    Trust.NATIONAL: 600,
    Trust.SECONDARY: SLOWEST_S,
}
FASTER, SLOWER = 0.5, 1.25


def share_of(key: str) -> float:
    """A tenth at most, the same for the same source: after a fault of the network not all of them
    come back at the same moment. Pure."""
    return crc32(key.encode()) % 100 / 1000


def next_poll_at(
    *,
    interval_s: int,
    failures: int,
    retry_after: timedelta | None = None,
    later: float = 0.0,
    now: datetime,
) -> datetime:
    """The next moment to read: the interval, longer after failures, never before Retry-After.

    :param failures: failures in a row, this one included; each doubles the wait, up to an
        hour (or the interval where that is longer).
    :param later: so much of the wait on top of it after a failure.
    """
    interval = timedelta(seconds=max(1, interval_s))
    doublings = min(max(failures, 0), _MOST_DOUBLINGS)
    wait: timedelta = interval * (1 << doublings)
    wait = min(wait, max(interval, LONGEST_BACK_OFF))
    if failures > 0:
        wait *= 1 + later
    return now + max(wait, retry_after or timedelta(0))


def next_interval_s(
    before_s: int,
    *,
    fixed_s: int,
    has_new: bool,
    trust: Trust,
    hint_s: int,
    is_quiet: bool = False,
) -> int:
    """How long to wait after a reading that went well.

    :param before_s: the wait before it.
    :param fixed_s: what the configuration says; 0 leaves it to us.
    :param hint_s: how long the publisher says that an answer stays good; 0: it does not say.
    :param is_quiet: the publisher says that nothing comes at this hour or day. A look each half
        hour is then enough, and not less: what may ring is never left alone for a night.
    """
    if fixed_s > 0:
        return fixed_s
    if is_quiet:
        return SLOWEST_S
    wanted = round(before_s * (FASTER if has_new else SLOWER))
    chosen = min(max(wanted, FASTEST_S), PATIENCE_S[trust])
    return min(max(chosen, hint_s), SLOWEST_S)
