"""Times as readers see them: Amsterdam clock, 24 hours, the weekday with every date. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from briefings import texts
from briefings.settings import BriefingSettings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
#: the last update of the day, and until when it can still be promised
EVENING_UPDATE = time(22, 0)
LAST_EVENING_PROMISE = time(21, 30)
#: before this hour the first promise is the morning update of the same day
NIGHT_ENDS = time(6, 45)


def local(at: datetime) -> datetime:
    """An aware moment on the clock of the city."""
    return at.astimezone(AMSTERDAM)


def local_date(at: datetime) -> date:
    """The calendar day in the city."""
    return local(at).date()


def clock(at: datetime) -> str:
    """``20.45``."""
    return f"{local(at):%H.%M}"


def day(on: date) -> str:
    """``3 maart``."""
    return f"{on.day} {texts.MONTHS[on.month - 1]}"


def weekday(on: date) -> str:
    """``dinsdag 3 maart``."""
    return f"{texts.WEEKDAYS[on.weekday()]} {day(on)}"


def dated(on: date) -> str:
    """``3 maart 2026``."""
    return f"{day(on)} {on.year}"


def moment(at: datetime) -> str:
    """``dinsdag 3 maart, 20.45 uur``."""
    return texts.MOMENT.format(day=weekday(local_date(at)), clock=clock(at))


def default_next_update(settings: BriefingSettings, *, now: datetime) -> datetime:
    """22.00 today while that can be promised, else the fixed morning update.

    In the night the morning of the same day is meant. Returns an aware moment.
    """
    here = local(now)
    if here.time() < NIGHT_ENDS:
        return _at(here.date(), settings.morning_update)
    if here.time() < LAST_EVENING_PROMISE:
        return _at(here.date(), EVENING_UPDATE)
    return _at(here.date() + timedelta(days=1), settings.morning_update)


def _at(on: date, clock_time: time) -> datetime:
    return datetime.combine(on, clock_time, tzinfo=AMSTERDAM).astimezone(ZoneInfo("UTC"))
