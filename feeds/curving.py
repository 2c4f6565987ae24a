"""How many alerts a day against how many severe events, for every place of the bar. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.evaluating import IN_TIME
from feeds.raw_items import EventLabel
from feeds.replaying import Peak, Replay

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
    run: Replay,
    events: Sequence[EventLabel],
    severe: Iterable[str],
    came: Mapping[str, datetime],
    days: float,
) -> list[Place]:
    """What every place of the bar would have given in a stream that was played.

    :param severe: keys of single items that people called severe.
    :param came: when each item came in.
    """
    known = [key for key in severe if key in came]
    labelled = [one for one in events if any(key in came for key in one.first_keys)]
    places = []
    for bar in BARS:
        rung = _first(run.peaks, bar)
        caught = sum(_in_time(rung, run.event_of, one.first_keys, came) for one in labelled)
        heard = sum(_in_time(rung, run.event_of, [key], came) for key in known)
        places.append(
            Place(bar, len(rung) / days if days else 0.0, _share(caught, len(labelled)),
                  _share(heard, len(known)))
        )  # fmt: skip
    return places


def _first(peaks: Iterable[Peak], bar: float) -> dict[int, datetime]:
    """When each event first reached the bar."""
    rung: dict[int, datetime] = {}
    for peak in peaks:
        if peak.points >= bar:
            rung.setdefault(peak.event, peak.at)
    return rung


def _in_time(
    rung: Mapping[int, datetime],
    event_of: Mapping[str, int],
    keys: Sequence[str],
    came: Mapping[str, datetime],
) -> bool:
    """Whether an event with one of ``keys`` had rung within the hour after the first of them."""
    start = min(came[key] for key in keys if key in came)
    numbers = {event_of[key] for key in keys if key in event_of}
    return any(rung[number] - start <= IN_TIME for number in numbers if number in rung)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
