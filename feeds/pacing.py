"""When a source is read again. Pure; the answer is stored in the source's row."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_BACK_OFF = timedelta(hours=1)
_MOST_DOUBLINGS = 12


def next_poll_at(
    *, interval_s: int, failures: int, retry_after: timedelta | None = None, now: datetime
) -> datetime:
    """The next moment to read: the interval, longer after failures, never before Retry-After.

    :param failures: failures in a row, this one included; each doubles the wait, up to an
        hour (or the interval where that is longer).
    """
    interval = timedelta(seconds=max(1, interval_s))
    doublings = min(max(failures, 0), _MOST_DOUBLINGS)
    wait: timedelta = interval * (1 << doublings)
    wait = min(wait, max(interval, LONGEST_BACK_OFF))
    return now + max(wait, retry_after or timedelta(0))
