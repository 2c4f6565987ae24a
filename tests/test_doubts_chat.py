"""What may not have arrived is settled on a phone too, by the same rules as at the desk."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import doubts_texts as texts
from bot.chat.coordinator.doubts_flow import (
    AGAIN,
    AGAIN_ALL,
    CALL_OFF,
    GO_ON,
    LOOK,
    SETTLE,
    SETTLE_ALL,
    SHOWN,
)
from briefings.rows import Briefing
from contacts.directory import ChannelKind, Organisation, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    MessageStatus,
    TelegramForm,
)
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from contacts.sealing import is_sealed
from contacts.sending import Recipient, halt_message, post
from tests.coordinating import a_running_event, tap
from tests.outbox_world import a_briefing, a_person
from tests.partner_world import Chat, a_coordinator, a_partner


async def with_role(db: Database, now: datetime, role: Role) -> Chat:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, role, who=SYSTEM, now=now)
    return chat


@pytest.fixture
async def coordinator(db: Database, now: datetime) -> Chat:
    return await with_role(db, now, Role.COORDINATOR)


async def uncertain(
    chat: Chat, kind: MessageKind = MessageKind.FEEDBACK, *, is_exercise: bool = False
) -> int:
    """A message to the school of which nobody knows whether it arrived."""
    async with chat.db.begin() as session:
        [delivery] = await post(
            session, kind=kind, content=Content(telegram=TelegramForm(text="Woorden van toen")),
            to=[Recipient(ChannelKind.TELEGRAM, "77", None, 1)], is_exercise=is_exercise,
            now=chat.now,
        )  # fmt: skip
        delivery.status = DeliveryStatus.UNKNOWN
        return delivery.id or 0


async def stopped(chat: Chat) -> int:
    """An answer that was stopped before it left."""
    async with chat.db.begin() as session:
        [delivery] = await post(
            session, kind=MessageKind.FEEDBACK, content=Content(telegram=TelegramForm("Tekst")),
            to=[Recipient(ChannelKind.TELEGRAM, "77", None, 1)], now=chat.now,
        )  # fmt: skip
        await halt_message(
            session, delivery.message_id, who=SYSTEM, now=chat.now, reason="sender_refused"
        )
        return delivery.message_id


async def the(chat: Chat, number: int) -> Delivery:
    async with chat.db.read() as session:
        return await session.get_one(Delivery, number)


async def journal(chat: Chat, action: str) -> list[str]:
    """Who did this."""
    async with chat.db.read() as session:
        found = await session.exec(
            select(JournalEntry.actor).where(col(JournalEntry.action) == action)
        )
        return list(found.all())


async def look(chat: Chat) -> str:
    await chat.command("/status")
    await chat.press(texts.LOOK)
    return await chat.text()


async def test_status_leads_to_what_may_not_have_arrived_and_to_nothing_when_all_is_sure(
    coordinator: Chat,
) -> None:
    await coordinator.command("/status")
    assert texts.LOOK not in await coordinator.labels()
    await uncertain(coordinator)
    await uncertain(coordinator, MessageKind.BRIEFING)
    await uncertain(coordinator, is_exercise=True)
    await coordinator.command("/status")
    assert await coordinator.text() == "1 bericht kwam misschien niet aan."
    await coordinator.press(texts.LOOK)
    text = await coordinator.text()
    assert "1. Antwoord op een signaal, aan School · Telegram · " in text
    assert "2. " not in text, "a briefing stands at its card, an exercise in its own world"
    assert "Woorden van toen" not in text
    assert is_sealed((await coordinator.form()).text), "who got an answer is no open book"


async def test_who_takes_over_finds_the_same_list(coordinator: Chat) -> None:
    await coordinator.command("/overdracht")
    assert texts.LOOK not in await coordinator.labels()
    await uncertain(coordinator)
    await coordinator.command("/overdracht")
    await coordinator.press(texts.LOOK)
    assert "1. Antwoord op een signaal" in await coordinator.text()


async def test_one_goes_again_marked_as_a_repetition_and_the_other_is_left(
    coordinator: Chat,
) -> None:
    older, newer = await uncertain(coordinator), await uncertain(coordinator, MessageKind.NOTICE)
    text = await look(coordinator)
    assert "1. Bericht aan de coördinator" in text
    await coordinator.press(texts.AGAIN.format(number=1))
    assert coordinator.toast == texts.GOES_AGAIN
    delivery = await the(coordinator, newer)
    assert (delivery.status, delivery.is_repeat) == (DeliveryStatus.PLANNED, True)
    assert "1. Antwoord op een signaal" in await coordinator.text(), "the rest moves up"
    assert is_sealed((await coordinator.form()).text)
    await coordinator.press(texts.SETTLE.format(number=1))
    assert coordinator.toast == texts.SETTLED
    delivery = await the(coordinator, older)
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, "set_aside")
    assert "Er is niets onzeker." in await coordinator.text()
    person = f"person:{coordinator.person_id}"
    assert await journal(coordinator, "deliveries_resent") == [person]
    assert await journal(coordinator, "deliveries_set_aside") == [person]


@pytest.mark.parametrize("verb", [AGAIN, SETTLE])
async def test_an_old_button_sends_nothing_twice_and_says_so(coordinator: Chat, verb: str) -> None:
    number = await uncertain(coordinator)
    await look(coordinator)
    async with coordinator.db.begin() as session:
        (await session.get_one(Delivery, number)).status = DeliveryStatus.SENT
    await coordinator.tap(f"{verb}:{number}")
    assert coordinator.toast == texts.CHANGED
    assert (await the(coordinator, number)).status is DeliveryStatus.SENT
    assert "Er is niets onzeker." in await coordinator.text()


@pytest.mark.parametrize("verb", [AGAIN, SETTLE])
async def test_a_briefing_and_the_other_world_are_out_of_reach(
    coordinator: Chat, verb: str
) -> None:
    for number in (
        await uncertain(coordinator, MessageKind.UPDATE),
        await uncertain(coordinator, is_exercise=True),
    ):
        await uncertain(coordinator)
        await look(coordinator)
        await coordinator.tap(f"{verb}:{number}")
        assert coordinator.toast == texts.CHANGED
        assert (await the(coordinator, number)).status is DeliveryStatus.UNKNOWN


async def test_all_means_those_that_the_message_shows(coordinator: Chat) -> None:
    first = await uncertain(coordinator)
    await look(coordinator)
    assert texts.SETTLE_ALL not in await coordinator.labels(), "one line has its own buttons"
    numbers = [first, *[await uncertain(coordinator) for _ in range(SHOWN)]]
    text = await look(coordinator)
    assert f"{SHOWN}. Antwoord" in text
    assert "En nog 1: " in text
    old = [one.data or "" for one in await coordinator.buttons() if one.text == texts.SETTLE_ALL]
    await coordinator.press(texts.AGAIN_ALL)
    left = [
        one for one in numbers if (await the(coordinator, one)).status is DeliveryStatus.UNKNOWN
    ]
    assert left == [first], "the oldest was not shown"
    await coordinator.tap(old[0])
    assert coordinator.toast == texts.CHANGED
    assert (await the(coordinator, first)).status is DeliveryStatus.UNKNOWN


async def test_what_was_stopped_is_told_with_its_reason_and_goes_on(coordinator: Chat) -> None:
    message_id = await stopped(coordinator)
    await coordinator.command("/status")
    assert await coordinator.text() == "1 bericht is gestopt."
    await coordinator.press(texts.LOOK)
    assert "1. Antwoord op een signaal · de mailserver weigert ons" in await coordinator.text()
    await coordinator.press(texts.GO_ON.format(number=1))
    assert coordinator.toast == texts.GOES_ON
    async with coordinator.db.read() as session:
        assert (await session.get_one(Message, message_id)).status is MessageStatus.READY
    await coordinator.tap(f"{CALL_OFF}:{message_id}")
    assert coordinator.toast == texts.CHANGED
    async with coordinator.db.read() as session:
        assert (await session.get_one(Message, message_id)).status is MessageStatus.READY


async def test_calling_off_is_asked_once_more(coordinator: Chat) -> None:
    message_id = await stopped(coordinator)
    await look(coordinator)
    await coordinator.press(texts.CALL_OFF.format(number=1))
    async with coordinator.db.read() as session:
        assert (await session.get_one(Message, message_id)).status is MessageStatus.HALTED
    await coordinator.press(texts.CALL_OFF_SURE)
    assert coordinator.toast == texts.CALLED_OFF
    async with coordinator.db.read() as session:
        assert (await session.get_one(Message, message_id)).status is MessageStatus.CANCELLED


async def test_what_was_stopped_does_not_go_again_before_it_may_go_on(coordinator: Chat) -> None:
    number = await uncertain(coordinator)
    async with coordinator.db.begin() as session:
        delivery = await session.get_one(Delivery, number)
        await halt_message(
            session, delivery.message_id, who=SYSTEM, now=coordinator.now, reason="restored"
        )
    await look(coordinator)
    await coordinator.press(texts.AGAIN.format(number=1))
    assert coordinator.toast == texts.HELD
    assert (await the(coordinator, number)).status is DeliveryStatus.UNKNOWN


async def test_an_approver_reads_the_list_and_can_do_nothing_with_it(
    db: Database, now: datetime
) -> None:
    chat = await with_role(db, now, Role.APPROVER)
    number, message_id = await uncertain(chat), await stopped(chat)
    assert "1. Antwoord op een signaal" in await look(chat)
    assert await chat.labels() == []
    for wire in (f"{AGAIN}:{number}", f"{SETTLE}:{number}", f"{AGAIN_ALL}:x", f"{SETTLE_ALL}:x",
                 f"{GO_ON}:{message_id}", f"{CALL_OFF}:{message_id}"):  # fmt: skip
        with pytest.raises(NotAllowed):
            await chat.tap(wire)
    assert (await the(chat, number)).status is DeliveryStatus.UNKNOWN


async def test_a_member_does_not_see_the_list(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    await uncertain(chat)
    with pytest.raises(NotAllowed):
        await chat.tap(LOOK, message=0)


async def test_what_is_uncertain_of_a_text_names_who_may_not_have_it(
    db: Database, now: datetime
) -> None:
    desk = await a_coordinator(db, now)
    event_id = await a_running_event(desk)
    [version] = await desk.all(Briefing)
    async with db.begin() as session:
        people = [
            await a_person(session, now, chat="501"),
            await a_person(session, now, chat="502"),
        ]
        first, second = await a_briefing(session, people, now)
        first.status, second.status = DeliveryStatus.UNKNOWN, DeliveryStatus.SENT
        (await session.get_one(Message, first.message_id)).briefing_id = version.id
        school = await session.get_one(Organisation, people[0].organisation_id)
        other = await session.get_one(Organisation, people[1].organisation_id)
    await tap(desk, f"unk:{event_id}:{version.id}")
    text = await desk.text()
    assert "1 onzeker" in text
    assert f"• docent, {school.name} · Telegram" in text
    assert other.name not in text, "that one arrived"


async def test_what_went_to_who_leads_is_told_apart_by_its_subject_and_an_answer_stays_closed(
    coordinator: Chat,
) -> None:
    async with coordinator.db.begin() as session:
        for kind, subject in (
            (MessageKind.NOTICE, "Bellijst: 2 erbij"), (MessageKind.FEEDBACK, "Uw melding"),
        ):  # fmt: skip
            content = Content(TelegramForm("Woorden"), EmailForm(subject, "Woorden", "Woorden"))
            [delivery] = await post(
                session, kind=kind, content=content, now=coordinator.now,
                to=[Recipient(ChannelKind.TELEGRAM, "77", None, 1)],
            )  # fmt: skip
            delivery.status = DeliveryStatus.UNKNOWN
    text = await look(coordinator)
    assert '2. Bericht aan de coördinator "Bellijst: 2 erbij", aan School' in text
    assert "1. Antwoord op een signaal, aan School" in text
