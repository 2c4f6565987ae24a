"""Edits follow what they change, however that one went."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col

from bot.clock import utc_now
from contacts.arrival import prove_arrival
from contacts.directory import Person, Role
from contacts.outbox import (
    DeliveryAct,
    DeliveryStatus,
    MessageKind,
    Priority,
)
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import (
    edit_sent,
    post,
)
from contacts.settings import SendingSettings
from contacts.transport import Refused, Sent, Unknown
from tests.outbox_world import (
    CHAT,
    SENT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_sent,
    chat_recipient,
    chat_text,
    notices,
    running,
    statuses,
    until,
)

BULK = Priority.BULK


async def test_an_edit_waits_for_its_original_and_the_newest_wins(db: Database) -> None:
    chat = Scripted()
    pump = a_pump(db, chat)
    async with db.begin() as session:
        now = utc_now()
        (first,) = await post(
            session, kind=MessageKind.ALERT, content=chat_text("een"), to=[chat_recipient("1")],
            priority=Priority.BULK, now=now,
        )  # fmt: skip
        assert first.id is not None
        old = await edit_sent(session, first.id, chat_text("twee"), now=now)
        assert old.id is not None
        await edit_sent(session, old.id, chat_text("drie"), now=now)
    async with running(pump):
        rows = await until(db, lambda rows: rows[0].status is SENT)
        await pump_until_edit_is_due(db)
        rows = await until(db, lambda rows: rows[2].status is SENT)
    assert statuses(rows) == ["sent", "cancelled", "sent"]
    assert chat.texts() == ["een", "drie"]
    (edit,) = chat.edits()
    assert (edit.edits_external_id, edit.original_id) == (f"x{first.id}", first.id)


async def pump_until_edit_is_due(db: Database) -> None:
    """The edit was put off by two seconds; a test does not wait for that."""
    from sqlalchemy import update

    from contacts.outbox import Delivery

    async with db.begin() as session:
        await session.exec(
            update(Delivery)
            .where(col(Delivery.act) == DeliveryAct.EDIT)
            .values(not_before=utc_now())
        )


@pytest.mark.parametrize(
    ("original", "after_min", "due"),
    [
        (DeliveryStatus.SENDING, 90, False),
        (DeliveryStatus.UNKNOWN, 59, False),
        (DeliveryStatus.UNKNOWN, 61, True),  # to be cancelled
        (DeliveryStatus.FAILED, 0, True),
        (SENT, 0, True),
    ],
)
async def test_an_edit_is_not_claimed_before_it_can_be_decided(
    db: Database, now: datetime, original: DeliveryStatus, after_min: int, due: bool
) -> None:
    from contacts.claiming import anything_due, due_deliveries
    from contacts.marking import EDIT_PATIENCE

    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=now,
        )  # fmt: skip
        edit = await edit_sent(session, first.id or 0, chat_text("twee"), now=now)
        first.status = original
        await session.flush()
        later = now + timedelta(minutes=after_min)
        any_due = await anything_due(session, CHAT, patience=EDIT_PATIENCE, now=later)
        waiting = await due_deliveries(
            session, CHAT, busy=(), limit=5, sealer=Sealer(Sealer.new_key()),
            patience=EDIT_PATIENCE, now=later,
        )  # fmt: skip
    assert any_due is due
    assert [one.id for one in waiting] == ([edit.id] if due else [])


async def test_an_edit_of_a_failed_message_is_cancelled(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Refused("blocked", closes_channel=True)]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat)):
        await until(db, lambda rows: rows[0].status is DeliveryStatus.FAILED)
        async with db.begin() as session:
            await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
        rows = await until(db, lambda rows: rows[1].done_at is not None)
    assert statuses(rows) == ["failed", "cancelled"]


async def test_an_uncertain_edit_is_tried_again(db: Database) -> None:
    chat = Scripted()
    chat.script["1"] = [Sent("77"), Unknown("read_timeout"), Sent("77")]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
        await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
    async with running(a_pump(db, chat)):
        rows = await until(db, lambda rows: all_sent(rows))
    assert chat.texts() == ["een", "twee", "twee"]
    assert rows[1].attempts == 1


async def test_an_edit_of_a_message_that_arrived_without_its_id_goes_as_a_new_one(
    db: Database,
) -> None:
    chat = Scripted()
    chat.script["1"] = [Unknown("read_timeout"), Sent("9")]
    async with db.begin() as session:
        (first,) = await post(
            session, kind=MessageKind.DIALOGUE, content=chat_text("een"),
            to=[chat_recipient("1")], now=utc_now(),
        )  # fmt: skip
    async with running(a_pump(db, chat)):
        await until(db, lambda rows: rows[0].status is DeliveryStatus.UNKNOWN)
        async with db.begin() as session:
            await prove_arrival(session, first.id or 0, now=utc_now())
            await edit_sent(session, first.id or 0, chat_text("twee"), now=utc_now())
        rows = await until(db, all_sent)
    assert chat.edits() == []
    assert rows[1].act is DeliveryAct.SEND


async def test_who_still_has_the_wrong_text_in_the_chat_is_told_and_what_comes_after_goes_on(
    db: Database,
) -> None:
    """Six tries of the pointer to a correction took a minute of silence, and then nobody knew."""
    chat = Scripted()
    async with db.begin() as session:
        now = utc_now()
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        (first,) = await a_briefing(session, [await a_person(session, now, chat="1")], now)
    once = SendingSettings(telegram_per_s=500, chat_interval_s=0, max_attempts=1)
    async with running(a_pump(db, chat, settings=once)):
        await until(db, all_sent)
        chat.script["1"] = [Unknown("read_timeout"), Sent("later"), Unknown("read_timeout")]
        async with db.begin() as session:
            now, ident = utc_now(), first.id or 0
            edit = await edit_sent(session, ident, chat_text("fout"), now=now, priority=BULK)
            await a_briefing(session, [await session.get_one(Person, first.person_id)], now)
        rows = await until(db, lambda rows: rows[2].status is SENT)
        assert (rows[1].status, rows[1].attempts) == (DeliveryStatus.PLANNED, 1)
        await until(db, lambda rows: rows[1].status is DeliveryStatus.FAILED and len(rows) == 4)
    assert [one.delivery_id for one in chat.edits()] == [edit.id, edit.id]
    (notice,) = await notices(db)
    assert "Bij 1 ontvanger staat de oude tekst misschien nog in de chat." in notice
    assert "De oude tekst staat misschien nog bij: School 1." in notice
    assert "Niet iedereen bereikt" not in notice
