"""From a silent organisation to its back-up, and to the list of people to call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from contacts.arrival import acknowledge, prove_arrival
from contacts.call_list import calls_of
from contacts.calling import (
    About,
    CallItem,
    CallReason,
    CallStatus,
    add_calls,
    tick_off,
)
from contacts.directory import Organisation, Person, Role
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM, JournalEntry, Who
from contacts.outbox import AcknowledgementKind, Delivery, DeliveryStatus, MessageKind
from contacts.people import mark_left, set_backup
from contacts.records import Database
from contacts.sending import cancel_message, channels_of, post
from contacts.settings import SendingSettings
from contacts.transport import Refused, Unknown
from tests.outbox_world import (
    BOTH,
    CHAT,
    FAST,
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    notices,
    running,
    statuses,
    until,
)

SETTINGS = SendingSettings(silence_min=(0, 0, 30, 60, 20))
HOUR = timedelta(minutes=61)


async def a_back_up(session: Any, person: Person, now: datetime, **channels: Any) -> Person:
    """A colleague of the same organisation, who stands in for it."""
    backup = await a_person(session, now, **channels)
    organisation = await session.get_one(Organisation, person.organisation_id)
    backup.organisation_id = organisation.id
    await set_backup(session, organisation, backup, who=SYSTEM, now=now)
    return backup


async def sent(session: Any, people: list[Person], now: datetime, severity: int = 4) -> None:
    for delivery in await a_briefing(session, people, now, severity=severity):
        delivery.status = DeliveryStatus.SENT
    await session.flush()


async def calls(db: Database) -> list[tuple[str, str]]:
    async with db.read() as session:
        items = await session.exec(select(CallItem).order_by(col(CallItem.id)))
        return [(item.why.value, item.status.value) for item in items.all()]


async def arrive(db: Database) -> None:
    """Everything that is planned goes out."""
    async with db.begin() as session:
        found = await session.exec(
            select(Delivery).where(col(Delivery.status) == DeliveryStatus.PLANNED)
        )
        for delivery in found.all():
            delivery.status = DeliveryStatus.SENT


async def test_silence_goes_to_the_back_up_and_only_then_to_the_list(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        person = await a_person(session, now, chat="1")
        backup = await a_back_up(session, person, now, chat="2")
        await sent(session, [person], now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    row = (await all_deliveries(db))[1]
    assert (row.person_id, row.address, row.is_backup) == (backup.id, "2", True)
    assert await calls(db) == []
    await arrive(db)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await calls(db) == []
    await escalate_due(db, SETTINGS, now=now + 2 * HOUR)
    assert await calls(db) == [("silent", "open"), ("silent", "open")]
    (notice,) = await notices(db)
    assert "School 1" in notice
    await escalate_due(db, SETTINGS, now=now + 3 * HOUR)
    assert len(await notices(db)) == 1


async def test_one_reaction_of_the_organisation_ends_all_its_steps(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        first = await a_person(session, now, chat="1", mail="a@example.org")
        second = await a_person(session, now, chat="2", mail="b@example.org")
        second.organisation_id = first.organisation_id
        await sent(session, [first, second], now)
        row = (await session.exec(select(Delivery))).first()
        assert row is not None
        await acknowledge(session, row.id or 0, AcknowledgementKind.READ, now=now)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (0, 0)
    assert len(await all_deliveries(db)) == 2


async def test_who_is_refused_everywhere_goes_to_the_back_up_at_once_at_any_severity(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        lonely = await a_person(session, now, chat="3")
        await a_back_up(session, person, now, mail="b@example.org")
        for delivery in await a_briefing(session, [person, lonely], now, severity=2):
            delivery.status, delivery.reason = DeliveryStatus.FAILED, "blocked"
    await escalate_due(db, SETTINGS, now=now)
    rows = await all_deliveries(db)
    assert [(row.address, row.is_backup) for row in rows[2:]] == [("b@example.org", True)]
    assert await calls(db) == [("failed", "open")]


async def test_patience_depends_on_the_severity(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        for chat, severity in (("1", 3), ("2", 4), ("3", 5), ("4", 2)):
            person = await a_person(session, now, chat=chat)
            await sent(session, [person], now, severity=severity)
    for minutes, listed in ((19, 0), (21, 1), (31, 2), (61, 3), (600, 3)):
        await escalate_due(db, SETTINGS, now=now + timedelta(minutes=minutes))
        assert len(await calls(db)) == listed


async def test_a_late_reaction_takes_the_organisation_off_the_list(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="99", role=Role.COORDINATOR)
        people = [await a_person(session, now, chat=str(n)) for n in range(2)]
        await sent(session, people, now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    async with db.begin() as session:
        await acknowledge(session, 1, AcknowledgementKind.READ, now=now + HOUR)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await calls(db) == [("silent", "not_needed"), ("silent", "open")]


async def test_the_list_of_a_text_that_was_taken_back_ends(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        (delivery,) = await post(
            session, kind=MessageKind.BRIEFING, content=BOTH, briefing_id=7, event_id=1, now=now,
            to=(await channels_of(session, person.id or 0)),
        )  # fmt: skip
        about = About(1, 7, None, is_exercise=False)
        people = [(person.id or 0, person.organisation_id, CallReason.NO_CHANNEL)]
        assert await add_calls(session, about, people, now=now) == 1
        assert await add_calls(session, about, people, now=now) == 0
    await escalate_due(db, SETTINGS, now=now)
    assert await calls(db) == [("no_channel", "open")]
    async with db.begin() as session:
        await cancel_message(session, delivery.message_id, who=SYSTEM, now=now, reason="wrong")
    await escalate_due(db, SETTINGS, now=now)
    assert await calls(db) == [("no_channel", "not_needed")]


async def test_a_tick_is_journalled_with_its_person_and_can_be_taken_back(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        organisation = await session.get_one(Organisation, person.organisation_id)
        organisation.phone = "026 000 0000"
        people = [(person.id or 0, person.organisation_id, CallReason.SILENT)]
        await add_calls(session, About(1, 7, None, is_exercise=False), people, now=now)
        item = (await session.exec(select(CallItem))).one()
        await tick_off(session, item, who=Who("person", 7), now=now)
        assert (item.status, item.done_by) == (CallStatus.CALLED, 7)
        await tick_off(session, item, who=Who("person", 8), now=now)
        assert (item.status, item.done_by) == (CallStatus.OPEN, None)
        (call,) = await calls_of(session, 1, now=now)
        assert (call.phone, call.why) == ("026 000 0000", CallReason.SILENT)
        found = await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))
        entries = found.all()
    acts = [(e.actor, e.action) for e in entries if e.action.startswith("call_")]
    assert acts == [("person:7", "call_made"), ("person:8", "call_reopened")]


async def test_whoever_leaves_is_nobodys_back_up_any_more(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        backup = await a_back_up(session, person, now, chat="2")
        await mark_left(session, backup, who=SYSTEM, now=now)
        organisation = await session.get_one(Organisation, person.organisation_id)
        assert organisation.backup_person_id is None
        with pytest.raises(ValueError, match="back-up"):
            await set_backup(session, organisation, backup, who=SYSTEM, now=now)


async def test_an_uncertain_text_may_prove_its_arrival_before_the_mail_goes(
    db: Database, now: datetime
) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script = {"1": [Unknown("read_timeout")], "2": [Unknown("read_timeout")]}
    async with db.begin() as session:
        people = [
            await a_person(session, now, chat=str(n), mail=f"{n}@example.org") for n in (1, 2)
        ]
        await a_briefing(session, people, now, severity=3)
    patient = FAST.model_copy(update={"unsure_min": (30, 30, 10, 2, 0)})
    async with running(a_pump(db, chat, mail, settings=patient)):
        rows = await until(db, lambda rows: statuses(rows[2:]) == ["planned"] * 2)
    waits = {row.not_before - (rows[row.fallback_of_id - 1].done_at or now) for row in rows[2:]}
    assert all(timedelta(minutes=9) < wait < timedelta(minutes=11) for wait in waits)
    async with db.begin() as session:
        await prove_arrival(session, 1, now=now)
    assert statuses(await all_deliveries(db)) == ["sent", "unknown", "cancelled", "planned"]
    assert mail.sent == []


async def test_a_refusal_goes_by_the_next_channel_at_once_and_says_so(
    db: Database, now: datetime
) -> None:
    chat, mail = Scripted(), Scripted(MAIL)
    chat.script = {"1": [Refused("blocked", closes_channel=True)]}
    async with db.begin() as session:
        person = await a_person(session, now, chat="1", mail="a@example.org")
        await a_briefing(session, [person], now, severity=3)
    async with running(a_pump(db, chat, mail)):
        await until(db, lambda rows: statuses(rows) == ["failed", "sent"])
    assert [one.standing.value for one in (*chat.sent, *mail.sent)] == ["first", "fallback"]
    assert mail.sent[0].address == "a@example.org"
    assert chat.kind is CHAT
