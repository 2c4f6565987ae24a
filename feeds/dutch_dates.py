"""Dates as Dutch feeds write them.

The common parser reads "CEST" as UTC, "29-07-2025" as the year 2029 and a Dutch day name
not at all. Without a zone a time is Arnhem's. What lies in the future, or decades back,
is a mistake: the caller then goes by when it first saw the item.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path

from contacts.local_time import AMSTERDAM

#: clocks differ; a little ahead counts as now
AHEAD = timedelta(minutes=15)
OLDEST = timedelta(days=365 * 20)
LONGEST_TEXT = 100

_TIME = (
    r"(?:[T\s,]+(?:om\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2}))?(?:[.,]\d+)?)?"
)
_ZONE = r"\s*(?:uur)?\s*\(?(?P<zone>Z|[A-Za-z]{2,5}|[+-]\d{2}:?\d{2})?\)?\s*"
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_TIME}{_ZONE}")
_WORDS = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{{1,2}})[\s-]+(?P<name>[^\W\d]+)\.?[\s,-]+(?P<year>\d{{4}}|\d{{2}})"
    rf"{_TIME}{_ZONE}"
)
_DIGITS = re.compile(
    rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}{_ZONE}"
)


def parse_date(text: str, *, now: datetime) -> datetime | None:
    """The moment that ``text`` means, in UTC; None when unreadable or impossible.

    :param text: ISO 8601, RFC 822 (Dutch or English), ``dd-mm-yyyy hh:mm``.
    :param now: aware; up to a quarter of an hour ahead of it becomes ``now``.
    """
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST_TEXT:
        return None
    for pattern in (_ISO, _DIGITS, _WORDS):
        if found := pattern.fullmatch(plain):
            return _sensible(_moment(found.groupdict()), now)
    return None


def _sensible(moment: datetime | None, now: datetime) -> datetime | None:
    if moment is None or moment > now + AHEAD or moment < now - OLDEST:
        return None
    return min(moment, now.astimezone(UTC))


def _moment(parts: dict[str, str | None]) -> datetime | None:
    year, month = int(parts["year"] or 0), _month(parts)
    zone = _zone(parts["zone"])
    if month is None or zone is None:
        return None
    if year < 100:
        year += 2000 if year < 70 else 1900
    clock = [int(parts[name] or 0) for name in ("hour", "minute", "second")]
    try:
        # A leap second is the second before it.
        moment = datetime(
            year, month, int(parts["day"] or 0), clock[0], clock[1], min(clock[2], 59), tzinfo=zone
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(parts: dict[str, str | None]) -> int | None:
    if digits := parts.get("month"):
        return int(digits)
    return month_named(parts.get("name") or "")


def month_named(name: str) -> int | None:
    """The number of a month by its name or its short name; None for anything else."""
    return _names()[0].get(name.lower())


def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return AMSTERDAM
    if name[0] in "+-":
        sign = -1 if name[0] == "-" else 1
        minutes = int(name[1:3]) * 60 + int(name[-2:])
        return timezone(sign * timedelta(minutes=minutes)) if minutes < 24 * 60 else None
    offset = _names()[1].get(name.upper())
    return None if offset is None else timezone(timedelta(minutes=offset))


@cache
def _names() -> tuple[dict[str, int], dict[str, int]]:
    """Months and zones by name."""
    place = Path(__file__).with_name("lexicon") / "dates.toml"
    data = tomllib.loads(place.read_text("utf-8"))
    return data["maanden"], data["zones"]
