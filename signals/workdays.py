"""Working days in the Netherlands: what a promise of "two working days" means. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from contacts.local_time import AMSTERDAM
from contacts.texts import WEEKDAYS
from feeds.days import closed_days

ANSWER_HOUR = time(17, 0)
#: outside these hours nobody reads; what comes in then is read from nine
READING_FROM, READING_UNTIL, MORNING = time(7, 0), time(22, 0), time(9, 0)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no national holiday."""
    return day.weekday() < 5 and day not in closed_days(day.year)


def next_working_day(day: date) -> date:
    """The first working day after ``day``."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def on_working_day(day: date) -> date:
    """``day`` itself when it is a working day, else the first one after it."""
    return day if is_working_day(day) else next_working_day(day)


def working_day_due(now: datetime, days: int) -> datetime:
    """17.00 in Arnhem on the ``days``-th working day after today, in UTC.

    What comes in on a Saturday counts from the Monday.
    """
    day = now.astimezone(AMSTERDAM).date()
    for _ in range(days):
        day = next_working_day(day)
    return datetime.combine(day, ANSWER_HOUR, AMSTERDAM).astimezone(UTC)


def reading_due(now: datetime, hours: int) -> datetime:
    """Before when somebody has read it: whole hours, at night the next morning, in UTC."""
    local = now.astimezone(AMSTERDAM)
    if local.time() < READING_FROM:
        return datetime.combine(local.date(), MORNING, AMSTERDAM).astimezone(UTC)
    due = (now + timedelta(hours=hours, minutes=59)).astimezone(AMSTERDAM)
    due = due.replace(minute=0, second=0, microsecond=0)
    if due.date() > local.date() or due.time() > READING_UNTIL:
        tomorrow = local.date() + timedelta(days=1)
        due = datetime.combine(tomorrow, MORNING, AMSTERDAM)
    return due.astimezone(UTC)


def day_and_clock(at: datetime) -> str:
    """As *dinsdag 3-3, 17.42*, in Dutch time: for a list of times. Pure."""
    local = at.astimezone(AMSTERDAM)
    return f"{WEEKDAYS[local.weekday()]} {local.day}-{local.month}, {local:%H.%M}"


def day_and_time(at: datetime) -> str:
    """As *dinsdag 3-3, 17.42 uur*: in a sentence. Pure."""
    return f"{day_and_clock(at)} uur"
