"""Who did not answer an alert sees in its place what a colleague decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.alerts import ring
from bot.answered import close_alerts
from contacts.directory import ChannelKind
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.events import dismiss_event
from feeds.rows import DismissReason, Event, Origin
from feeds.settings import FeedSettings
from tests.console_world import World, a_world
from tests.coordinating import alerted
from tests.flow_world import Evening, an_evening
from tests.test_alerts import WHO, an_alert, reach

OTHER = "Tweede coördinator"
CLOSED = "Deze melding vraagt niets meer"


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


async def test_a_colleagues_alert_says_who_confirmed_and_leads_to_the_card(
    evening: Evening,
) -> None:
    await alerted(evening)
    other = evening.users[OTHER]
    rang = await other.see_button("Bevestig")
    await other.press("Bevestig")
    await evening.coordinator.press("Bevestig")
    await evening.coordinator.press("Alles akkoord")
    own = await evening.coordinator.see("Bevestigd om")
    closed = await other.see(CLOSED)
    assert closed.message_id == rang.message_id, "what stood there, also half-way the questions"
    assert "bevestigd door Coördinator" in closed.text
    assert "Mogelijk ingrijpende gebeurtenis" not in closed.text
    assert CLOSED not in own.text
    await other.press("Terug naar overzicht", after=rang.message_id - 1)
    await other.see_button("Ter goedkeuring")


async def test_not_relevant_takes_the_question_from_the_colleague_too(evening: Evening) -> None:
    await alerted(evening)
    other = evening.users[OTHER]
    await other.see_button("Bevestig")
    await evening.coordinator.press("Niet relevant")
    await evening.coordinator.press("oud nieuws")
    closed = await other.see(CLOSED)
    assert "niet relevant volgens Coördinator" in closed.text
    assert not closed.buttons
    assert CLOSED not in (await evening.coordinator.see("Niet relevant: oud nieuws")).text


async def rung(db: Database, now: datetime, status: DeliveryStatus) -> int:
    """One coordinator's alert, with how it went; returns the event."""
    number = await an_alert(db, now)
    await reach(db, now)
    await ring(db, FeedSettings(), now=now)
    async with db.begin() as session:
        delivery = (await session.exec(select(Delivery))).one()
        delivery.status = status
    return number


async def edits(db: Database) -> list[Content]:
    async with db.read() as session:
        found = await session.exec(
            select(Message.content)
            .join(Delivery, col(Delivery.message_id) == col(Message.id))
            .where(col(Delivery.act) == DeliveryAct.EDIT)
        )
        return [Content.from_json(dict(content)) for content in found.all()]


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (DeliveryStatus.PLANNED, 1), (DeliveryStatus.SENT, 1), (DeliveryStatus.UNKNOWN, 1),
        (DeliveryStatus.FAILED, 0), (DeliveryStatus.CANCELLED, 0),
    ],
)  # fmt: skip
async def test_what_never_reached_a_chat_is_not_changed_there(
    db: Database, now: datetime, status: DeliveryStatus, changed: int
) -> None:
    number = await rung(db, now, status)
    async with db.begin() as session:
        event = await session.get_one(Event, number)
        assert await close_alerts(session, event, now=now) == 0, "nobody decided yet"
        await dismiss_event(session, event, DismissReason.ELSEWHERE, who=WHO, now=now)
        assert await close_alerts(session, event, now=now) == changed
    assert len(await edits(db)) == changed


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def rung_beside(world: World) -> int:
    """An alert in the chat of a colleague of who sits at the desk."""
    async with world.db.begin() as session:
        event = Event(title="Inval", type="E02", origin=Origin.FEED, detected_at=world.now)
        session.add(event)
        await session.flush()
        await post(
            session, kind=MessageKind.ALERT, content=Content(telegram=TelegramForm("Bevestig?")),
            to=[Recipient(ChannelKind.TELEGRAM, "4101", None, None)], event_id=event.id,
            is_exercise=False, now=world.now,
        )  # fmt: skip
        return event.id or 0


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("bevestigen", {"ernst": 3, "tijd": 0, "leiding": "politie_om"}, "bevestigd door"),
        ("afwijzen", {"reden": "elders"}, "niet relevant volgens"),
        ("samenvoegen", {}, "hoort bij een andere gebeurtenis, volgens"),
    ],
)
async def test_what_the_desk_decides_closes_the_alert_in_the_chat(
    world: World, act: str, fields: dict[str, object], said: str
) -> None:
    alert = await rung_beside(world)
    page = world.event_id if act == "samenvoegen" else alert
    given = {"andere": alert} if act == "samenvoegen" else fields
    assert (await world.press(f"/gebeurtenis/{page}/{act}", **given)).status_code == 303
    [content] = await edits(world.db)
    assert content.telegram is not None
    assert said in content.telegram.text
    leads = [button.data for row in content.telegram.buttons for button in row]
    assert leads == ([] if act == "afwijzen" else [f"ecard:{page}"])
