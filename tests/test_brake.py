"""The brake on a phone: stop, go on, call off, reopen; each guarded like at the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select, update

from bot.backup.aftercare import RESTORED
from bot.chat.coordinator import texts
from bot.chat.coordinator.approved_texts import GO_ON_SURE, NOT_CALLED_OFF, WITHOUT_PROMISE
from bot.chat.coordinator.progress import progress_view
from bot.evening.restored_said import going_on_said
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import ChannelKind, RoleGrant
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
    TelegramForm,
)
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus
from signals.workdays import day_and_time
from tests import coordinating
from tests.coordinating import a_running_event
from tests.partner_world import Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> Chat:
    """A coordinator's chat on a real store, with a text on its way to three schools."""
    chat = await a_coordinator(db, now)
    event_id = await a_running_event(chat)
    async with db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        await post(
            session,
            kind=MessageKind.BRIEFING,
            content=Content(telegram=TelegramForm(text="Informatie")),
            to=[Recipient(ChannelKind.TELEGRAM, f"90{n}", None, 1) for n in range(3)],
            event_id=event_id,
            briefing_id=briefing.id,
            now=now,
        )
    return chat


async def tap(desk: Chat, verb: str) -> None:
    await coordinating.tap(desk, f"{verb}:1:1")


async def state(desk: Chat) -> tuple[MessageStatus, list[DeliveryStatus]]:
    [message] = [one for one in await desk.all(Message) if one.briefing_id]
    rows = [one for one in await desk.all(Delivery) if one.message_id == message.id]
    return message.status, [row.status for row in rows]


async def buttons(desk: Chat) -> list[str]:
    async with desk.db.read() as session:
        _, rows = await progress_view(session, 1, 1, now=desk.now)
    return [button.text for row in rows for button in row]


async def test_one_tap_stops_what_was_not_sent_and_another_lets_it_go_on(desk: Chat) -> None:
    assert await buttons(desk) == [texts.STOP]
    await tap(desk, "brks")
    assert (await state(desk))[0] is MessageStatus.HALTED
    assert "Gestopt" in await desk.text()
    assert await buttons(desk) == [texts.GO_ON, texts.CALL_OFF]
    await tap(desk, "brkg")
    assert (await state(desk))[0] is MessageStatus.READY
    assert await buttons(desk) == [texts.STOP]


async def test_going_on_says_that_the_promised_update_does_not_go_along(desk: Chat) -> None:
    async with desk.db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        briefing.promised_at = desk.now - timedelta(minutes=5)
    await tap(desk, "brks")
    await tap(desk, "brkg")
    assert desk.toast == WITHOUT_PROMISE
    await tap(desk, "brkg")
    assert desk.toast == texts.ALREADY_DECIDED


async def test_after_a_back_up_going_on_is_asked_first_in_the_words_of_the_desk(
    desk: Chat,
) -> None:
    await tap(desk, "brks")
    async with desk.db.begin() as session:
        await session.exec(update(Message).values(halt_reason=RESTORED))
    await tap(desk, "brkg")
    assert (await state(desk))[0] is MessageStatus.HALTED
    assert going_on_said(3) in await desk.text()
    assert "gaan er 3 berichten uit" in going_on_said(3)
    assert "gaat er 1 bericht uit" in going_on_said(1)
    assert await desk.labels() == [GO_ON_SURE, texts.CALL_OFF]
    await tap(desk, "brkg2")
    assert (await state(desk))[0] is MessageStatus.READY
    assert await buttons(desk) == [texts.STOP]


async def test_calling_off_is_asked_once_more_and_reaches_nobody_else(desk: Chat) -> None:
    await tap(desk, "brks")
    await tap(desk, "brka")
    assert (await state(desk))[0] is MessageStatus.HALTED
    assert await desk.labels() == [texts.CANCEL_SURE, NOT_CALLED_OFF]
    await tap(desk, "brk0")
    assert "Niet afgezegd." in await desk.text()
    assert (await state(desk))[0] is MessageStatus.HALTED
    assert await desk.labels() == [texts.GO_ON, texts.CALL_OFF]
    await tap(desk, "brkx")
    assert set((await state(desk))[1]) == {DeliveryStatus.CANCELLED}
    assert await buttons(desk) == []


