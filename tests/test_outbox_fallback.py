"""Silence on an urgent briefing, and what a crash or a lost lease leaves behind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from contacts import texts
from contacts.arrival import acknowledge
from contacts.directory import Role
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM
from contacts.outbox import (
    AcknowledgementKind,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.records import Database
from contacts.recovery import sweep_leases
from contacts.sealing import Sealer
from contacts.sending import edit_sent, halt_message, resume_message
from contacts.settings import SendingSettings
from contacts.verdicts import Untold
from tests.outbox_world import (
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    chat_text,
    notices,
    statuses,
)

SETTINGS = SendingSettings(silence_min=(0, 0, 0, 60, 20))
AFTER = timedelta(minutes=61)
SENDING, CLAIMED = DeliveryStatus.SENDING, DeliveryStatus.CLAIMED


async def test_silence_goes_to_the_next_channel_then_to_the_call_list_once(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [
            await a_person(session, now, chat="1", mail="a@example.org"),
            await a_person(session, now, chat="2"),
            await a_person(session, now, chat="3", mail="c@example.org"),
        ]
        deliveries = await a_briefing(session, people, now, severity=4)
        for delivery in deliveries:
            delivery.status = DeliveryStatus.SENT
        await session.flush()
        await acknowledge(session, deliveries[2].id or 0, AcknowledgementKind.READ, now=now)

    assert await escalate_due(db, SETTINGS, now=now + timedelta(minutes=59)) == (0, 0)
    assert await escalate_due(db, SETTINGS, now=now + AFTER) == (2, 1)
    assert await escalate_due(db, SETTINGS, now=now + AFTER) == (0, 0)
    rows = await all_deliveries(db)
    fallback = rows[3]
    assert (fallback.kind, fallback.address) == (MAIL, "a@example.org")
    assert fallback.fallback_of_id == deliveries[0].id
    assert ["School 2" in text for text in await notices(db)] == [True]

    assert await escalate_due(db, SETTINGS, now=now + 2 * AFTER) == (1, 1)
    assert "School 1" in (await notices(db))[1]
    assert await escalate_due(db, SETTINGS, now=now + 3 * AFTER) == (0, 0)


async def test_who_got_something_newer_is_not_chased_with_the_old_text(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        people = [await a_person(session, now, chat="1", mail="a@example.org")]
        for version, at in ((1, now), (2, now + timedelta(minutes=30))):
            [delivery] = await a_briefing(session, people, at, severity=4)
            delivery.status, delivery.not_before = DeliveryStatus.SENT, at
            message = await session.get_one(Message, delivery.message_id)
            message.briefing_id, message.send_at = version, at
    assert await escalate_due(db, SETTINGS, now=now + AFTER) == (0, 0)
    rows = await all_deliveries(db)
    assert [row.escalated_at for row in rows] == [now + AFTER, None]
    assert await escalate_due(db, SETTINGS, now=now + timedelta(minutes=91)) == (1, 0)
    *_, mail = await all_deliveries(db)
    assert (mail.kind, mail.message_id) == (MAIL, rows[1].message_id)


@pytest.mark.parametrize(
    ("kind", "severity"), [(MessageKind.BRIEFING, 3), (MessageKind.CLOSING, 4)]
)
async def test_nobody_is_chased_for_what_is_not_urgent(
    db: Database, now: datetime, kind: MessageKind, severity: int
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await a_briefing(session, [person], now, kind=kind, severity=severity)
        delivery.status = DeliveryStatus.SENT
    assert await escalate_due(db, SETTINGS, now=now + AFTER) == (0, 0)


async def test_an_urgent_message_that_stays_halted_is_told_again_once_per_halt(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        person = await a_person(session, now, chat="1")
        (urgent,) = await a_briefing(session, [person], now, severity=4)
        (other,) = await a_briefing(session, [person], now, severity=3)
        for delivery in (urgent, other):
            await halt_message(session, delivery.message_id, who=SYSTEM, now=now, reason="empty")
    assert await escalate_due(db, SETTINGS, now=now + timedelta(minutes=59)) == (0, 0)
    assert await escalate_due(db, SETTINGS, now=now + AFTER) == (1, 0)
    assert await escalate_due(db, SETTINGS, now=now + 2 * AFTER) == (0, 0)
    (notice,) = await notices(db)
    assert "1 dringend bericht staat nog stil" in notice

    again = now + 3 * AFTER
    async with db.begin() as session:
        await resume_message(session, urgent.message_id, who=SYSTEM, now=again, reason="test")
        await halt_message(session, urgent.message_id, who=SYSTEM, now=again, reason="empty")
    assert await escalate_due(db, SETTINGS, now=again + AFTER) == (1, 0)
    assert len(await notices(db)) == 2


async def test_an_acknowledgement_by_mail_counts_for_the_chat_too(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        (delivery,) = await a_briefing(session, [person], now, severity=4)
        delivery.status = DeliveryStatus.SENT
    await escalate_due(db, SETTINGS, now=now + AFTER)
    fallback = (await all_deliveries(db))[1]
    async with db.begin() as session:
        await acknowledge(session, fallback.id or 0, AcknowledgementKind.READ, now=now + AFTER)
    assert await escalate_due(db, SETTINGS, now=now + 2 * AFTER) == (0, 0)


async def test_after_a_crash_what_was_sending_is_uncertain_and_claims_go_back(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [
            await a_person(session, now, chat=str(n), mail=f"{n}@example.org") for n in range(4)
        ]
        deliveries = await a_briefing(session, people, now)
        for delivery, status, owner in zip(
            deliveries,
            (SENDING, CLAIMED, CLAIMED, DeliveryStatus.SENT),
            ("test", "test", "somebody else", None),
            strict=True,
        ):
            delivery.status, delivery.lease_owner = status, owner
            delivery.lease_until = now + timedelta(seconds=60)
        edit = await edit_sent(session, deliveries[3].id or 0, chat_text("x"), now=now)
        edit.status = SENDING
        await session.flush()
    pump = a_pump(db, Scripted(), Scripted(MAIL))
    assert await pump.recover(now=now) == 3
    assert await pump.recover(now=now) == 0
    rows = await all_deliveries(db)
    assert statuses(rows[:5]) == ["unknown", "planned", "claimed", "sent", "planned"]
    assert rows[4].act is DeliveryAct.EDIT
    assert (rows[5].fallback_of_id, rows[5].address) == (rows[0].id, "0@example.org")
    await pump.tidy(now=now)
    (notice,) = await notices(db)
    assert "1 bericht is onzeker" in notice


async def test_a_lease_that_is_over_is_swept_unless_it_is_in_hand(
    db: Database, now: datetime
) -> None:
    sealer = Sealer(Sealer.new_key())
    async with db.begin() as session:
        people = [await a_person(session, now, chat=str(n)) for n in range(4)]
        deliveries = await a_briefing(session, people, now)
        for delivery, status in zip(deliveries, (CLAIMED, SENDING, SENDING, CLAIMED), strict=True):
            delivery.status, delivery.lease_until = status, now
        deliveries[3].lease_until = now + timedelta(seconds=1)
        await session.flush()
        in_hand = {deliveries[2].id or 0}
        swept = await sweep_leases(
            session, in_hand=in_hand, settings=SETTINGS, sealer=sealer, now=now
        )
    assert swept == 2
    assert statuses(await all_deliveries(db)) == ["planned", "unknown", "sending", "claimed"]


@pytest.mark.parametrize("what", list(Untold))
def test_every_failure_has_its_sentence(what: Untold) -> None:
    assert "{" not in texts.counted(texts.FAILURES[what], 1)
    assert "3" in texts.counted(texts.FAILURES[what], 3)
