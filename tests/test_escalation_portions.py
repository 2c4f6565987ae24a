"""Silence of very many is followed up in short transactions, so that others can write between."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from contacts import escalation
from contacts.directory import Role
from contacts.escalation import escalate_due
from contacts.journal import JournalEntry
from contacts.records import Database
from tests.outbox_world import a_person, all_deliveries, notices
from tests.test_escalation import HOUR, SETTINGS, calls, sent

MANY, PORTION = 8, 3


@pytest.fixture
async def many(db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Nobody of eight organisations reacts, and nobody has another channel."""
    monkeypatch.setattr(escalation, "AT_ONCE", PORTION)
    async with db.begin() as session:
        people = [await a_person(session, now, chat=str(n)) for n in range(MANY)]
        await sent(session, people, now)
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
    return db


async def portions(db: Database) -> list[int]:
    async with db.read() as session:
        asked = select(JournalEntry).where(col(JournalEntry.action) == "deliveries_escalated")
        lines = (await session.exec(asked.order_by(col(JournalEntry.id)))).all()
        return [len(line.detail["ids"]) for line in lines]


async def test_very_many_are_followed_up_in_portions_and_told_in_one_notice(
    many: Database, now: datetime
) -> None:
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == MANY
    assert await portions(many) == [3, 3, 2]
    assert len(await calls(many)) == MANY
    (notice,) = await notices(many)
    assert "8 organisaties" in notice
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == 0


async def test_each_portion_is_stored_by_itself_and_the_rest_is_taken_up_by_the_next_round(
    many: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, seen = escalation._take_steps, []

    async def breaks(*arguments: Any, **named: Any) -> int:
        seen.append(await take(*arguments, **named))
        if len(seen) == 2:
            raise OSError
        return seen[-1]

    monkeypatch.setattr(escalation, "_take_steps", breaks)
    with pytest.raises(OSError):  # noqa: PT011 - nothing else can raise here
        await escalate_due(many, SETTINGS, now=now + HOUR)
    marked = [row.escalated_at is not None for row in await all_deliveries(many)]
    assert marked == [True] * 3 + [False] * 5
    assert len(await calls(many)) == 3
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == 5
    assert len(await calls(many)) == MANY


async def test_one_round_takes_no_more_than_its_portions(
    many: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "PORTIONS", 2)
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == 2 * PORTION
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == MANY - 2 * PORTION
