"""An event of which nobody had a text can be ended, on the phone and at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape

import pytest

from briefings import calling_off
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Domain
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery
from contacts.records import Database
from feeds.rows import Event, EventStatus
from signals.rows import Setting, Signal, SignalKind
from tests.console_desk import Desk, a_desk
from tests.console_world import hidden_in
from tests.coordinating import a_running_event, tap
from tests.partner_world import Chat, a_coordinator

END = "Afsluiten zonder bericht"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def untold_on(phone: Chat) -> int:
    """An event of which the only version was called off before anybody had it."""
    event_id = await a_running_event(phone)
    async with phone.db.begin() as session:
        briefing = await session.get_one(Briefing, 1)
        briefing.status = BriefingStatus.APPROVED
        briefing.send_at = phone.now + timedelta(hours=9)
        await session.flush()
        await calling_off._end(session, briefing, who=SYSTEM, now=phone.now)
    return event_id


async def untold_at(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    [briefing] = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    approved = await desk.press("goedkeuren", gelezen=briefing.content_hash)
    assert approved.status_code == 303
    assert (await desk.press("stoppen", versie=1)).status_code == 303
    called = await desk.press("afzeggen", versie=1)
    assert "klaar=called_off" in called.headers["location"]


async def a_signal(db: Database, event_id: int, now: datetime) -> None:
    async with db.begin() as session:
        session.add(
            Signal(
                organisation_id=1, domain=Domain.EDUCATION, event_id=event_id, received_at=now,
                district="stad", setting=Setting.CLASSROOM, kinds=[SignalKind.RUMOUR.value],
                severity=2, answer_due_at=now,
            )
        )  # fmt: skip


async def status_of(db: Database, event_id: int) -> EventStatus:
    async with db.read() as session:
        return (await session.get_one(Event, event_id)).status


async def test_on_the_phone_an_event_that_reached_nobody_ends_after_a_question(
    phone: Chat,
) -> None:
    event_id = await untold_on(phone)
    await phone.tap(f"ecard:{event_id}")
    await phone.press(END)
    assert "Niemand kreeg een tekst over deze gebeurtenis" in await phone.text()
    assert await status_of(phone.db, event_id) is EventStatus.CONFIRMED
    asked = phone.message
    await phone.press("Ja, sluit af")
    phone.message = asked
    assert "Afgesloten zonder bericht" in await phone.text()
    assert await status_of(phone.db, event_id) is EventStatus.CLOSED
    actions = [entry.action for entry in await phone.all(JournalEntry)]
    assert "event_closed" in actions
    await tap(phone, f"endn2:{event_id}")
    assert "al besloten" in (phone.toast or "")


async def test_on_the_phone_the_closing_text_of_what_reached_nobody_becomes_that_question(
    phone: Chat,
) -> None:
    event_id = await untold_on(phone)
    await phone.tap(f"clos:{event_id}")
    assert "Niemand kreeg een tekst over deze gebeurtenis" in await phone.text()
    assert len(await phone.all(Briefing)) == 1, "no closing text to nobody"


async def test_a_text_that_is_being_written_is_no_reason_to_end_without_one(phone: Chat) -> None:
    event_id = await a_running_event(phone)
    await phone.tap(f"ecard:{event_id}")
    assert END not in await phone.labels()
    await phone.tap(f"endn2:{event_id}")
    assert "Er staat een tekst" in (phone.toast or "")
    assert await status_of(phone.db, event_id) is EventStatus.CONFIRMED


async def test_who_told_something_hears_first_what_became_of_it(phone: Chat) -> None:
    event_id = await untold_on(phone)
    await a_signal(phone.db, event_id, phone.now)
    await phone.tap(f"endn2:{event_id}")
    assert "nog 1 signaal zonder antwoord" in await phone.text()
    assert await status_of(phone.db, event_id) is EventStatus.CONFIRMED


async def test_at_the_desk_it_ends_and_nothing_goes_out(desk: Desk) -> None:
    await untold_at(desk)
    before = len(await desk.rows(Delivery))
    assert END in await desk.page("teksten")
    done = await desk.press("afsluiten")
    assert done.status_code == 303
    assert "Afgesloten zonder bericht" in unescape(
        (await desk.web.get(done.headers["location"])).text
    )
    assert await status_of(desk.world.db, desk.number) is EventStatus.CLOSED
    assert len(await desk.rows(Delivery)) == before
    assert END not in await desk.page("teksten")


async def test_at_the_desk_signals_go_first_and_a_text_is_closed_with_a_text(desk: Desk) -> None:
    await untold_at(desk)
    act = f"/gebeurtenis/{desk.number}/afsluiten"
    old = await hidden_in(desk.web, act, "teksten")
    await a_signal(desk.world.db, desk.number, desk.world.now)
    refused = await desk.press("afsluiten")
    assert refused.status_code == 422
    assert "Nog 1 signaal wacht op een antwoord" in unescape(refused.text)
    assert (await desk.press("nieuwe-versie", soort="update")).status_code == 303
    assert (await desk.press("afsluiten", **old)).status_code == 409
    assert await status_of(desk.world.db, desk.number) is EventStatus.CONFIRMED
