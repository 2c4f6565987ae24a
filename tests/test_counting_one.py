"""A count is one row, whoever is the first and however many come at once."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import select

from briefings.learning.rows import PollCount
from briefings.learning.survey_rows import SurveyCount
from contacts.counting import count_one
from contacts.directory import Tally
from contacts.meeting import ContactCount
from contacts.records import Database
from contacts.tally import count_up, total
from signals.help_count_rows import HelpCount

DAY = date(2026, 3, 2)


async def counted(db: Database) -> dict[str, int]:
    async with db.read() as session:
        return {one.name: one.count for one in (await session.exec(select(Tally))).all()}


async def test_the_first_makes_the_row_and_who_follows_adds_to_it(db: Database) -> None:
    async with db.begin() as session:
        for name in ("a", "b", "a", "a"):
            await count_one(session, Tally, day=DAY, name=name)
    assert await counted(db) == {"a": 3, "b": 1}


async def test_two_that_are_the_first_at_one_moment_are_both_counted_and_keep_their_work(
    db: Database, now: datetime
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer: nothing is at once")
    async with db.begin() as first:
        await count_up(first, "beide", now=now)
        second = asyncio.create_task(one_more(db, now))
        await asyncio.sleep(0.2)
        assert not second.done()
    await second
    assert await counted(db) == {"beide": 2, "ander": 1}


async def one_more(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await count_up(session, "ander", now=now)
        await count_up(session, "beide", now=now)


async def test_what_is_counted_in_an_exercise_is_another_row(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await count_up(session, "a", now=now)
        await count_up(session, "a", now=now, is_exercise=True)
        assert await total(session, "a", is_exercise=False) == 1


@pytest.mark.parametrize("kind", [Tally, ContactCount, HelpCount, PollCount, SurveyCount])
def test_every_count_has_one_row_for_each_key(kind: Any) -> None:
    """Without it the statement is refused, and what was told with it is lost."""
    [key] = [one for one in kind.__table__.constraints if type(one).__name__ == "UniqueConstraint"]
    assert {one.name for one in key.columns} == {*kind.__table__.columns.keys()} - {"id", "count"}
