"""The card of the evening: it offers what can still be done, and names the moment that holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.chat.coordinator.card import card_view
from briefings.rows import Briefing, FactBlock
from contacts.directory import Organisation, Person
from contacts.journal import SYSTEM
from contacts.records import Database
from feeds.events import close_event
from feeds.rows import Event
from signals.workdays import day_and_time
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat
from tests.test_console_stale import going


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def card(desk: Desk, *, closed: bool = False) -> tuple[str, list[str]]:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        if closed:
            await close_event(session, event, who=SYSTEM, now=desk.world.now)
        text, rows = await card_view(session, event)
    return text, [button.text for row in rows for button in row]


async def test_what_went_out_can_be_followed_corrected_and_closed(desk: Desk) -> None:
    await going(desk)
    _, labels = await card(desk)
    assert {texts.UPDATE, texts.CORRECTION, texts.CLOSE, texts.FACTS, texts.TAKE_BACK} <= {*labels}


async def test_a_closed_event_offers_only_what_can_still_be_done(desk: Desk) -> None:
    await going(desk)
    text, labels = await card(desk, closed=True)
    assert "Afgesloten" in text
    gone = {
        texts.UPDATE, texts.CORRECTION, texts.CLOSE, texts.FACTS, texts.TAKE_BACK,
        texts.CHANGE, texts.GRIP, texts.TIMETABLE,
    }  # fmt: skip
    assert gone.isdisjoint(labels)
    assert {texts.TEXTS, texts.RECIPIENTS, texts.SIGNALS, texts.REOPEN} <= {*labels}


async def test_an_update_is_due_when_its_readers_were_promised_it(desk: Desk) -> None:
    """The deadline of the first text is no deadline of the update."""
    first_due = desk.world.now + timedelta(hours=1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.send_before = first_due
        session.add(event)
    await going(desk)
    seen = (await desk.page("teksten")).split('name="gezien" value="')[1].split('"')[0]
    begun = await desk.press("nieuwe-versie", soort="update", gezien=seen)
    assert begun.status_code == 303
    async with desk.world.db.read() as session:
        sent = (
            await session.exec(
                select(Briefing).where(
                    col(Briefing.event_id) == desk.number, col(Briefing.version) == 1
                )
            )
        ).one()
        block = (
            await session.exec(select(FactBlock).where(col(FactBlock.event_id) == desk.number))
        ).one()
    assert sent.promised_at == block.next_update_at
    text, _ = await card(desk)
    assert f"beloofd voor {day_and_time(sent.promised_at)}" in text
    assert day_and_time(first_due) not in text
    today = (await desk.web.get("/")).text
    need = today.split("Teksten zijn nog concept")[1].split("</li>")[0]
    assert sent.promised_at is not None
    assert f'datetime="{sent.promised_at.isoformat(timespec="seconds")}"' in need


async def test_recipients_names_whom_to_ring_with_organisation_and_number(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        place = await session.get_one(Organisation, teacher.organisation_id)
        place.name, place.phone = "Voorbeeldcollege", "026-0000001"
        for name, number in (("Ans", None), ("Bea", "026-0000002")):
            session.add(
                Person(
                    organisation_id=place.id or 0, name=name, function="mentor", phone=number,
                    audiences=["docent_vo_mbo"], created_at=desk.world.now,
                )
            )  # fmt: skip
        session.add_all([teacher, place])
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.tap(f"rcpt:{desk.number}", message=0)
    said = await chat.text()
    assert "· Voorbeeldcollege: Ans, mentor · 026-0000001" in said
    assert "· Voorbeeldcollege: Bea, mentor · 026-0000002" in said


async def test_today_counts_the_newest_text_and_adds_no_versions(desk: Desk) -> None:
    await going(desk)
    assert (
        "Eerste bericht, versie 1: verzonden aan 0 van 1 ontvanger"
        in (await desk.web.get("/")).text
    )
    seen = (await desk.page("teksten")).split('name="gezien" value="')[1].split('"')[0]
    await desk.press("nieuwe-versie", soort="update", gezien=seen)
    later = desk.world.now + timedelta(days=1)
    await desk.press("volgende-update", moment=str(int(later.timestamp())))
    await desk.send(2)
    page = (await desk.web.get("/")).text
    assert "Update, versie 2: verzonden aan 0 van 1 ontvanger" in page
    assert "van 2" not in page


async def test_the_first_text_is_due_at_the_chosen_moment(desk: Desk) -> None:
    due = desk.world.now + timedelta(hours=1)
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.send_before = due
        session.add(event)
    text, _ = await card(desk)
    assert f"versturen vóór {day_and_time(due)}" in text
