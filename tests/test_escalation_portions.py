"""Silence of very many is followed up in short transactions, so that others can write between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select, update

from contacts import escalation
from contacts.arrival import acknowledge
from contacts.directory import Channel, ChannelStatus, Role
from contacts.escalation import escalate_due
from contacts.journal import JournalEntry
from contacts.outbox import AcknowledgementKind
from contacts.records import Database
from tests.outbox_world import a_person, all_deliveries, notices
from tests.test_escalation import HOUR, SETTINGS, calls, sent

MANY, PORTION = 8, 3
FULL = escalation.AT_ONCE


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
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (MANY, MANY)
    assert await portions(many) == [3, 3, 2]
    assert len(await calls(many)) == MANY
    (notice,) = await notices(many)
    assert "8 organisaties" in notice
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (0, 0)


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
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (5, MANY)
    assert len(await calls(many)) == MANY


async def test_one_round_takes_no_more_than_its_portions(
    many: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "PORTIONS", 2)
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (2 * PORTION, 2 * PORTION)
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (
        MANY - 2 * PORTION,
        MANY - 2 * PORTION,
    )


async def test_who_reacts_between_two_portions_is_followed_up_no_more(
    many: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = escalation._take_steps

    async def then_somebody_reacts(*arguments: Any, **named: Any) -> int:
        count = await take(*arguments, **named)
        await acknowledge(arguments[0], MANY, AcknowledgementKind.READ, now=now + HOUR)
        return count

    monkeypatch.setattr(escalation, "_take_steps", then_somebody_reacts)
    assert await escalate_due(many, SETTINGS, now=now + HOUR) == (MANY - 1, MANY - 1)
    assert await portions(many) == [3, 3, 1]
    assert len(await calls(many)) == MANY - 1


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the deliveries meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM delivery" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan_of(db: Database, statement: str, parameters: Any) -> str:
    async with db.engine.begin() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(line["detail"] for line in plan.mappings())


async def test_all_who_reacted_are_passed_over_once_and_not_again_for_each_portion(
    many: Database, now: datetime
) -> None:
    with listening() as asked:
        assert await escalate_due(many, SETTINGS, now=now + HOUR) == (MANY, MANY)
    looks = [statement for statement, _ in asked if "FROM acknowledgement" in statement]
    assert ["delivery.id IN" in look for look in looks] == [False, True, True, True]


async def test_whether_nobody_reacted_is_asked_of_a_full_portion_alone(
    many: Database, now: datetime
) -> None:
    if many.engine.dialect.name != "sqlite":
        pytest.skip("of so few rows PostgreSQL reads all anyway")
    async with many.begin() as session:
        with listening() as asked:
            await escalation._overdue(session, range(1, FULL + 1), SETTINGS, now=now + HOUR)
    (look,) = asked
    assert "SEARCH delivery USING INTEGER PRIMARY KEY" in await plan_of(many, *look)


async def test_whether_a_text_went_to_an_address_is_not_asked_of_all_who_had_it(
    many: Database, now: datetime
) -> None:
    if many.engine.dialect.name != "sqlite":
        pytest.skip("of so few rows PostgreSQL reads all anyway")
    with listening() as asked:
        assert await escalate_due(many, SETTINGS, now=now + HOUR) == (MANY, MANY)
    went = [one for one in asked if "SELECT delivery.kind, delivery.address" in one[0]]
    assert went
    for one in went:
        assert "(message_id=? AND kind=? AND address=?)" in await plan_of(many, *one)


async def test_who_has_no_channel_is_not_looked_for_among_all_who_had_the_text(
    many: Database, now: datetime
) -> None:
    async with many.begin() as session:
        await session.exec(update(Channel).values(status=ChannelStatus.CLOSED))
    with listening() as asked:
        assert await escalate_due(many, SETTINGS, now=now + HOUR) == (MANY, 0)
    assert not [one for one in asked if "SELECT delivery.kind, delivery.address" in one[0]]
