"""On a phone: who does not have a text, or may not, each by name with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.evening.without_it import not_received
from briefings.rows import Briefing
from contacts.outbox import Delivery, DeliveryStatus, Message, MessageStatus
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.outbox_world import all_deliveries
from tests.partner_world import Chat
from tests.test_elsewhere import in_place_of
from tests.test_plausibility import a_crowd

SENT, FAILED, UNKNOWN = DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def sent_to(desk: Desk, readers: int = 6) -> tuple[Chat, int]:
    """A first text to so many, all of whom have it; the coordinator's chat, and its number."""
    await a_crowd(desk, readers - 1)
    await desk.fact()
    await desk.send(1)
    async with desk.world.db.begin() as session:
        briefing = (
            await session.exec(select(Briefing).where(col(Briefing.event_id) == desk.number))
        ).one()
        briefing.distributed_at = desk.world.now
        for row in await texts(desk):
            (await session.get_one(Delivery, row.id)).status = SENT
    return Chat(desk.world.db, desk.world.now, desk.world.staff_id), briefing.id or 0


async def texts(desk: Desk) -> Sequence[Delivery]:
    async with desk.world.db.read() as session:
        found = await session.exec(
            select(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.event_id) == desk.number, col(Message.briefing_id).is_not(None))
            .order_by(col(Delivery.id))
        )
        return found.all()


async def change(desk: Desk, place: int, **values: object) -> Delivery:
    row = (await texts(desk))[place]
    async with desk.world.db.begin() as session:
        delivery = await session.get_one(Delivery, row.id)
        for name, value in values.items():
            setattr(delivery, name, value)
        session.add(delivery)
    return row


async def seen(chat: Chat, desk: Desk, briefing_id: int) -> str:
    await chat.tap(f"unk:{desk.number}:{briefing_id}", message=0)
    return await chat.text()


async def test_uncertain_refused_and_waiting_stand_apart_each_with_the_reason(desk: Desk) -> None:
    chat, number = await sent_to(desk)
    later = desk.world.now + timedelta(minutes=4)
    await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    await change(desk, 1, status=FAILED, reason="blocked")
    again = {"status": DeliveryStatus.PLANNED, "attempts": 1, "reason": "smtp_451"}
    await change(desk, 2, **again, not_before=later)
    rests = {"status": DeliveryStatus.PLANNED, "reason": QUIET_HOURS}
    await change(desk, 3, **rests, not_before=desk.world.now + timedelta(hours=9))
    text = await seen(chat, desk, number)
    assert "Verzonden aan 2 van de 6 ontvangers." in text
    assert "<b>1 onzeker</b>" in text
    assert "E-mail: geen antwoord op tijd; misschien kwam het aan" in text
    assert "<b>1 geweigerd</b>" in text
    assert "de ontvanger blokkeerde de bot" in text
    assert "<b>2 wachten nog</b>" in text
    assert "nieuwe poging om 17.46 uur: de mailserver weigerde (451)" in text
    assert "rusttijd tot 02.42 uur" in text
    assert await chat.labels() == ["Opnieuw sturen naar onzekere"]


async def test_the_mail_that_is_still_to_go_stands_with_its_moment(desk: Desk) -> None:
    chat, number = await sent_to(desk)
    row = await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    async with desk.world.db.begin() as session:
        first = await session.get_one(Delivery, row.id)
        mail = await in_place_of(session, first, DeliveryStatus.PLANNED, desk.world.now)
        mail.not_before = desk.world.now + timedelta(minutes=10)
    assert "misschien kwam het aan; E-mail gaat om 17.52 uur" in await seen(chat, desk, number)


async def test_who_has_it_by_another_channel_stands_nowhere_and_is_not_sent_it_again(
    desk: Desk,
) -> None:
    chat, number = await sent_to(desk)
    here = await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    there = await change(desk, 1, status=UNKNOWN, reason="read_timeout")
    async with desk.world.db.begin() as session:
        first = await session.get_one(Delivery, there.id)
        await in_place_of(session, first, SENT, desk.world.now)
    text = await seen(chat, desk, number)
    assert "Verzonden aan 5 van de 6 ontvangers." in text
    assert "<b>1 onzeker</b>" in text
    await chat.press("Opnieuw sturen")
    assert "1 bericht gaat opnieuw uit" in await chat.text()
    rows = {row.id: row for row in await all_deliveries(desk.world.db)}
    assert (rows[here.id].status, rows[here.id].is_repeat) == (DeliveryStatus.PLANNED, True)
    assert rows[there.id].status is UNKNOWN


