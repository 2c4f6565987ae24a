"""An act at the desk that comes too late says what was done meanwhile, by whom, and the way on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape

import pytest
from sqlmodel import col, select

from contacts.directory import ChannelKind, Person, Role
from contacts.journal import Who
from contacts.outbox import Message, MessageKind
from contacts.people import open_channel
from contacts.records import Database
from feeds.events import close_event, dismiss_event
from feeds.rows import DismissReason, Event, EventStatus, Origin
from tests.console_desk import Desk, a_desk
from tests.console_world import World, a_colleague, a_world, hidden_in
from tests.test_answered import edits, rung_beside

CONFIRMED = {"ernst": "3", "tijd": "0", "leiding": "politie_om"}
COLLEAGUE = "Nienke"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def an_alert(world: World) -> int:
    async with world.db.begin() as session:
        event = Event(
            title="Inval in Presikhaaf", type="E02", origin=Origin.FEED, detected_at=world.now
        )
        session.add(event)
        await session.flush()
        return event.id or 0


async def by_colleague(world: World, alert: int, reason: DismissReason) -> int:
    """A colleague with a phone calls it not relevant; returns who."""
    async with world.db.begin() as session:
        number = await a_colleague(session, COLLEAGUE, (Role.COORDINATOR,), world.now)
        person = await session.get_one(Person, number)
        await open_channel(session, person, ChannelKind.TELEGRAM, "4102", rank=1, now=world.now)
        event = await session.get_one(Event, alert)
        await dismiss_event(session, event, reason, who=Who("person", number), now=world.now)
    return number


async def status_of(world: World, alert: int) -> EventStatus:
    async with world.db.read() as session:
        return (await session.get_one(Event, alert)).status


async def test_an_old_page_does_not_confirm_what_a_colleague_called_not_relevant(
    world: World,
) -> None:
    alert = await an_alert(world)
    act = f"/gebeurtenis/{alert}/bevestigen"
    shown = {**await hidden_in(world.desk, act, ""), **CONFIRMED}
    await by_colleague(world, alert, DismissReason.OLD_NEWS)
    answer = await world.press(act, **shown)
    assert answer.status_code == 409
    assert await status_of(world, alert) is EventStatus.DISMISSED
    page = unescape(answer.text)
    assert f"niet relevant volgens {COLLEAGUE}" in page
    assert "oud nieuws" in page
    assert "Inval in Presikhaaf" in page
    assert f'href="/gebeurtenis/{alert}"' in page


async def test_who_read_that_it_is_not_relevant_confirms_after_all_and_the_others_hear_it(
    world: World,
) -> None:
    alert = await an_alert(world)
    await by_colleague(world, alert, DismissReason.OLD_NEWS)
    page = unescape((await world.desk.get(f"/gebeurtenis/{alert}")).text)
    assert f"niet relevant volgens {COLLEAGUE}" in page
    act = f"/gebeurtenis/{alert}/bevestigen"
    answer = await world.press(act, **{**await hidden_in(world.desk, act, ""), **CONFIRMED})
    assert answer.status_code == 303
    assert await status_of(world, alert) is EventStatus.CONFIRMED
    async with world.db.read() as session:
        found = await session.exec(
            select(Message.content).where(
                col(Message.event_id) == alert, col(Message.kind) == MessageKind.NOTICE
            )
        )
        told = [str(content) for content in found.all()]
    assert any("nu toch bevestigd door Coördinator" in one for one in told)


async def test_what_joined_another_event_cannot_be_confirmed_from_its_page(world: World) -> None:
    alert = await an_alert(world)
    act = f"/gebeurtenis/{world.event_id}/samenvoegen"
    assert (await world.press(act, andere=alert)).status_code == 303
    page = (await world.desk.get(f"/gebeurtenis/{alert}")).text
    assert f"/gebeurtenis/{alert}/bevestigen" not in page
    forged = await world.press(f"/gebeurtenis/{alert}/bevestigen", gezien="dismissed", **CONFIRMED)
    assert forged.status_code == 409


@pytest.mark.parametrize(
    ("act", "fields"), [("afwijzen", {"reden": "elders"}), ("uitstellen", {"minuten": "30"})]
)
async def test_an_alert_that_was_decided_is_not_decided_again_and_says_who_did(
    world: World, act: str, fields: dict[str, str]
) -> None:
    alert = await an_alert(world)
    await by_colleague(world, alert, DismissReason.SPORT_CULTURE)
    answer = await world.press(f"/gebeurtenis/{alert}/{act}", **fields)
    assert answer.status_code == 409
    assert f"niet relevant volgens {COLLEAGUE}" in unescape(answer.text)
    assert "sport/cultuur" in unescape(answer.text)


async def test_the_alert_of_a_colleague_says_why_it_is_not_relevant(world: World) -> None:
    alert = await rung_beside(world)
    answer = await world.press(f"/gebeurtenis/{alert}/afwijzen", reden="oud_nieuws")
    assert answer.status_code == 303
    [content] = await edits(world.db)
    assert content.telegram is not None
    assert "Inval" in content.telegram.text
    assert "oud nieuws" in content.telegram.text


async def test_the_alert_of_a_colleague_says_to_what_it_belongs(desk: Desk) -> None:
    alert = await rung_beside(desk.world)
    assert (await desk.press("samenvoegen", andere=alert)).status_code == 303
    content = (await edits(desk.world.db))[-1]
    assert content.telegram is not None
    assert "(Gebeurtenis Presikhaaf, 3 maart)" in content.telegram.text


async def test_a_page_that_is_not_of_now_says_what_was_done_by_whom_and_leads_back(
    desk: Desk,
) -> None:
    await desk.fact()
    old = await hidden_in(desk.web, f"/gebeurtenis/{desk.number}/indienen", "teksten")
    await desk.fact("De school is morgen gewoon open.")
    answer = await desk.press("indienen", **old)
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "feit toegevoegd" in page
    assert "uzelf" in page
    assert "Iemand anders was u voor" not in page
    assert f'href="/gebeurtenis/{desk.number}/teksten"' in page
    async with desk.world.db.begin() as session:
        number = await a_colleague(session, COLLEAGUE, (Role.COORDINATOR,), desk.world.now)
        event = await session.get_one(Event, desk.number)
        await close_event(session, event, who=Who("person", number), now=desk.world.now)
    page = unescape((await desk.press("indienen", **old)).text)
    assert "Iemand anders was u voor" in page
    assert f"{COLLEAGUE}: gebeurtenis afgesloten" in page


async def test_a_page_about_something_else_leads_back_too(world: World) -> None:
    path = f"/contact/{world.staff_id}/gegevens"
    answer = await world.press(path, gezien="9", naam="X", functie="", taal="nl")
    assert answer.status_code == 409
    assert f'href="/contact/{world.staff_id}"' in answer.text
