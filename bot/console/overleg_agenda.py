"""The agenda of a meeting as the system makes it: what waits, what comes, what was learnt.

Signals only as counts of organisations, small ones hidden; never words, never who.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carrying import configured_kinds
from bot.config import Config
from bot.console import overleg_texts as texts
from bot.console import picture_texts
from bot.console.doors import Visit
from bot.console.learning import views
from bot.console.texts import DOMAINS
from bot.foreseeing import shown_name
from briefings.learning.lessons import all_lessons
from briefings.learning.rows import Lesson, LessonStatus
from briefings.moments import dated, day, local_date
from briefings.overleg.agreements import is_late, open_actions
from briefings.overleg.rows import Overleg, OverlegStatus
from contacts.directory import Domain
from contacts.gap_counts import kinds_of_standing
from contacts.gaps import ENOUGH, Standing
from feeds.kalender import foreseen
from signals.feedback import open_signals
from signals.picture import Picture, picture_of
from signals.picture_moments import is_live, still_waiting
from signals.rows import Signal

#: what is coming is shown this far beyond the meeting
AHEAD = timedelta(days=91)
#: without a meeting before, what was done is shown this far back
BACK = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Reached:
    """How the list of one domain stands."""

    domain: str
    organisations: int
    reachable: int
    two: int


async def agenda_of(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """Everything on the agenda, as it stands now."""
    session, today = visit.session, local_date(visit.now)
    since = await last_met(session, overleg, now=visit.now)
    lessons = await all_lessons(session, is_exercise=overleg.is_exercise)
    return {
        "picture": await waiting_picture(session, overleg.is_exercise, live=is_live(visit.actor)),
        "headings": picture_texts.HEADINGS,
        "coming": await coming(visit.parts.config, overleg, visit.now),
        "open_lessons": views(visit, [one for one in lessons if one.status is LessonStatus.OPEN]),
        "done_lessons": views(visit, done_since(lessons, since)),
        "since": day(local_date(since)),
        "reached": await _reached(session, visit.parts.config, overleg.is_exercise, now=visit.now),
        "still_open": [
            (one, dated(one.due) if one.due else "", is_late(one, today))
            for one in await open_actions(session, is_exercise=overleg.is_exercise)
            if one.overleg_id != overleg.id
        ],
    }


async def last_met(session: AsyncSession, overleg: Overleg, *, now: datetime) -> datetime:
    """When the overleg last met before this time; never a moment that is still to come."""
    found = await session.exec(
        select(Overleg.starts_at)
        .where(
            col(Overleg.is_exercise) == overleg.is_exercise,
            col(Overleg.status) == OverlegStatus.HELD,
            col(Overleg.starts_at) < min(overleg.starts_at, now),
        )
        .order_by(col(Overleg.starts_at).desc())
        .limit(1)
    )
    return found.first() or min(overleg.starts_at, now) - BACK


def done_since(lessons: Sequence[Lesson], since: datetime) -> list[Lesson]:
    """What became true since the last time. Pure."""
    return [
        one
        for one in lessons
        if one.status is LessonStatus.DONE
        and one.settled_at is not None
        and one.settled_at >= since
    ]


async def waiting_picture(session: AsyncSession, is_exercise: bool, *, live: bool) -> Picture:
    """Open signals as counts of organisations, small ones hidden.

    :param live: as they are now, for who may read signals; else as they were at a moment.
    """
    waiting = await open_signals(session, is_exercise=is_exercise)
    if not live:
        every = await session.exec(select(Signal).where(col(Signal.is_exercise) == is_exercise))
        waiting = still_waiting(every.all())
    return picture_of(waiting, day_of=lambda at: day(local_date(at)), names={})


async def coming(config: Config, overleg: Overleg, now: datetime) -> list[tuple[str, str]]:
    """(day, what) from today until well after the meeting; a name that is a person stays out."""
    first = local_date(now)
    last = max(first, local_date(overleg.starts_at)) + AHEAD
    found = await asyncio.to_thread(foreseen, config.calendar, first, last)
    return [
        (_when(one.day, is_estimated=one.is_estimated), shown_name(one, config)) for one in found
    ]


def _when(on: date, *, is_estimated: bool) -> str:
    return f"{texts.MAYBE} {dated(on)}" if is_estimated else dated(on)


async def _reached(
    session: AsyncSession, config: Config, is_exercise: bool, *, now: datetime
) -> list[Reached]:
    kinds = await kinds_of_standing(
        session, timedelta(0), is_exercise=is_exercise, now=now, sends_by=configured_kinds(config)
    )
    return list_health(kinds)


def list_health(kinds: Sequence[tuple[Standing, int]]) -> list[Reached]:
    """Per domain how many organisations can be reached, and by two people or more. Pure."""
    counts = [Counter[Domain]() for _ in range(3)]
    for least, count in zip((0, 1, ENOUGH), counts, strict=True):
        for one, organisations in kinds:
            if one.reachable >= least:
                count[one.organisation.domain] += organisations
    everybody, reachable, two = counts
    return [
        Reached(DOMAINS[domain], everybody[domain], reachable[domain], two[domain])
        for domain in Domain
        if everybody[domain]
    ]
