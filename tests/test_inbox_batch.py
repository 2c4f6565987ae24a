"""Updates are handled many to a transaction, and one that raises undoes none of the others."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import handling
from bot.chat.router import route
from bot.chat.turn import Turn
from bot.clock import utc_now
from bot.config import Config
from bot.handling import handle_together, handle_update
from bot.inbox import store_updates
from bot.reducing import Reduced
from bot.rows import IncomingUpdate, UpdateKind, UpdateStatus
from contacts.directory import Person
from contacts.records import Database
from contacts.sealing import Sealer
from tests.outbox_world import a_person, all_deliveries
from tests.stores import statements_of

SEALER = Sealer(Sealer.new_key())


async def four_ask_for_help(db: Database) -> None:
    async with db.begin() as session:
        for chat in range(1, 5):
            await a_person(session, utc_now(), chat=str(chat))
    stored = await store_updates(
        db,
        [
            Reduced(id=n, kind=UpdateKind.COMMAND, chat=n, payload={"text": "/help"})
            for n in range(1, 6)
        ],
        SEALER,
        now=utc_now(),
    )
    assert [one.chat for one in stored.strangers] == [5]


async def statuses(db: Database) -> list[UpdateStatus]:
    async with db.read() as session:
        return [(await session.get_one(IncomingUpdate, n)).status for n in range(1, 5)]


async def test_a_batch_answers_each_once_also_when_it_is_handled_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "TOGETHER_S", 60.0)
    await four_ask_for_help(db)
    for _ in range(2):
        done = await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())
        assert list(done) == [1, 2, 3, 4]
    assert sorted(row.address for row in await all_deliveries(db)) == ["1", "2", "3", "4"]
    assert set(await statuses(db)) == {UpdateStatus.DONE}


async def test_what_raises_is_undone_alone_and_is_counted_when_handled_by_itself(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(handling, "TOGETHER_S", 60.0)
    caplog.set_level(logging.CRITICAL)
    real = route

    async def says_and_raises(turn: Turn, *given: object) -> None:
        await real(turn, *given)
        if turn.chat == 3:
            raise RuntimeError("boom")

    monkeypatch.setattr(handling, "route", says_and_raises)
    await four_ask_for_help(db)
    done = await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())
    assert list(done) == [1, 2]
    assert sorted(row.address for row in await all_deliveries(db)) == ["1", "2"]
    await handle_update(db, 3, Config(), SEALER, now=utc_now())
    assert list(await handle_together(db, [4], Config(), SEALER, now=utc_now())) == [4]
    assert await statuses(db) == [
        UpdateStatus.DONE, UpdateStatus.DONE, UpdateStatus.NEW, UpdateStatus.DONE,
    ]  # fmt: skip


async def test_a_batch_that_takes_long_ends_early(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "TOGETHER_S", 0.0)
    monkeypatch.setattr(handling, "AT_LEAST", 2)
    await four_ask_for_help(db)
    done = await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())
    assert list(done) == [1, 2]


async def two_ask(db: Database) -> None:
    async with db.begin() as session:
        for chat in (1, 2):
            await a_person(session, utc_now(), chat=str(chat))
    await store_updates(
        db,
        [Reduced(n, UpdateKind.COMMAND, n, {"text": "/help"}) for n in (1, 2)]
        + [Reduced(3, UpdateKind.TEXT, 1, {"text": "ja"})],
        SEALER,
        now=utc_now(),
    )


async def leave_by_object(session: AsyncSession) -> None:
    for person in (await session.exec(select(Person))).all():
        person.left_at = utc_now()


async def leave_by_statement(session: AsyncSession) -> None:
    await session.exec(update(Person).values(left_at=utc_now()))


async def leave_below_the_session(session: AsyncSession) -> None:
    connection = await session.connection()
    await connection.execute(update(Person).values(left_at=utc_now()))


async def leave_by_words(session: AsyncSession) -> None:
    connection = await session.connection()
    await connection.execute(text("UPDATE person SET left_at = created_at"))


@pytest.mark.parametrize(
    "leave", [leave_by_object, leave_by_statement, leave_below_the_session, leave_by_words]
)
async def test_who_was_taken_off_the_list_in_a_batch_is_a_stranger_to_the_rest_of_it(
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
    leave: Callable[[AsyncSession], Awaitable[None]],
) -> None:
    known: list[bool] = []

    async def all_leave_at_the_first(turn: Turn, *_given: object) -> None:
        known.append(turn.actor is not None)
        if len(known) == 1:
            await leave(turn.session)

    monkeypatch.setattr(handling, "route", all_leave_at_the_first)
    await two_ask(db)
    await handle_together(db, [1, 2, 3], Config(), SEALER, now=utc_now())
    assert known == [True, False, False]


async def test_a_question_that_was_asked_in_a_batch_gets_its_answer_in_the_same_batch(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[tuple[str | None, str]] = []

    async def asks(turn: Turn, *_given: object) -> None:
        if turn.conversation is not None:
            answered.append((turn.text, turn.conversation.step))
        elif turn.chat == 1:
            await turn.ask("signal", "where", {})

    monkeypatch.setattr(handling, "route", asks)
    await two_ask(db)
    await handle_together(db, [1, 2, 3], Config(), SEALER, now=utc_now())
    assert answered == [("ja", "where")]


async def test_two_who_handle_the_same_updates_do_not_both_answer(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    async def somebody_else_was_first(turn: Turn, *_given: object) -> None:
        await turn.say("antwoord")
        await turn.session.exec(update(IncomingUpdate).values(status=UpdateStatus.DONE))

    monkeypatch.setattr(handling, "route", somebody_else_was_first)
    await two_ask(db)
    assert await handle_together(db, [1, 2, 3], Config(), SEALER, now=utc_now()) == {}
    assert await all_deliveries(db) == []


async def test_what_a_batch_answers_is_written_together(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "TOGETHER_S", 60.0)
    await four_ask_for_help(db)
    with statements_of(db) as statements:
        assert len(await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())) == 4
    assert len([one for one in statements if one.startswith("INSERT")]) == 3
