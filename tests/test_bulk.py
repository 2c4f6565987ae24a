"""One message to very many: the same rows as to a few, each address once, over several chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from contacts.bulk import MANY, plan_deliveries
from contacts.directory import ChannelKind
from contacts.journal import JournalEntry
from contacts.messages import store_message
from contacts.outbox import Delivery, MessageKind
from contacts.records import Database
from contacts.sending import Recipient, post
from tests import stores
from tests.outbox_world import BOTH, a_person, all_deliveries

CHAT, MAIL = ChannelKind.TELEGRAM, ChannelKind.EMAIL


def columns(delivery: Delivery) -> dict[str, object]:
    return delivery.model_dump(exclude={"id", "message_id"})


async def test_the_rows_are_those_of_a_message_to_a_few(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        to = [
            Recipient(CHAT, "1", person.id, person.organisation_id),
            Recipient(MAIL, "a'b@example.org", None, None),
        ]
        await post(session, kind=MessageKind.BRIEFING, content=BOTH, to=to, now=now)
        message = await store_message(session, kind=MessageKind.BRIEFING, content=BOTH, now=now)
        assert await plan_deliveries(session, message, to, now=now) == 2
    few = [columns(one) for one in await all_deliveries(db)]
    assert sorted(few[:2], key=str) == sorted(few[2:], key=str)


async def test_an_address_named_twice_gets_it_once_and_the_journal_says_how_many(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacts.bulk.CHUNK", 3)

    async def everybody() -> AsyncIterator[Recipient]:
        for number in (1, 2, 3, 4, 2, 5, 6, 7, 1):
            yield Recipient(CHAT, str(number), None, None)

    async with db.begin() as session:
        message = await store_message(session, kind=MessageKind.BRIEFING, content=BOTH, now=now)
        assert await plan_deliveries(session, message, everybody(), now=now) == 7
        lines = (await session.exec(select(JournalEntry))).all()
    assert [one.address for one in await all_deliveries(db)] == list("1234567")
    assert [line.detail["deliveries"] for line in lines] == [7]


@pytest.mark.skipif(not stores.is_postgresql(), reason="SQLite keeps no such picture")
async def test_the_store_knows_at_once_that_there_are_many(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        message = await store_message(session, kind=MessageKind.BRIEFING, content=BOTH, now=now)
        to = [Recipient(CHAT, str(number), None, None) for number in range(MANY)]
        await plan_deliveries(session, message, to, now=now)
    async with db.read() as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE oid = 'delivery'::regclass"
        )
        assert found.scalar_one() == MANY
