"""The timetable of an event as the chat, the desk and the reminders see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from bot.exercise.leading import running_exercise
from bot.exercise.marks import event_of
from briefings.approval_rules import RUNNING
from briefings.clock_rows import FollowUp
from briefings.course import timetable_of
from briefings.moments import local_date
from briefings.settings import ClockSettings
from briefings.timetable import Line
from feeds.rows import Event, EventStatus

#: after the last step of the calendar somebody may still be late with it for so long
AFTER_THE_LAST = timedelta(days=21)


async def lines_of(
    session: AsyncSession, event: Event, config: Config
) -> tuple[list[Line], float | None]:
    """The timetable, and how fast its minutes go; None where nobody plays this exercise."""
    speed = await speed_of(session, event, config)
    lines = await timetable_of(session, event, config.clock, config.briefings, speed=speed or 1.0)
    return lines, speed


async def speed_of(session: AsyncSession, event: Event, config: Config) -> float | None:
    """Minutes of the event per minute: 1 but for an exercise that runs faster.

    None for an exercise that nobody plays: it is silent.
    """
    if not event.is_exercise:
        return 1.0
    exercise = await running_exercise(session)
    if exercise is not None:
        played = await event_of(session, exercise)
        if played is not None and played.id == event.id:
            return exercise.speed
    return 1.0 if config.is_exercise else None


async def timed_events(
    session: AsyncSession, clock: ClockSettings, *, now: datetime
) -> Sequence[Event]:
    """Events that may have a step open: those that run, and those lately closed."""
    lately = local_date(now - AFTER_THE_LAST)
    longest = timedelta(weeks=clock.look_back_weeks) + AFTER_THE_LAST
    found = await session.exec(
        select(Event)
        .where(
            col(Event.merged_into_id).is_(None),
            or_(
                col(Event.status).in_(RUNNING),
                (col(Event.status) == EventStatus.CLOSED)
                & (col(Event.confirmed_at) > now - longest),
                col(Event.id).in_(select(FollowUp.event_id).where(col(FollowUp.day) >= lately)),
            ),
        )
        .order_by(col(Event.id))
    )
    return found.all()
