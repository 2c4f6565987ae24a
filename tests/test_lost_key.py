"""After the key of a store was lost: what it sealed says so, and can still be dealt with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.chat import texts as chat_texts
from bot.chat.buttons import Tap
from bot.chat.router import route
from bot.chat.turn import Turn
from bot.console.done_texts import DONE
from bot.own_data import export_contact
from bot.rows import UpdateKind
from briefings.learning.polls import read_words
from briefings.learning.rows import PollWord, Question
from contacts.directory import ChannelKind, Domain, Person
from contacts.outbox import Content, Message, MessageKind, TelegramForm
from contacts.permissions import load_actor
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, post
from contacts.texts import SHUT
from signals.help_rows import HelpEntry, HelpKind, HelpTopic
from signals.help_views import words_of
from signals.peer_rows import PeerGroup, PeerTopic
from signals.peer_texts import TOPICS
from signals.peer_views import name_of_group
from signals.promises import mark_overdue_told, send_interims
from signals.rows import (
    OutcomeCode,
    Reliability,
    Setting,
    Signal,
    SignalKind,
    SignalReading,
    SignalStatus,
)
from tests.console_world import World, a_world, client_of, press
from tests.partner_world import CHAT, CONFIG, SEALER, a_coordinator, a_partner, an_event

BEFORE = Sealer(Sealer.new_key())
LATER = timedelta(hours=3)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    """The desk of today's key, over a store with signals of the key of before."""
    async with a_world(db, now) as before:
        new, cookies = Sealer(Sealer.new_key()), before.desk.cookies
        async with client_of(db, new, now, cookies=cookies) as desk:
            yield replace(before, sealer=new, desk=desk)


async def a_signal(db: Database, now: datetime, **values: Any) -> int:
    async with db.begin() as session:
        signal = Signal(
            organisation_id=values.pop("organisation_id", 7), domain=Domain.EDUCATION,
            received_at=now, district="stad", setting=Setting.CLASSROOM,
            kinds=[SignalKind.RUMOUR.value], severity=2, answer_due_at=now + LATER,
            note_sealed=BEFORE.seal("De groep is onrustig."),
            reply_handle=BEFORE.seal("telegram:99"), **values,
        )  # fmt: skip
        session.add(signal)
        await session.flush()
        return signal.id or 0


async def of(db: Database, number: int) -> Signal:
    async with db.read() as session:
        return await session.get_one(Signal, number)


async def test_a_signal_of_a_lost_key_is_read_and_closed_at_the_desk(world: World) -> None:
    number = await a_signal(
        world.db, world.now, organisation_id=world.organisation_id,
        action_sealed=BEFORE.seal("Jongerenwerk gaat langs."),
    )  # fmt: skip
    async with world.db.begin() as session:
        session.add(
            SignalReading(
                signal_id=number, person_id=world.staff_id, domain=Domain.EDUCATION, severity=2,
                reliability=Reliability.OWN, made_at=world.now, text_sealed=BEFORE.seal("Let op."),
            )
        )  # fmt: skip
    assert (await world.desk.get("/signalen")).status_code == 200
    await press(world.desk, world.sealer, f"/signaal/{number}/bekijken")
    page = (await world.desk.get(f"/signaal/{number}")).text
    assert page.count(SHUT) == 3, "the note, the reading and the decision; not in the form"
    assert "Ernst" in page
    assert "het antwoord komt niet bij de melder" in page
    answer = await world.press(f"/signaal/{number}", uitkomst="A", zin="Wij spraken de school.")
    assert "answered_shut" in answer.headers["location"]
    assert DONE["answered_shut"] in (await world.desk.get(answer.headers["location"])).text
    assert (await of(world.db, number)).status is SignalStatus.CLOSED


async def test_the_answers_of_a_lost_key_leave_the_list_readable(world: World) -> None:
    await a_signal(
        world.db, world.now, status=SignalStatus.CLOSED, closed_at=world.now,
        outcome_code=OutcomeCode.A, outcome_text=BEFORE.seal("Wij spraken de school."),
    )  # fmt: skip
    page = await world.desk.get("/signalen")
    assert page.status_code == 200
    assert SHUT in page.text


