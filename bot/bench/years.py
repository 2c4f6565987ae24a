"""``schakel bench years``: two years of a list of contacts, played day by day.

People leave, some without a word; the house asks, organisations name successors, the desk has an
hour a month for the list; now and then something happens and leaves a lesson. What people do is
chance (:class:`bot.bench.years_list.Habits`); what the house does is the house's own code. Only the
network is left out: a message arrives, or its address is dead and it comes back.

Beside it the same years without anybody who keeps the list, as it went in Arnhem after 2016.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, func, select

from bot.bench.folders import bench_folder
from bot.bench.years_drawing import GOAL, Line, drawing
from bot.bench.years_events import events_of, play_event, settle_lessons
from bot.bench.years_list import (
    Habits,
    Town,
    answer_questions,
    arrive,
    hear_successors,
    keep_at_desk,
    leave,
    settle_town,
    share_reached,
)
from bot.config import Config
from bot.database import open_database
from bot.demo.stage import exercise_lines
from bot.migrating import migrate
from bot.ticks import keep_list_once
from bot.tidying import freeze_and_forget
from briefings.learning.freezing import frozen_packs
from briefings.learning.lessons import all_lessons
from briefings.learning.rows import LessonStatus
from contacts.directory import Person
from contacts.local_time import AMSTERDAM
from contacts.records import Database
from contacts.settings import ContactSettings
from contacts.successors import Succession, SuccessionStatus
from signals.workdays import is_working_day

BEGIN = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played. ``is_kept``: whether anybody does anything for the list."""

    organisations: int = 120
    days: int = 730
    events: int = 12
    habits: Habits = field(default_factory=Habits)
    is_kept: bool = True
    seed: int = 11

    @property
    def ends(self) -> date:
        return BEGIN + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Played:
    """How it went. ``shares``: per day the share of organisations where a message would
    have arrived."""

    shares: Sequence[tuple[date, float]]
    left: int
    followed: int
    lessons: int
    without_owner: int
    lessons_done: int
    packs: int
    quarters: int


async def measure(plan: Plan, *, draws: bool = False) -> tuple[str, str]:
    """Play the years; one line of figures, and the drawing as SVG when it is asked for.

    :param draws: play them once more without care for the list, and draw both.
    """
    begun = time.perf_counter()
    kept = await _play_apart(plan)
    line = json.dumps(figures(kept, plan, seconds=time.perf_counter() - begun))
    if not draws:
        return line, ""
    bare = Plan(plan.organisations, plan.days, 0, plan.habits, is_kept=False, seed=plan.seed)
    without = await _play_apart(bare)
    return line, drawing([Line(True, kept.shares), Line(False, without.shares)])


def figures(played: Played, plan: Plan, *, seconds: float) -> dict[str, float | int | bool]:
    """What the two years must show, as numbers. Pure."""
    shares = [share for _, share in played.shares]
    lowest = min(shares)
    return {
        "organisations": plan.organisations,
        "days": plan.days,
        "seconds": round(seconds, 1),
        "left": played.left,
        "followed": played.followed,
        "lowest_share": round(lowest, 3),
        "mean_share": round(sum(shares) / len(shares), 3),
        "last_share": round(shares[-1], 3),
        "lessons": played.lessons,
        "lessons_without_owner": played.without_owner,
        "lessons_done": played.lessons_done,
        "packs": played.packs,
        "quarters": played.quarters,
        "ok": lowest >= GOAL and not played.without_owner and played.packs == played.quarters,
    }


async def _play_apart(plan: Plan) -> Played:
    with bench_folder() as folder:
        url = f"sqlite+aiosqlite:///{folder / 'years.sqlite3'}"
        await migrate(url)
        db = open_database(url)
        try:
            return await play(db, plan)
        finally:
            await db.close()


async def play(db: Database, plan: Plan) -> Played:
    """Day after day, at ten in the morning."""
    # Without care nobody is asked either.
    asks = ContactSettings() if plan.is_kept else ContactSettings(check_days=0)
    config = Config(briefings=exercise_lines(), contacts=asks)
    chance = random.Random(plan.seed)  # noqa: S311  (chance in a measurement)
    async with db.begin() as session:
        town = await settle_town(session, plan.organisations, now=morning(BEGIN))
    shares: list[tuple[date, float]] = []
    calendar = events_of(plan.events, BEGIN, plan.days, chance)
    for number in range(plan.days + 1):
        now = morning(BEGIN + timedelta(days=number))
        await _a_day(db, town, plan, config, chance, now=now)
        if now.date() in calendar:
            await play_event(db, town, config, now=now)
        async with db.read() as session:
            shares.append((now.date(), await share_reached(session, town)))
    return await _read(db, plan, shares)


def morning(on: date) -> datetime:
    """Ten o'clock in the city, in UTC. Pure."""
    return datetime(on.year, on.month, on.day, 10, tzinfo=AMSTERDAM).astimezone(UTC)


async def _a_day(
    db: Database, town: Town, plan: Plan, config: Config, chance: random.Random, *, now: datetime
) -> None:
    works = plan.is_kept and is_working_day(now.astimezone(AMSTERDAM).date())
    async with db.begin() as session:
        await leave(session, town, plan.habits, config, chance, tells=plan.is_kept, now=now)
        if works:
            await answer_questions(session, plan.habits, chance, now=now)
            await hear_successors(session, town, plan.habits, chance, now=now)
            await settle_lessons(session, town, plan.habits, chance, now=now)
        if works and town.is_list_day(now):
            await keep_at_desk(session, town, plan.habits, config, now=now)
        await keep_list_once(session, config, now=now)
        await arrive(session, town, now=now)
    (await freeze_and_forget(db, config.signals, now=now)).raise_first()


async def _read(db: Database, plan: Plan, shares: Sequence[tuple[date, float]]) -> Played:
    async with db.read() as session:
        lessons = await all_lessons(session, is_exercise=False)
        gone = await session.exec(
            select(func.count()).select_from(Person).where(col(Person.left_at).is_not(None))
        )
        filled = await session.exec(
            select(func.count())
            .select_from(Succession)
            .where(col(Succession.status) == SuccessionStatus.FILLED)
        )
        packs = await frozen_packs(session)
        return Played(
            shares=shares,
            left=gone.one(),
            followed=filled.one(),
            lessons=len(lessons),
            without_owner=sum(not lesson.owner for lesson in lessons),
            lessons_done=sum(lesson.status is LessonStatus.DONE for lesson in lessons),
            packs=len(packs),
            quarters=quarters_within(BEGIN, plan.ends),
        )


def quarters_within(begin: date, end: date) -> int:
    """Quarters that are over on ``end``, from the one of ``begin`` on. Pure."""
    return (end.year * 4 + (end.month - 1) // 3) - (begin.year * 4 + (begin.month - 1) // 3)
