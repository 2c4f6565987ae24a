"""The timetable of an event as the chat, the desk and the reminders see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from bot.exercise.current import running_exercise
from bot.exercise.marks import event_of
from briefings.clock_rows import FollowUp
from briefings.course import timetables_of
from briefings.moments import local_date
from briefings.settings import ClockSettings
from briefings.timetable import Line
from feeds.rows import RUNNING, Event, EventStatus

#: after the last step of the calendar somebody may still be late with it for so long
AFTER_THE_LAST = timedelta(days=21)
#: days are counted in the city's calendar, so the step is a little earlier than the hours say
BEFORE_LOOKING_BACK = timedelta(days=2)


Timed = tuple[list[Line], float | None]


async def lines_of(session: AsyncSession, event: Event, config: Config) -> Timed:
    """The timetable, and how fast its minutes go; None where nobody plays this exercise."""
    assert event.id is not None
    return (await all_lines(session, [event], config))[event.id]


async def all_lines(
    session: AsyncSession, events: Sequence[Event], config: Config
) -> dict[int, Timed]:
    """:func:`lines_of` for each of them, with as many questions as for one."""
    speeds = await _speeds(session, events, config)
    known = {ident: speed for ident, speed in speeds.items() if speed is not None}
    lines = await timetables_of(session, known, events, config.clock, config.briefings)
    return {ident: (lines[ident], speeds[ident]) for ident in lines}


async def _speeds(
    session: AsyncSession, events: Sequence[Event], config: Config
) -> dict[int, float | None]:
    """Minutes of each event per minute: 1 but for an exercise that runs faster.

    None for an exercise that nobody plays: it is silent.
    """
    alone = 1.0 if config.is_exercise else None
    speeds = {one.id: alone if one.is_exercise else 1.0 for one in events if one.id is not None}
    exercise = await running_exercise(session) if alone in speeds.values() else None
    played = await event_of(session, exercise) if exercise is not None else None
    if exercise is not None and played is not None and played.id in speeds:
        speeds[played.id] = exercise.speed
    return speeds


async def timed_events(
    session: AsyncSession, clock: ClockSettings, *, now: datetime
) -> Sequence[Event]:
    """Events that may have a step open: those that run, and those closed so long ago that a
    look back is due, or with a follow-up planned.

    Closing leaves only these two steps open (``briefings.timetable.AFTERWARDS``), so an event
    that was closed last week costs nothing.
    """
    lately = local_date(now - AFTER_THE_LAST)
    look_back = timedelta(weeks=clock.look_back_weeks)
    found = await session.exec(
        select(Event)
        .where(
            col(Event.merged_into_id).is_(None),
            or_(
                col(Event.status).in_(RUNNING),
                (col(Event.status) == EventStatus.CLOSED)
                & col(Event.confirmed_at).between(
                    now - look_back - AFTER_THE_LAST, now - look_back + BEFORE_LOOKING_BACK
                ),
                col(Event.id).in_(select(FollowUp.event_id).where(col(FollowUp.day) >= lately)),
            ),
        )
        .order_by(col(Event.id))
    )
    return found.all()
