"""What is said in a chat is written together, and nobody can tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.outbox import Content, Delivery, Message, MessageKind, TelegramForm
from contacts.records import Database, read_columns
from contacts.sending import Recipient, post, post_soon
from tests.outbox_world import all_deliveries
from tests.stores import statements_of

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)


def what(words: str, chat: str = "1") -> dict[str, Any]:
    to = Recipient(ChannelKind.TELEGRAM, chat, person_id=None, organisation_id=None)
    content = Content(telegram=TelegramForm(text=words))
    return {"kind": MessageKind.DIALOGUE, "content": content, "to": to, "now": NOW}


async def in_order(session: AsyncSession) -> list[str]:
    found = await session.exec(select(Message).order_by(col(Message.id)))
    return [one.content["telegram"]["text"] for one in found.all()]


async def test_what_is_said_soon_is_the_same_as_what_is_posted(db: Database) -> None:
    async with db.begin() as session:
        asked = what("a")
        await post(session, **(asked | {"to": [asked["to"]]}))
        post_soon(session, **what("a", "2"))
    posted, soon = await all_deliveries(db)
    different = {"id", "message_id", "address"}
    assert posted.model_dump(exclude=different) == soon.model_dump(exclude=different)
    async with db.read() as session:
        one, other = (await session.exec(select(Message).order_by(col(Message.id)))).all()
        assert one.model_dump(exclude={"id"}) == other.model_dump(exclude={"id"})
        lines = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    assert {line.subject for line in lines} == {f"message:{one.id}", f"message:{other.id}"}
    first, second = (line.model_dump(exclude={"id", "subject"}) for line in lines)
    assert first == second


async def test_fifty_answers_are_three_statements(db: Database) -> None:
    with statements_of(db) as statements:
        async with db.begin() as session:
            for number in range(50):
                post_soon(session, **what(f"{number:02}", str(number)))
    assert len([one for one in statements if one.startswith("INSERT")]) == 3
    rows = await all_deliveries(db)
    assert [row.address for row in rows] == [str(number) for number in range(50)]
    async with db.read() as session:
        assert await in_order(session) == [f"{number:02}" for number in range(50)]
        for row in rows:
            message = await session.get_one(Message, row.message_id)
            assert int(message.content["telegram"]["text"]) == int(row.address)


async def test_who_asks_sees_it_and_what_is_posted_later_has_a_later_number(db: Database) -> None:
    async with db.begin() as session:
        post_soon(session, **what("first"))
        assert await in_order(session) == ["first"]
        post_soon(session, **what("second"))
        assert len(await read_columns(session, select(Delivery.id))) == 2
        post_soon(session, **what("third"))
        asked = what("fourth")
        await post(session, **(asked | {"to": [asked["to"]]}))
        assert await in_order(session) == ["first", "second", "third", "fourth"]


async def test_what_is_undone_was_never_said(db: Database) -> None:
    async def says_and_raises() -> None:
        async with db.begin() as session:
            post_soon(session, **what("lost"))
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError):
        await says_and_raises()
    async with db.begin() as session:
        post_soon(session, **what("before"))
        trial = await session.begin_nested()
        post_soon(session, **what("tried"))
        await trial.rollback()
        post_soon(session, **what("after"))
    async with db.read() as session:
        assert await in_order(session) == ["before", "after"]


async def lines(db: Database) -> list[str]:
    async with db.read() as session:
        found = await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))
        return [line.action for line in found.all()]


async def test_the_journal_is_written_together_and_in_order_without_what_was_undone(
    db: Database,
) -> None:
    with statements_of(db) as statements:
        async with db.begin() as session:
            for number in range(30):
                write_journal(session, who=SYSTEM, action=f"{number:02}", subject="x", now=NOW)
    assert len([one for one in statements if "journal_entry" in one]) == 1
    assert await lines(db) == [f"{number:02}" for number in range(30)]

    async with db.begin() as session:
        write_journal(session, who=SYSTEM, action="before", subject="x", now=NOW)
        trial = await session.begin_nested()
        write_journal(session, who=SYSTEM, action="tried", subject="x", now=NOW)
        await trial.rollback()
        async with session.begin_nested():
            write_journal(session, who=SYSTEM, action="kept", subject="x", now=NOW)
        write_journal(session, who=SYSTEM, action="after", subject="x", now=NOW)
        assert len((await session.exec(select(JournalEntry))).all()) == 33, "who asks sees them"
    assert (await lines(db))[30:] == ["before", "kept", "after"]


async def test_the_journal_of_a_session_that_gathers_nothing_is_written_too(db: Database) -> None:
    async with AsyncSession(db.engine) as session:
        write_journal(session, who=SYSTEM, action="plain", subject="x", now=NOW)
        await session.commit()
    assert await lines(db) == ["plain"]
