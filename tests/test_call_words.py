"""The list to call says what happened: of a back-up only where one had the text."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.console.calling_texts import why_call
from contacts.call_list import calls_of
from contacts.directory import Organisation
from contacts.escalation import escalate_due
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryStatus
from contacts.people import set_backup
from contacts.records import Database
from tests.outbox_world import a_person
from tests.test_escalation import HOUR, SETTINGS, a_back_up, arrive, calls, sent

SILENCE = "geen reactie"
BOTH_SILENT = "geen reactie, ook niet van de vervanger"


async def said(db: Database, now: datetime) -> list[tuple[str, str]]:
    async with db.read() as session:
        return [(call.person, why_call(call)) for call in await calls_of(session, 1, now=now)]


async def test_where_there_is_no_back_up_none_is_said_to_be_silent(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await sent(session, [await a_person(session, now, chat="1")], now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await said(db, now + HOUR) == [("docent", SILENCE)]


async def test_of_the_back_up_it_is_not_said_that_the_back_up_was_silent_too(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        backup = await a_back_up(session, person, now, chat="2")
        backup.name = "vervanger"
        await sent(session, [person], now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    await arrive(db)
    await escalate_due(db, SETTINGS, now=now + 2 * HOUR)
    assert await said(db, now + 2 * HOUR) == [("docent", BOTH_SILENT), ("vervanger", SILENCE)]


async def test_a_back_up_who_never_had_it_was_not_silent(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="1")
        await a_back_up(session, person, now, chat="2")
        await sent(session, [person], now)
    await escalate_due(db, SETTINGS, now=now + HOUR)
    async with db.begin() as session:
        planned = select(Delivery).where(col(Delivery.is_backup))
        (await session.exec(planned)).one().status = DeliveryStatus.FAILED
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert ("docent", SILENCE) in await said(db, now + HOUR)


async def test_a_back_up_who_had_the_text_anyhow_may_react_first(
    db: Database, now: datetime
) -> None:
    """Their mail was put off, and has just been taken."""
    late = now + timedelta(minutes=59)
    async with db.begin() as session:
        first = await a_person(session, now, chat="1")
        second = await a_person(session, now, chat="2")
        second.organisation_id = first.organisation_id
        organisation = await session.get_one(Organisation, first.organisation_id)
        await set_backup(session, organisation, second, who=SYSTEM, now=now)
        await sent(session, [first, second], now)
        theirs = select(Delivery).where(col(Delivery.person_id) == second.id)
        (await session.exec(theirs)).one().not_before = late
    await escalate_due(db, SETTINGS, now=now + HOUR)
    assert await calls(db) == []
    await escalate_due(db, SETTINGS, now=late + HOUR)
    assert await calls(db) == [("silent", "open"), ("silent", "open")]
