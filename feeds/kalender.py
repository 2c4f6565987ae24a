"""Foreseeable moments: dates from the configuration, feasts that move, and iCalendar files.

Which day a feast falls on stands in :mod:`feeds.days`; those of the moon may shift a day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from contacts.settings import Frozen
from feeds.days import feast_days

if TYPE_CHECKING:
    from icalendar import Event

log = logging.getLogger(__name__)

Feast = Literal[
    "pasen", "ramadan", "suikerfeest", "offerfeest", "pesach", "rosj-hasjana", "jom-kipoer",
    "chanoeka",
]  # fmt: skip
#: a calendar file of a city is a few hundred lines
LARGEST_FILE = 2_000_000
MOST_OF_A_FILE = 200
NAME_LIMIT, KEY_LIMIT = 120, 60


class MomentSettings(Frozen):
    """A moment that comes back (``[[calendar.moments]]``): ``on`` or ``feast``."""

    key: str = Field(pattern=r"^[a-z0-9-]{2,40}$", description="korte vaste naam")
    name: str = Field(min_length=2, max_length=NAME_LIMIT, description="wat er dan is")
    on: str = Field(
        "",
        pattern=r"^$|^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="elk jaar (MM-DD) of één keer (JJJJ-MM-DD); leeg bij een feest",
    )
    feast: Feast | None = Field(
        None,
        description="feest waarvan de datum elk jaar anders is: pasen, ramadan, suikerfeest, "
        "offerfeest, pesach, rosj-hasjana, jom-kipoer of chanoeka",
    )
    type: str = Field(
        "", max_length=10, description="soort gebeurtenis (E01…) van de kaart; mag leeg"
    )


class CalendarSettings(Frozen):
    """The calendar (``[calendar]``)."""

    at: str = Field(
        "07:30",
        pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$",
        description="hoe laat een aankondiging komt; leeg = geen aankondigingen",
    )
    days_before: int = Field(3, ge=0, le=60, description="zoveel dagen van tevoren")
    files: list[Path] = Field(default_factory=list, description="agenda's (.ics) met meer momenten")
    moments: list[MomentSettings] = Field(default_factory=list, description="momenten")


@dataclass(frozen=True, slots=True, order=True)
class Foreseen:
    """A moment on a day. ``is_estimated``: the moon may shift it by a day."""

    day: date
    key: str
    name: str
    type: str = ""
    is_estimated: bool = False


def foreseen(settings: CalendarSettings, first: date, last: date) -> list[Foreseen]:
    """Everything between two days, both included, in order; files that fail are left out."""
    found = {one for moment in settings.moments for one in _days_of(moment, first, last)}
    for file in settings.files:
        found.update(read_calendar(file, first, last) or ())
    return sorted(found)


def _days_of(moment: MomentSettings, first: date, last: date) -> Iterator[Foreseen]:
    for year in range(first.year, last.year + 1):
        for day, is_estimated in _in_year(moment, year):
            if first <= day <= last:
                yield Foreseen(day, moment.key, moment.name, moment.type, is_estimated)


def _in_year(moment: MomentSettings, year: int) -> Sequence[tuple[date, bool]]:
    if moment.feast is not None:
        return feast_days(moment.feast, year)
    whole = moment.on if moment.on.count("-") == 2 else f"{year}-{moment.on}"
    try:
        day = date.fromisoformat(whole)
    except ValueError:  # 29 February, in a year without one
        return ()
    return ((day, False),) if day.year == year else ()


def read_calendar(file: Path, first: date, last: date) -> list[Foreseen] | None:
    """The moments of an iCalendar file, repeated ones included; None when it cannot be read."""
    import recurring_ical_events
    from icalendar import Calendar

    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError("too big")
        calendar = Calendar.from_ical(file.read_bytes())
        events = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
        found = [_of_event(event) for event in events[:MOST_OF_A_FILE]]
    except Exception as error:  # anything can stand in a file that somebody exported
        log.warning(
            "A calendar was not read",
            extra={"action": "calendar_unread", "why": type(error).__name__},
        )
        return None
    return [one for one in found if first <= one.day <= last]


def _of_event(event: Event) -> Foreseen:
    start = event.start
    day = start.date() if isinstance(start, datetime) else start
    name = " ".join(str(event.get("SUMMARY", "")).split())[:NAME_LIMIT]
    uid = str(event.get("UID", name))
    kind = next((str(one) for one in event.categories if str(one).startswith("E")), "")
    return Foreseen(day, f"ics-{sha256(uid.encode()).hexdigest()[:40]}", name, kind[:10])