async def test_what_was_called_off_is_not_said_to_be_with_everybody(desk: Desk) -> None:
    chat, number = await sent_to(desk)
    assert "Niemand wacht nog" in await seen(chat, desk, number)
    await change(desk, 0, status=DeliveryStatus.CANCELLED)
    text = await seen(chat, desk, number)
    assert "<b>1 afgezegd</b>: die kreeg deze tekst niet." in text
    assert "Verzonden aan 5 van de 5 ontvangers." in text
    for place in range(6):
        await change(desk, place, status=DeliveryStatus.CANCELLED)
    text = await seen(chat, desk, number)
    assert "<b>6 afgezegd</b>" in text
    assert "Niemand wacht nog" not in text


async def test_what_may_go_again_is_asked_of_all_and_not_of_those_shown(desk: Desk) -> None:
    chat, number = await sent_to(desk, 13)
    rows = await texts(desk)
    for place in range(len(rows)):
        await change(desk, place, status=UNKNOWN, reason="read_timeout")
    async with desk.world.db.begin() as session:
        other = Message(
            **(await session.get_one(Message, rows[0].message_id)).model_dump(exclude={"id"})
        )
        session.add(other)
        await session.flush()
        for row in rows[:11]:
            (await session.get_one(Delivery, row.id)).message_id = other.id or 0
        other.status = MessageStatus.HALTED
        await session.flush()
    assert "Opnieuw sturen zet er" in await seen(chat, desk, number)
    assert await chat.labels() == ["Opnieuw sturen naar onzekere"]


async def test_status_leads_to_each_text_that_somebody_does_not_have_its_version_first(
    desk: Desk,
) -> None:
    chat, number = await sent_to(desk)
    await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    async with desk.world.db.begin() as session:
        # The other event of this world was never begun.
        (await session.get_one(Event, desk.world.event_id)).status = EventStatus.CLOSED
    await chat.command("/status")
    async with desk.world.db.read() as session:
        found = await session.exec(select(Message).order_by(col(Message.id)))
        forms = [message.content.get("telegram") or {} for message in found.all()]
    buttons = [one for form in forms for row in form.get("buttons", []) for one in row]
    [label] = [one["text"] for one in buttons if one["data"] == f"unk:{desk.number}:{number}"]
    assert label.startswith("Onzeker (1): eerste bericht, versie 1 · ")
    assert len(label) <= 60
    again = {"status": DeliveryStatus.PLANNED, "attempts": 1, "reason": "smtp_451"}
    await change(desk, 0, **again, not_before=desk.world.now + timedelta(minutes=4))
    async with desk.world.db.read() as session:
        [one] = await not_received(session, [desk.number])
    assert (one.unsure, one.without) == (0, 1)


async def test_an_old_button_to_send_again_says_that_it_was_done(desk: Desk) -> None:
    chat, number = await sent_to(desk)
    await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    await seen(chat, desk, number)
    old = chat.message
    wire = f"resend:{desk.number}:{number}"
    await chat.tap(wire, message=old)
    assert "1 bericht gaat opnieuw uit, met (herhaling) erboven." in await chat.text()
    await chat.tap(wire, message=old)
    assert await chat.text() == "Dat was al gedaan. Het gaat niet nog een keer uit."


async def test_what_arrived_meanwhile_is_not_said_to_go_again(desk: Desk) -> None:
    chat, number = await sent_to(desk)
    await change(desk, 0, status=UNKNOWN, reason="read_timeout")
    await seen(chat, desk, number)
    await change(desk, 0, status=SENT, reason=None)
    await chat.tap(f"resend:{desk.number}:{number}")
    assert await chat.text() == "Er is niets meer dat opnieuw uit kan."
