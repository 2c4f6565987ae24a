"""What was to go by another channel besides: when it is not needed any more, and when it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from contacts.arrival import prove_arrival, resend_unknown, set_aside
from contacts.directory import Person
from contacts.escalation import escalate_due
from contacts.journal import JournalEntry, Who
from contacts.outbox import Delivery, DeliveryStatus
from contacts.outcomes import Result, record
from contacts.preparing import SET_ASIDE
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.transport import Outcome, Sent, Unknown
from tests.outbox_world import CHAT, a_briefing, a_person, all_deliveries, statuses
from tests.test_escalation import HOUR, SETTINGS, a_back_up, calls

BOSS = Who("person", 9)
SOON = timedelta(minutes=1)
SEALER = Sealer(Sealer.new_key())


async def becomes(db: Database, outcome: Outcome, now: datetime) -> None:
    """The first delivery leaves, and this came back."""
    async with db.begin() as session:
        delivery = await session.get_one(Delivery, 1)
        delivery.status = DeliveryStatus.SENDING
    async with db.begin() as session:
        result = Result(1, "1", outcome, now)
        await record(
            session, CHAT, [result], settings=SETTINGS, sealer=SEALER, chance=lambda: 0.5, now=now
        )


async def an_uncertain_text(db: Database, now: datetime, *, severity: int = 4) -> Person:
    """Its mail waits for proof of arrival."""
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        await a_briefing(session, [person], now, severity=severity)
    await becomes(db, Unknown("read_timeout"), now)
    assert statuses(await all_deliveries(db)) == ["unknown", "planned"]
    return person


@pytest.mark.parametrize("backed_up", [True, False])
async def test_a_tap_that_is_no_reaction_spares_the_mail_and_not_the_steps_after_it(
    db: Database, now: datetime, backed_up: bool
) -> None:
    person = await an_uncertain_text(db, now)
    async with db.begin() as session:
        if backed_up:
            await a_back_up(session, person, now, chat="2")
        assert await prove_arrival(session, 1, now=now + SOON)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    rows = await all_deliveries(db)
    assert statuses(rows) == ["sent", "cancelled", *["planned"] * backed_up]
    assert [row.is_backup for row in rows[2:]] == [True] * backed_up
    assert await calls(db) == ([] if backed_up else [("silent", "open")])


async def test_the_mail_that_follows_silence_goes_though_the_text_proves_to_have_arrived(
    db: Database, now: datetime
) -> None:
    await an_uncertain_text(db, now)
    await escalate_due(db, SETTINGS, now=now + HOUR)  # the mail waits, and is the next step now
    async with db.begin() as session:
        assert await prove_arrival(session, 1, now=now + HOUR)
    assert statuses(await all_deliveries(db)) == ["sent", "planned"]


async def test_a_repeat_that_arrives_spares_the_mail_that_was_to_go_instead(
    db: Database, now: datetime
) -> None:
    await an_uncertain_text(db, now, severity=3)
    async with db.begin() as session:
        assert await resend_unknown(session, [1], who=BOSS, now=now + SOON) == 1
    assert statuses(await all_deliveries(db)) == ["planned", "planned"]
    await becomes(db, Sent("9"), now + SOON)
    assert statuses(await all_deliveries(db)) == ["sent", "cancelled"]


async def test_a_repeat_that_stays_uncertain_leaves_the_mail_its_moment(
    db: Database, now: datetime
) -> None:
    await an_uncertain_text(db, now, severity=3)
    async with db.begin() as session:
        await resend_unknown(session, [1], who=BOSS, now=now + SOON)
    await becomes(db, Unknown("read_timeout"), now + SOON)
    first, mail = await all_deliveries(db)
    assert statuses([first, mail]) == ["unknown", "planned"]
    assert mail.not_before == now + SETTINGS.unsure(3)


async def test_for_what_a_person_settled_nothing_goes_by_another_channel_either(
    db: Database, now: datetime
) -> None:
    await an_uncertain_text(db, now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    async with db.begin() as session:
        assert await set_aside(session, [1], who=BOSS, now=now + HOUR) == 1
    rows = await all_deliveries(db)
    assert [(row.status.value, row.reason) for row in rows] == [
        ("failed", SET_ASIDE), ("cancelled", SET_ASIDE),
    ]  # fmt: skip
    async with db.read() as session:
        asked = select(JournalEntry).where(col(JournalEntry.action) == "fallback_spared")
        (line,) = (await session.exec(asked)).all()
        assert line.detail["ids"] == [2]