async def test_a_signal_of_a_lost_key_is_read_and_closed_in_the_chat(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    number = await a_signal(db, now)
    await chat.command("/signalen")
    await chat.press("ernst 2")
    assert SHUT in await chat.text()
    assert "komt niet bij de melder" in await chat.text()
    await chat.press("A ")
    await chat.write("Wij spraken de school.")
    assert "Dit kan niet meer naar de melder" in await chat.text()
    await chat.press("Verstuur")
    assert "Uw antwoord kan niet naar de melder" in await chat.text()
    assert (await of(db, number)).status is SignalStatus.CLOSED
    assert not [one for one in await chat.all(Message) if one.kind is MessageKind.FEEDBACK]


async def test_an_answer_to_many_says_how_many_it_cannot_reach(db: Database, now: datetime) -> None:
    chat = await a_coordinator(db, now)
    for organisation in (7, 8, 9):
        await a_signal(db, now, organisation_id=organisation)
    async with db.begin() as session:
        (await session.get_one(Signal, 1)).reply_handle = SEALER.seal("telegram:99")
    await chat.command("/signalen")
    await chat.press("Eén antwoord")
    await chat.press("3")
    await chat.press("A ")
    await chat.write("Wij spraken de scholen.")
    assert "2 daarvan niet" in await chat.text()


async def test_the_promises_to_who_cannot_be_reached_stop_no_others(
    db: Database, now: datetime
) -> None:
    shut = await a_signal(db, now, interim_due_at=now)
    open_ = await a_signal(db, now, interim_due_at=now)
    async with db.begin() as session:
        signals = [await session.get_one(Signal, number) for number in (shut, open_)]
        signals[1].reply_handle = SEALER.seal("telegram:98")
        await session.flush()
        assert len(await send_interims(session, sealer=SEALER, now=now)) == 1
        assert [one.interim_sent_at for one in signals] == [None, now]
        assert len(await mark_overdue_told(session, signals, sealer=SEALER, now=now)) == 1


async def test_what_members_wrote_says_that_it_opens_no_more(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    entry = HelpEntry(
        kind=next(iter(HelpKind)), topic=next(iter(HelpTopic)), person_id=chat.person_id or 0,
        organisation_id=1, domain=Domain.EDUCATION, text_sealed=BEFORE.seal("Wie denkt mee?"),
        placed_at=now, expires_at=now + LATER,
    )  # fmt: skip
    group = PeerGroup(
        event_id=1, topic=next(iter(PeerTopic)), name_sealed=BEFORE.seal("Scholen"), made_at=now
    )
    assert words_of(entry, SEALER) == SHUT
    assert name_of_group(group, SEALER) == TOPICS[group.topic]
    event_id = await an_event(chat)
    async with db.begin() as session:
        session.add(entry)
        session.add(
            PollWord(
                event_id=event_id, question=Question.WORDS, words_sealed=BEFORE.seal("Goed."),
                kept_on=now.date(),
            )
        )  # fmt: skip
        await session.flush()
        person = await session.get_one(Person, chat.person_id)
        told = await export_contact(session, person, SEALER)
        assert told["help_entry"][0]["text_sealed"] == SHUT
        assert [words for _, words in await read_words(session, event_id, SEALER)] == [SHUT]


async def test_a_button_under_a_sealed_answer_of_before_is_an_old_button(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        [sent] = await post(
            session, kind=MessageKind.FEEDBACK, content=Content(telegram=TelegramForm(text="x")),
            to=[Recipient(ChannelKind.TELEGRAM, BEFORE.seal(f"telegram:{CHAT}"), None, 1)],
            is_exercise=False, now=now,
        )  # fmt: skip
        turn = Turn(
            session=session, config=CONFIG, sealer=SEALER, now=now, chat=CHAT,
            actor=await load_actor(session, chat.person_id or 0),
            tap=Tap("useful", ("A",), sent.id),
        )  # fmt: skip
        await route(turn, UpdateKind.TAP, None)
    assert turn.toast == chat_texts.OLD_BUTTON