async def test_stopping_on_the_card_leaves_no_second_message(desk: Chat) -> None:
    later = desk.now + timedelta(hours=9)
    async with desk.db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        briefing.status, briefing.send_at = BriefingStatus.APPROVED, later
    await tap(desk, "ecard")
    before = len(await desk.all(Delivery))
    await desk.tap("brks:1:1")
    assert desk.toast == "Gestopt. De kaart zegt hoe het nu staat."
    assert len(await desk.all(Delivery)) == before
    await desk.tap("brkg:1:1")
    assert desk.toast == "Het gaat door. De kaart zegt hoe het nu staat."
    assert len(await desk.all(Delivery)) == before


@pytest.mark.parametrize("is_gone", [True, False])
async def test_the_answer_to_calling_off_says_what_comes_next_and_repeats_nothing(
    desk: Chat, is_gone: bool
) -> None:
    if is_gone:
        async with desk.db.begin() as session:
            briefing = (await session.exec(select(Briefing))).one()
            briefing.status, briefing.send_at = BriefingStatus.APPROVED, desk.now + timedelta(1)
    else:
        await tap(desk, "brks")
    await tap(desk, "brka")
    await desk.tap("brkx:1:1")
    answer = await desk.text()
    new = (
        "Begin een nieuwe tekst. Is het voorbij?" if is_gone else "Wie de tekst al had, houdt hem."
    )
    assert new in answer
    async with desk.db.read() as session:
        follows, _ = await progress_view(session, 1, 1, now=desk.now)
    assert answer.strip() not in follows


async def test_what_waits_for_its_moment_is_called_off_without_stopping_it_first(
    desk: Chat,
) -> None:
    later = desk.now + timedelta(hours=9)
    async with desk.db.begin() as session:
        briefing = (await session.exec(select(Briefing))).one()
        briefing.status, briefing.send_at = BriefingStatus.APPROVED, later
    assert await buttons(desk) == [texts.STOP, texts.CALL_OFF]
    await tap(desk, "ecard")
    assert {texts.STOP, texts.CALL_OFF} <= {*await desk.labels()}
    await tap(desk, "brka")
    assert f"gaat dan niet uit op {day_and_time(later)}" in await desk.text()
    assert await desk.labels() == [texts.CANCEL_SURE, NOT_CALLED_OFF]
    await tap(desk, "brk0")
    assert (await state(desk))[0] is MessageStatus.READY
    await tap(desk, "brkx")
    assert set((await state(desk))[1]) == {DeliveryStatus.CANCELLED}
    [briefing] = await desk.all(Briefing)
    assert briefing.status is BriefingStatus.WITHDRAWN


async def test_a_brake_that_comes_too_late_says_so(desk: Chat) -> None:
    for verb in ("brkg", "brkx"):
        await tap(desk, verb)
        assert desk.toast == texts.ALREADY_DECIDED
    assert (await state(desk))[0] is MessageStatus.READY


async def test_who_may_not_send_may_not_brake_or_reopen(desk: Chat) -> None:
    async with desk.db.begin() as session:
        for row in (await session.exec(select(RoleGrant))).all():
            await session.delete(row)
    for verb in ("brks", "reop"):
        await tap(desk, verb)
    assert (await state(desk))[0] is MessageStatus.READY


async def test_a_closed_event_reopens_from_its_card(desk: Chat) -> None:
    await tap(desk, "reop")
    assert desk.toast == texts.ALREADY_DECIDED
    async with desk.db.begin() as session:
        (await session.exec(select(Event))).one().status = EventStatus.CLOSED
    await tap(desk, "ecard")
    assert texts.REOPEN in await desk.labels()
    await tap(desk, "reop")
    [event] = await desk.all(Event)
    assert event.status is EventStatus.REOPENED
