"""When who was invited to a meeting is reminded of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.asking import OFFICE_HOURS
from briefings.moments import at_clock, local_date
from signals.workdays import is_working_day


def remind_from(starts_at: datetime) -> datetime:
    """The begin of the last working day before the meeting's own. Pure."""
    on: date = local_date(starts_at) - timedelta(days=1)
    while not is_working_day(on):
        on -= timedelta(days=1)
    return at_clock(on, OFFICE_HOURS[0])
