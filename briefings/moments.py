"""Times as readers see them: Amsterdam clock, 24 hours, the weekday with every date. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from briefings import texts
from briefings.library import Moment
from briefings.settings import BriefingSettings
from contacts.local_time import AMSTERDAM
from contacts.texts import WEEKDAYS
from signals.workdays import is_working_day

#: the last update of the day, and until when it can still be promised
EVENING_UPDATE = time(22, 0)
LAST_EVENING_PROMISE = time(21, 30)
#: before this hour the first promise is the morning update of the same day
NIGHT_ENDS = time(6, 45)
#: what comes later than this is prepared, and read in the morning (briefing guide §7)
NIGHT_BEGINS = time(22, 30)
#: until then the first lessons of today are still the ones to get ready for
LESSONS_UNTIL = time(12, 0)
#: a promise of an update is at least this far away
SOONEST = timedelta(minutes=10)
_NEVER = 400


def local(at: datetime) -> datetime:
    """An aware moment on the clock of the city."""
    return at.astimezone(AMSTERDAM)


def local_date(at: datetime) -> date:
    """The calendar day in the city."""
    return local(at).date()


def clock(at: datetime) -> str:
    """``20.45``."""
    shown = local(at)
    # A tenth of what asking the system's calendar costs; a page shows a hundred of them.
    return f"{shown.hour:02}.{shown.minute:02}"


def day(on: date) -> str:
    """``3 maart``."""
    return f"{on.day} {texts.MONTHS[on.month - 1]}"


def weekday(on: date) -> str:
    """``dinsdag 3 maart``."""
    return f"{WEEKDAYS[on.weekday()]} {day(on)}"


def dated(on: date) -> str:
    """``3 maart 2026``."""
    return f"{day(on)} {on.year}"


def far_moment(at: datetime, now: datetime) -> str:
    """As :func:`moment`; of another year with the year."""
    on = local_date(at)
    said = weekday(on) if on.year == local_date(now).year else f"{weekday(on)} {on.year}"
    return texts.MOMENT.format(day=said, clock=clock(at))


def moment(at: datetime) -> str:
    """``dinsdag 3 maart, 20.45 uur``."""
    return texts.MOMENT.format(day=weekday(local_date(at)), clock=clock(at))


def several(ats: Sequence[datetime]) -> str:
    """``dinsdag 3 maart, 20.45 en 22.10 uur``, in the order given, each minute once."""
    by_day: dict[date, dict[str, None]] = {}
    for at in ats:
        by_day.setdefault(local_date(at), {})[clock(at)] = None
    return texts.AND.join(
        texts.MOMENT.format(day=weekday(day), clock=_listed(list(clocks)))
        for day, clocks in by_day.items()
    )


def are_more(ats: Sequence[datetime]) -> bool:
    """Whether :func:`several` names more than one moment."""
    return len({(local_date(at), clock(at)) for at in ats}) > 1


def _listed(words: Sequence[str]) -> str:
    return texts.AND.join(filter(None, (", ".join(words[:-1]), words[-1])))


def default_next_update(settings: BriefingSettings, *, now: datetime) -> datetime:
    """22.00 today while that can be promised, else the fixed morning update.

    In the night, and for what leaves when it ends, the morning of the same day is meant.
    Returns an aware moment.
    """
    here = local(now)
    if here.time() <= NIGHT_ENDS:
        return at_clock(here.date(), settings.morning_update)
    if here.time() < LAST_EVENING_PROMISE:
        return at_clock(here.date(), EVENING_UPDATE)
    return at_clock(here.date() + timedelta(days=1), settings.morning_update)


def is_school_day(on: date, settings: BriefingSettings) -> bool:
    """A working day outside the school holidays of the city."""
    away = any(first <= on <= last for first, last in settings.school_holidays)
    return is_working_day(on) and not away


def school_moment(settings: BriefingSettings, *, now: datetime) -> tuple[Moment, str]:
    """What kind of moment it is for a school, and its next day with lessons, in words."""
    here = local(now)
    today, lessons = here.date(), here.date()
    if here.time() >= LESSONS_UNTIL:
        lessons += timedelta(days=1)
    for _ in range(_NEVER):
        if is_school_day(lessons, settings):
            break
        lessons += timedelta(days=1)
    apart = (lessons - today).days
    named = texts.NEAR_DAYS.get(apart, weekday(lessons))
    between = [today + timedelta(days=n) for n in range(apart)]
    if any(is_working_day(on) and not is_school_day(on, settings) for on in between):
        return Moment.HOLIDAY, named
    if apart > 1:
        return Moment.WEEKEND, named
    is_night = here.time() >= NIGHT_BEGINS or here.time() < NIGHT_ENDS
    return (Moment.NIGHT if is_night else Moment.SCHOOL), named


def at_clock(on: date, clock_time: time) -> datetime:
    """This clock time in the city on a day, in UTC.

    :raises ValueError: at an edge of the calendar, where UTC has no such moment.
    """
    here = datetime.combine(on, clock_time, tzinfo=AMSTERDAM)
    try:
        return here.astimezone(ZoneInfo("UTC"))
    except OverflowError as error:
        raise ValueError("outside the calendar") from error
