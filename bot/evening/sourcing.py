"""Whose words a fact is, and since when: read from what a coordinator typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from briefings.fact_rules import CLOCK_SLACK
from briefings.moments import local

#: what a source said last evening is typed as its clock time far into the night
LONG_AGO = timedelta(hours=6)
#: what the outlets of a played story carry behind their name
_PLAYED = re.compile(r"\s*\(oefening\)\Z", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_CLOCK = re.compile(r"(?:\bom\s+)?(?<![\d.:])(\d{1,2}[.:]\d{2})(?![\d.:])(?:\s*uur\b)?")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """``politie 17.47 https://…`` taken apart; ``at`` is None when no time was typed."""

    name: str
    at: datetime | None
    link: str | None


def source_names(names: Iterable[str]) -> list[str]:
    """Each source once, as it is named first: in an exercise the police of the story is the police.
    Pure."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(_PLAYED.sub("", name).strip().casefold(), name)
    return list(found.values())


def clock_time(text: str) -> time | None:
    """``22.00`` or ``22:00``; None for anything else."""
    hour, _, minute = text.strip().replace(":", ".").partition(".")
    if not (hour.isdecimal() and minute.isdecimal()) or int(hour) > 23 or int(minute) > 59:
        return None
    return time(int(hour), int(minute))


def said_at(at: time, now: datetime) -> datetime:
    """The last moment that the clock of the city showed ``at``.

    A source's clock may be a little ahead of ours; further ahead is yesterday.
    """
    here = local(now)
    moment = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if moment > here + CLOCK_SLACK:
        moment -= timedelta(days=1)
    return moment.astimezone(now.tzinfo)


def is_long_ago(at: datetime | None, now: datetime) -> bool:
    """Whether a typed clock time became one of yesterday, hours back: that is more likely a slip
    than what was meant, so it is said. Pure."""
    if at is None or local(at).date() == local(now).date():
        return False
    return now - at > LONG_AGO


def read_source(line: str, now: datetime) -> SourceLine:
    """The name, the time and the link in one typed line, in any order."""
    link = _LINK.search(line)
    rest = _LINK.sub(" ", line)
    clock = _CLOCK.search(rest)
    at = clock_time(clock[1]) if clock else None
    if at is not None:
        rest = _CLOCK.sub(" ", rest, count=1)
    name = " ".join(rest.split()).strip(" ,;()")
    if not name and link:
        name = (urlsplit(link[0]).hostname or "").removeprefix("www.")
    return SourceLine(
        name=name,
        at=said_at(at, now) if at is not None else None,
        link=link[0] if link else None,
    )
