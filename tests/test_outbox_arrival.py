"""Proof of arrival, bounces, resending: what a delivery learns after it left."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import open_database
from bot.migrating import migrate, on_connection, upgrade_to
from contacts.arrival import acknowledge, prove_arrival, record_bounce, resend_unknown
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.directory import Channel, ChannelStatus
from contacts.fallback import plan_fallback
from contacts.journal import JournalEntry, Who
from contacts.outbox import (
    AcknowledgementKind,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, edit_sent, post
from contacts.verdicts import Fallback
from tests.outbox_world import (
    BOTH,
    CHAT,
    MAIL,
    a_briefing,
    a_person,
    all_deliveries,
    chat_recipient,
    chat_text,
    statuses,
)

READ = AcknowledgementKind.READ


async def one_in(
    session: AsyncSession, status: DeliveryStatus, now: datetime, address: str = "1"
) -> Delivery:
    (delivery,) = await post(
        session, kind=MessageKind.BRIEFING, content=BOTH, to=[chat_recipient(address)],
        event_id=1, now=now,
    )  # fmt: skip
    delivery.status = status
    await session.flush()
    return delivery


async def test_a_tap_proves_that_an_uncertain_message_arrived(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        delivery = await one_in(session, DeliveryStatus.UNKNOWN, now)
        delivery.untold = "unknown"
        assert delivery.id is not None
        assert await prove_arrival(session, delivery.id, external_id="55", now=now)
        assert not await prove_arrival(session, delivery.id, now=now)
    (row,) = await all_deliveries(db)
    assert (row.status, row.external_id, row.untold) == (DeliveryStatus.SENT, "55", None)


async def test_a_tap_that_overtakes_our_own_answer_counts_when_it_names_the_message(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        delivery = await one_in(session, DeliveryStatus.SENDING, now)
        assert delivery.id is not None
        assert not await prove_arrival(session, delivery.id, now=now)
        assert await prove_arrival(session, delivery.id, external_id="55", now=now)


async def test_proof_of_arrival_spares_the_mail_that_was_planned_instead(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        delivery = await one_in(session, DeliveryStatus.UNKNOWN, now)
        session.add(
            Delivery(
                message_id=delivery.message_id, kind=MAIL, address="a@example.org",
                fallback_of_id=delivery.id, not_before=now, planned_at=now,
            )
        )  # fmt: skip
        await session.flush()
        await prove_arrival(session, delivery.id or 0, now=now)
    assert statuses(await all_deliveries(db)) == ["sent", "cancelled"]


async def test_a_tap_under_an_edited_message_proves_the_original(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        delivery = await one_in(session, DeliveryStatus.UNKNOWN, now)
        edit = await edit_sent(session, delivery.id or 0, chat_text("twee"), now=now)
        assert await acknowledge(session, edit.id or 0, READ, now=now)
    assert statuses(await all_deliveries(db)) == ["sent", "planned"]


async def test_an_acknowledgement_is_written_once_per_kind(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        delivery = await one_in(session, DeliveryStatus.SENT, now)
        ident = delivery.id or 0
        first = await acknowledge(session, ident, READ, now=now)
        again = await acknowledge(session, ident, READ, now=now)
        other = await acknowledge(session, ident, AcknowledgementKind.UNDERSTOOD, now=now)
        counts = await count_deliveries(session, event_id=1)
    assert (first, again, other) == (True, False, True)
    assert counts == DeliveryCounts(sent=1, acknowledged=1)


async def test_what_was_read_before_the_upgrade_belongs_to_its_message(
    tmp_path: Path, now: datetime
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.sqlite3'}"
    await migrate(url)
    db = open_database(url)
    async with db.begin() as session:
        await one_in(session, DeliveryStatus.SENT, now, address="1")
        read = await one_in(session, DeliveryStatus.SENT, now, address="2")
        assert await acknowledge(session, read.id or 0, READ, now=now)
        for line in (
            "DROP INDEX ix_acknowledgement_message",
            "ALTER TABLE acknowledgement DROP COLUMN message_id",
            "UPDATE alembic_version SET version_num = '0060'",
        ):
            await (await session.connection()).execute(text(line))
    await db.close()
    await on_connection(url, lambda connection: upgrade_to(connection, "0061"))
    db = open_database(url)
    async with db.read() as session:
        counts = [await count_deliveries(session, message_ids=[one]) for one in (1, 2)]
    await db.close()
    assert [one.acknowledged for one in counts] == [0, 1]


async def test_a_bounce_fails_the_mail_closes_the_address_and_tries_the_chat(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, now=now,
            to=[Recipient(MAIL, "a@example.org", person.id, person.organisation_id)],
        )  # fmt: skip
        delivery.status = DeliveryStatus.SENT
        await session.flush()
        ident = delivery.id or 0
        assert await record_bounce(session, ident, "5.1.1", now=now)
        assert not await record_bounce(session, ident, "5.1.1", now=now)
        closed = (
            await session.exec(
                select(Channel.address).where(col(Channel.status) == ChannelStatus.CLOSED)
            )
        ).all()
    rows = await all_deliveries(db)
    assert statuses(rows) == ["failed", "planned"]
    assert (rows[0].untold, rows[1].fallback_of_id, rows[1].address) == ("bounced", ident, "1")
    assert closed == ["a@example.org"]


async def test_a_bounce_of_a_sealed_way_back_keeps_the_person_out_of_the_rows(
    db: Database, now: datetime
) -> None:
    sealer = Sealer(Sealer.new_key())
    async with db.begin() as session:
        await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await post(
            session, kind=MessageKind.FEEDBACK, content=BOTH, now=now,
            to=[Recipient(MAIL, sealer.seal("email:a@example.org"), None, None)],
        )  # fmt: skip
        delivery.status = DeliveryStatus.SENT
        await session.flush()
        await record_bounce(session, delivery.id or 0, "5.1.1", sealer=sealer, now=now)
    fallback = (await all_deliveries(db))[1]
    assert fallback.person_id is None
    assert not fallback.is_backup, "who told it hears it; nobody in their place"
    assert sealer.unseal(fallback.address) == "1"


async def test_an_uncertain_sealed_message_does_not_go_to_the_same_chat_by_a_detour(
    db: Database, now: datetime
) -> None:
    sealer = Sealer(Sealer.new_key())
    async with db.begin() as session:
        await a_person(session, now, chat="1", mail="a@example.org")
        (uncertain,) = await post(
            session, kind=MessageKind.FEEDBACK, content=BOTH, now=now,
            to=[Recipient(CHAT, sealer.seal("telegram:1"), None, None)],
        )  # fmt: skip
        uncertain.status = DeliveryStatus.UNKNOWN
        await session.flush()
        message = await session.get_one(Message, uncertain.message_id)
        mail = await plan_fallback(
            session, uncertain, message, Fallback.EMAIL, sealer=sealer, chat="1", now=now
        )
        assert mail is not None
        mail.status = DeliveryStatus.SENT
        await session.flush()
        await record_bounce(session, mail.id or 0, "5.1.1", sealer=sealer, now=now)
    assert statuses(await all_deliveries(db)) == ["unknown", "failed"]


async def test_a_person_may_have_the_uncertain_ones_sent_again_marked_as_such(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        unknown = await one_in(session, DeliveryStatus.UNKNOWN, now)
        sent = await one_in(session, DeliveryStatus.SENT, now, "2")
        ids = [unknown.id or 0, sent.id or 0]
        count = await resend_unknown(session, ids, who=Who("person", 7), now=now)
        entry = (
            await session.exec(
                select(JournalEntry).where(col(JournalEntry.action) == "deliveries_resent")
            )
        ).one()
    rows = await all_deliveries(db)
    assert count == 1
    assert (statuses(rows), rows[0].is_repeat) == (["planned", "sent"], True)
    assert entry.actor == "person:7"


@pytest.mark.parametrize("status", [MessageStatus.HALTED, MessageStatus.CANCELLED])
async def test_the_uncertain_ones_of_a_stopped_message_are_not_sent_again(
    db: Database, now: datetime, status: MessageStatus
) -> None:
    async with db.begin() as session:
        stopped = await one_in(session, DeliveryStatus.UNKNOWN, now)
        ready = await one_in(session, DeliveryStatus.UNKNOWN, now, "2")
        message = await session.get_one(Message, stopped.message_id)
        message.status = status
        await session.flush()
        ids = [stopped.id or 0, ready.id or 0]
        assert await resend_unknown(session, ids, who=Who("person", 7), now=now) == 1
    assert statuses(await all_deliveries(db)) == ["unknown", "planned"]


async def test_counts_leave_edits_and_conversation_out(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        people = [await a_person(session, now, chat=str(n)) for n in range(3)]
        deliveries = await a_briefing(session, people, now)
        deliveries[0].status = DeliveryStatus.SENT
        deliveries[1].status = DeliveryStatus.CLAIMED
        await session.flush()
        await edit_sent(session, deliveries[0].id or 0, chat_text("x"), now=now)
        await a_briefing(session, people, now, kind=MessageKind.DIALOGUE)
        by_event = await count_deliveries(session, event_id=1)
        by_message = await count_deliveries(session, message_ids=[deliveries[0].message_id])
    assert by_event == by_message == DeliveryCounts(planned=2, sent=1, to_go=2)
