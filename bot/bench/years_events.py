"""What happens in two years: a briefing the same day, closed after five days, with a lesson."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bench import years_texts as texts
from bot.bench.processes import BenchFailed
from bot.bench.years_list import Habits, Town, arrive
from bot.config import Config
from briefings.approval import Approved, approve
from briefings.distribution import distribute_due
from briefings.drafting import draft_briefing
from briefings.facts import add_fact, open_facts
from briefings.handing_in import submit
from briefings.learning.lessons import NewLesson, NotKept, add_lesson, finish_lesson
from briefings.learning.rows import Lesson, LessonStatus
from briefings.library import library
from briefings.moments import local_date
from briefings.rows import Briefing, BriefingKind, FactKind
from contacts.records import Database
from feeds.events import close_event, open_event
from feeds.rows import Event, LeadAgency

CLOSES_AFTER = timedelta(days=5)
LESSON_TAKES = timedelta(days=45)


def events_of(count: int, begin: date, days: int, chance: random.Random) -> frozenset[date]:
    """The days on which something happens, one in each stretch of equal length."""
    if not count:
        return frozenset()
    stretch = days // count
    return frozenset(
        begin + timedelta(days=number * stretch + chance.randrange(max(stretch - 7, 1)))
        for number in range(count)
    )


async def play_event(db: Database, town: Town, config: Config, *, now: datetime) -> None:
    """From the decision to the lesson; what is sent finds the dead addresses."""
    async with db.begin() as session:
        event = await _open(session, town, config, now=now)
        await _brief(session, event, town, config, now=now)
        await distribute_due(session, now=now)
        await arrive(session, town, now=now)
    later = now + CLOSES_AFTER
    async with db.begin() as session:
        event = await session.get_one(Event, event.id)
        await close_event(session, event, who=town.coordinator.who, now=later)
        await _learn(session, event, town, now=later)


async def _open(session: AsyncSession, town: Town, config: Config, *, now: datetime) -> Event:
    event = await open_event(
        session, type="E01", title=texts.EVENT, place=None, severity=4,
        lead_agency=LeadAgency.POLICE, who=town.coordinator.who, now=now, is_exercise=False,
    )  # fmt: skip
    editor = town.coordinator.person_id
    await open_facts(session, event, config.briefings, editor_id=editor, now=now)
    await add_fact(
        session, event.id or 0, kind=FactKind.CONFIRMED, text=texts.FACT,
        source_name=texts.SOURCE, source_at=now, editor_id=editor, now=now,
    )  # fmt: skip
    return event


async def _brief(
    session: AsyncSession, event: Event, town: Town, config: Config, *, now: datetime
) -> None:
    settings = config.briefings
    briefing: Briefing = await draft_briefing(
        session, event, kind=BriefingKind.FIRST, settings=settings,
        editor_id=town.coordinator.person_id, now=now,
    )  # fmt: skip
    await submit(session, briefing, town.coordinator, settings, now=now)
    result = await approve(
        session, briefing, town.approver, settings,
        expected_hash=briefing.content_hash or "", now=now,
    )  # fmt: skip
    if not isinstance(result, Approved):
        raise BenchFailed(str(result))


async def _learn(session: AsyncSession, event: Event, town: Town, *, now: datetime) -> None:
    today = local_date(now)
    given = NewLesson(texts.KEEP, texts.CHANGE, texts.MUNICIPALITY, today + LESSON_TAKES)
    kept = await add_lesson(
        session, event, given, who=town.coordinator.who, allow=(), today=today, now=now
    )
    if isinstance(kept, NotKept):
        raise BenchFailed(kept.reason)


async def settle_lessons(
    session: AsyncSession, town: Town, habits: Habits, chance: random.Random, *, now: datetime
) -> None:
    """Whose day has come is done sooner or later; until then the house reminds."""
    found = await session.exec(
        select(Lesson)
        .where(col(Lesson.status) == LessonStatus.OPEN, col(Lesson.due) <= local_date(now))
        .order_by(col(Lesson.id))
    )
    for lesson in found.all():
        if chance.random() < habits.finishes_lesson:
            await finish_lesson(
                session, lesson, template="", shelf=library(None), who=town.coordinator.who, now=now
            )
