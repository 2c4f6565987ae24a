"""How many alerts a day against how many severe events, for every place of the bar. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.evaluating import IN_TIME
from feeds.raw_items import EventLabel
from feeds.replaying import Peak

#: places of the bar, in points of severity
BARS = tuple(round(2.4 + step / 10, 1) for step in range(21))
SEVERE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the bar. ``events`` and ``items`` are shares of what was severe."""

    bar: float
    alerts_a_day: float
    events: float
    items: float


def curve(
    peaks: Sequence[Peak],
    events: Sequence[EventLabel],
    severe: Iterable[str],
    came: Mapping[str, datetime],
    days: float,
) -> list[Place]:
    """What every place of the bar would have given.

    :param peaks: every time that an event of the stream became heavier, in order of time.
    :param severe: keys of single items that people called severe.
    :param came: when each item came in.
    """
    known = [key for key in severe if key in came]
    labelled = [one for one in events if any(key in came for key in one.first_keys)]
    places = []
    for bar in BARS:
        rung = _first(peaks, bar)
        caught = sum(_in_time(rung, one.first_keys, came) for one in labelled)
        heard = sum(_in_time(rung, [key], came) for key in known)
        places.append(
            Place(bar, len(rung) / days if days else 0.0, _share(caught, len(labelled)),
                  _share(heard, len(known)))
        )  # fmt: skip
    return places


def _first(peaks: Sequence[Peak], bar: float) -> dict[int, Peak]:
    """When each event first reached the bar."""
    rung: dict[int, Peak] = {}
    for peak in peaks:
        if peak.points >= bar:
            rung.setdefault(peak.event, peak)
    return rung


def _in_time(
    rung: Mapping[int, Peak], keys: Sequence[str], came: Mapping[str, datetime]
) -> bool:  # fmt: skip
    """Whether an event with one of ``keys`` had rung within the hour after the first of them."""
    start = min(came[key] for key in keys if key in came)
    wanted = set(keys)
    return any(
        peak.at - start <= IN_TIME and not wanted.isdisjoint(peak.keys) for peak in rung.values()
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
