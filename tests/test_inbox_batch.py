"""Updates are handled many to a transaction, and one that raises undoes none of the others."""

from __future__ import annotations

import logging

import pytest

from bot import inbox
from bot.chat.turn import Turn
from bot.clock import utc_now
from bot.config import Config
from bot.inbox import handle_together, handle_update, store_updates
from bot.reducing import Reduced
from bot.rows import IncomingUpdate, UpdateKind, UpdateStatus
from contacts.records import Database
from contacts.sealing import Sealer
from tests.outbox_world import a_person, all_deliveries

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
    monkeypatch.setattr(inbox, "TOGETHER_S", 60.0)
    await four_ask_for_help(db)
    for _ in range(2):
        done = await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())
        assert list(done) == [1, 2, 3, 4]
    assert sorted(row.address for row in await all_deliveries(db)) == ["1", "2", "3", "4"]
    assert set(await statuses(db)) == {UpdateStatus.DONE}


async def test_what_raises_is_undone_alone_and_is_counted_when_handled_by_itself(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inbox, "TOGETHER_S", 60.0)
    caplog.set_level(logging.CRITICAL)
    real = inbox.route

    async def says_and_raises(turn: Turn, *given: object) -> None:
        await real(turn, *given)  # type: ignore[arg-type]
        if turn.chat == 3:
            raise RuntimeError("boom")

    monkeypatch.setattr(inbox, "route", says_and_raises)
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
    monkeypatch.setattr(inbox, "TOGETHER_S", 0.0)
    await four_ask_for_help(db)
    done = await handle_together(db, [1, 2, 3, 4], Config(), SEALER, now=utc_now())
    assert len(done) < 4
