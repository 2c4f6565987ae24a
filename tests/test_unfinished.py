"""A half-told signal, question or example is never lost in silence when another command comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.chat.router import route
from bot.chat.turn import Turn
from bot.console.needs import late_answers, unread
from bot.rows import Conversation, UpdateKind
from contacts.directory import Domain
from contacts.outbox import Content, Delivery, Message
from contacts.records import Database
from signals.picture import picture_of
from signals.rows import Setting, Signal, SignalKind, ToldAs
from tests.coordinating import tap
from tests.partner_world import SEALER, Chat, a_partner, an_event

WORDS = "Hoe praten wij in de klas over dit nieuws?"


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def send(chat: Chat, command: str) -> None:
    """As it comes in: through the router."""

    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.COMMAND, None)

    await chat.run(routed, text=command, message_id=77)


async def said(chat: Chat) -> list[str]:
    forms = [Content.from_json(one.content).telegram for one in await chat.all(Message)]
    return [form.text for form in forms if form is not None]


@pytest.mark.parametrize(
    ("command", "told_as", "word"),
    [("/vraag", ToldAs.QUESTION, "vraag"), ("/voorbeeld", ToldAs.EXAMPLE, "voorbeeld")],
)
async def test_what_was_typed_stays_open_beside_a_command_that_only_shows(
    chat: Chat, command: str, told_as: ToldAs, word: str
) -> None:
    await send(chat, command)
    await chat.write(WORDS)
    asked = chat.message
    await send(chat, "/beeld")
    assert f"Uw {word} staat nog open. Verder gaan: {command}." in await said(chat)
    # The button above still sends it,
    await chat.tap("vw:0", message=asked)
    [signal] = await chat.all(Signal)
    assert (signal.told_as, SEALER.unseal(signal.note_sealed)) == (told_as, WORDS)
    assert await chat.all(Conversation) == []


async def test_the_same_command_takes_it_up_again(chat: Chat) -> None:
    await send(chat, "/vraag")
    await chat.write(WORDS)
    await send(chat, "/beeld")
    await send(chat, "/vraag")
    await chat.press("Versturen")
    [signal] = await chat.all(Signal)
    assert SEALER.unseal(signal.note_sealed) == WORDS


async def test_a_half_filled_signal_goes_on_where_it_stood(chat: Chat) -> None:
    await send(chat, "/signaal")
    for label in ("Geruchten", "2 gespannen"):
        await chat.press(label)
    await send(chat, "/beeld")
    assert "Uw signaal staat nog open. Verder gaan: /signaal." in await said(chat)
    await send(chat, "/signaal")
    for label in ("✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)
    [signal] = await chat.all(Signal)
    assert (signal.kinds, signal.severity) == ([SignalKind.RUMOUR.value], 2)


async def test_what_another_question_takes_the_place_of_is_said_to_be_gone(chat: Chat) -> None:
    await send(chat, "/vraag")
    await chat.write(WORDS)
    await send(chat, "/signaal")
    assert any(
        "(uw vraag), is weg. Er is niets van bewaard. Opnieuw beginnen: /vraag." in text
        for text in await said(chat)
    )
    assert WORDS not in str([one.data for one in await chat.all(Conversation)])
    assert await chat.all(Signal) == []


async def test_a_question_without_an_answer_yet_is_dropped_without_a_word(chat: Chat) -> None:
    await send(chat, "/vraag")
    await send(chat, "/wie")
    assert not any("staat nog open" in text or "is weg" in text for text in await said(chat))
    assert await chat.all(Conversation) == []


@pytest.mark.parametrize("command", ["/help", "/waar", "/gegevens"])
async def test_help_half_way_another_question_leaves_it_open_and_says_so(
    chat: Chat, command: str
) -> None:
    await send(chat, "/hulp")
    await chat.press("Ik zoek hulp")
    await chat.press("Ja")
    before = await chat.all(Conversation)
    assert [one.flow for one in before] == ["help"]
    await send(chat, command)
    assert [one.step for one in await chat.all(Conversation)] == [one.step for one in before]
    assert any(text.startswith("Waar u mee bezig was, staat nog open") for text in await said(chat))


@pytest.mark.parametrize("command", ["/annuleren", "/stop"])
async def test_who_wants_an_end_to_it_gets_one(chat: Chat, command: str) -> None:
    await send(chat, "/vraag")
    await chat.write(WORDS)
    await send(chat, command)
    assert await chat.all(Conversation) == []
    assert not any("staat nog open" in text for text in await said(chat))


async def test_stopping_when_nothing_is_open_says_so_and_that_what_was_sent_is_kept(
    chat: Chat,
) -> None:
    await send(chat, "/annuleren")
    assert (await said(chat))[-1] == (
        "U was niets aan het invullen. Wat u eerder verstuurde, is bewaard."
    )
    await send(chat, "/vraag")
    await send(chat, "/annuleren")
    assert (await said(chat))[-1] == "De vraag is gestopt. Er is niets bewaard."


async def test_nothing_joins_who_was_telling_to_the_line_about_it(chat: Chat) -> None:
    await send(chat, "/vraag")
    await chat.write(WORDS)
    await send(chat, "/beeld")
    line = (await chat.all(Delivery))[-1]
    assert (line.person_id, line.organisation_id, "4242" in line.address) == (None, None, False)


# -- counted by their own word


def told(number: int, now: datetime, told_as: ToldAs) -> Signal:
    values: dict[str, Any] = {
        "id": number, "organisation_id": number, "domain": Domain.EDUCATION, "district": "stad",
        "setting": Setting.CLASSROOM, "kinds": [], "severity": 1, "received_at": now,
        "answer_due_at": now, "told_as": told_as,
    }  # fmt: skip
    return Signal(**values)


def test_vandaag_counts_each_by_its_own_word(now: datetime) -> None:
    every = [
        told(1, now, ToldAs.SIGNAL), told(2, now, ToldAs.QUESTION), told(3, now, ToldAs.QUESTION),
        told(4, now, ToldAs.EXAMPLE),
    ]  # fmt: skip
    assert {need.what for need in unread(every, {})} == {
        "1 nieuw signaal", "2 nieuwe vragen van de praktijk", "1 nieuw positief voorbeeld",
    }  # fmt: skip
    later = now.replace(year=now.year + 1)
    assert {need.what for need in late_answers(every, {}, now=later)} == {
        "1 signaal zonder antwoord", "2 vragen zonder antwoord", "1 voorbeeld zonder antwoord",
    }  # fmt: skip


def test_beeld_says_of_no_question_that_a_signal_waits(now: datetime) -> None:
    every = [*(told(n, now, ToldAs.SIGNAL) for n in (1, 2, 3)), told(4, now, ToldAs.QUESTION)]
    picture = picture_of(every, day_of=lambda at: "vandaag", names={})
    assert (picture.waiting, picture.questions) == ("3", "1-2")


async def half_told(chat: Chat, event_id: int) -> None:
    await tap(chat, f"sig:{event_id}")
    for label in ("Geruchten", "2 gespannen"):
        await chat.press(label)


async def test_the_same_button_goes_on_with_what_was_begun(chat: Chat) -> None:
    event_id = await an_event(chat)
    await half_told(chat, event_id)
    await tap(chat, f"sig:{event_id}")
    [talk] = await chat.all(Conversation)
    assert (talk.data["kinds"], talk.data["severity"]) == (["geruchten"], 2)
    assert not any("is weg" in text for text in await said(chat))


async def test_the_button_under_another_briefing_says_what_is_gone(chat: Chat) -> None:
    await half_told(chat, await an_event(chat))
    other = await an_event(chat)
    await tap(chat, f"sig:{other}")
    [talk] = await chat.all(Conversation)
    assert (talk.data["event"], talk.data.get("kinds")) == (other, None)
    assert any("uw signaal), is weg" in text for text in await said(chat))
