"""A list is one parameter: the same words for few rows and for many, on both stores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlmodel
from sqlalchemy import event, select
from sqlmodel import col

from contacts.any_of import any_of, text_of
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import DELIVERY_MOVES, Content, Delivery, DeliveryStatus, Message, MessageKind
from contacts.records import Database, move_many, read_columns

ODD = (
    "12",
    "o'brien@school.example",
    'a"b',
    "back\\slash",
    "straße ’s",
    "%s",
    ":name",
    "[1,2]",
    "",
)
BY_NUMBER = select(col(Delivery.id)).where(any_of(Delivery.id, "ids")).order_by(col(Delivery.id))
BY_ADDRESS = select(col(Delivery.address)).where(any_of(Delivery.address, "addresses"))
NOT_BY_ADDRESS = select(col(Delivery.address)).where(~any_of(Delivery.address, "addresses"))


@pytest.fixture
async def ids(db: Database, now: datetime) -> list[int]:
    """One planned delivery to each odd address."""
    async with db.begin() as session:
        message = Message(
            kind=MessageKind.BRIEFING, content=Content().to_json(), created_at=now, send_at=now
        )
        session.add(message)
        await session.flush()
        rows = [
            Delivery(
                message_id=message.id, kind=ChannelKind.EMAIL, address=address,
                not_before=now, planned_at=now,
            )
            for address in ODD
        ]  # fmt: skip
        session.add_all(rows)
        await session.flush()
        return [row.id for row in rows if row.id is not None]


async def asked(db: Database, question: Any, **given: Any) -> list[Any]:
    async with db.read() as session:
        return [value for (value,) in await read_columns(session, question, given)]


async def test_any_number_of_rows_is_asked_for_in_the_same_words(
    db: Database, ids: list[int]
) -> None:
    said: set[str] = set()

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.add(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        async with db.begin() as session:
            for some in (ids[:1], ids[2:5], [*ids, *range(10_000, 12_000)], []):
                found = await read_columns(session, BY_NUMBER, {"ids": some})
                assert [number for (number,) in found] == [one for one in some if one in ids]
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)
    assert len({statement for statement in said if "SELECT" in statement}) == 1


@pytest.mark.usefixtures("ids")
async def test_an_address_of_any_letters_is_found_and_nothing_else(db: Database) -> None:
    for address in ODD:
        assert await asked(db, BY_ADDRESS, addresses=[address, "other"]) == [address]
    assert sorted(await asked(db, BY_ADDRESS, addresses=set(ODD))) == sorted(ODD)
    assert sorted(await asked(db, NOT_BY_ADDRESS, addresses=ODD[:2])) == sorted(ODD[2:])
    assert len(await asked(db, NOT_BY_ADDRESS, addresses=[])) == len(ODD)


async def test_each_row_has_its_own_text_and_the_others_none(db: Database, ids: list[int]) -> None:
    question = select(text_of(Delivery.id, "texts")).order_by(Delivery.id)
    texts = {ids[0]: "eerste", ids[1]: "'\"\\", ids[2]: None}
    found = await asked(db, question, texts=texts)
    assert found == ["eerste", "'\"\\", *[None] * (len(ids) - 2)]


async def test_a_batch_is_moved_and_learns_in_one_statement_and_one_journal_line(
    db: Database, ids: list[int], now: datetime
) -> None:
    """Also what a person moved first, which stays as it is."""
    async with db.begin() as session:
        (gone,) = await move_many(
            session, DELIVERY_MOVES, Delivery, ids[:1],
            DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED, who=SYSTEM, action="x", now=now,
        )  # fmt: skip
        moved = await move_many(
            session, DELIVERY_MOVES, Delivery, ids,
            DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED, who=SYSTEM, action="y", now=now,
            reason=Delivery.address, lease_owner="me",
            each={"external_id": {ident: f"n{ident}" for ident in ids}},
        )  # fmt: skip
        assert moved == ids[1:]
    async with db.read() as session:
        rows = {ident: await session.get_one(Delivery, ident) for ident in ids}
        found = await session.exec(sqlmodel.select(JournalEntry).order_by(col(JournalEntry.id)))
        lines = found.all()
    assert rows[gone].status is DeliveryStatus.CANCELLED
    assert rows[gone].external_id is rows[gone].lease_owner is None
    for ident in moved:
        row = rows[ident]
        assert (row.status, row.external_id) == (DeliveryStatus.CLAIMED, f"n{ident}")
        assert (row.reason, row.lease_owner) == (row.address, "me")
    assert [(line.action, line.detail["ids"]) for line in lines] == [("x", [gone]), ("y", moved)]
