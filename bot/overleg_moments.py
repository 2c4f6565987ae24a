"""When who was invited to a meeting is reminded of it, and until when a word of it is of use."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.asking import OFFICE_HOURS
from briefings.moments import at_clock, local_date
from signals.workdays import is_working_day

#: later than this before it begins nobody can do anything with it any more
LAST = timedelta(hours=1)


def last_word(starts_at: datetime) -> datetime:
    """Until when a message about a meeting that begins then may wait. Pure."""
    return starts_at - LAST


def remind_from(starts_at: datetime) -> datetime:
    """The begin of the last working day before the meeting's own. Pure."""
    on: date = local_date(starts_at) - timedelta(days=1)
    while not is_working_day(on):
        on -= timedelta(days=1)
    return at_clock(on, OFFICE_HOURS[0])
