"""A signal in the chat: five taps, one line, refused in time, sealed throughout."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bot.chat import texts
from bot.chat.coordinator.card import card_view
from bot.rows import Conversation
from briefings.facts import open_facts
from briefings.settings import BriefingSettings
from contacts.directory import Channel, ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.people import grant
from contacts.records import Database
from contacts.sealing import is_sealed
from feeds.rows import Event, EventStatus
from signals.rows import Setting, Signal, SignalKind
from tests.partner_world import SEALER, Chat, a_partner, an_event


@pytest.fixture
async def chat(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_a_signal_takes_five_taps(chat: Chat) -> None:
    event_id = await an_event(chat)
    async with chat.db.begin() as session:
        # While a grave event runs, answers come within two working days.
        (await session.get_one(Event, event_id)).severity = 4
    await chat.tap(f"sig:{event_id}")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)
    [signal] = await chat.all(Signal)
    assert (signal.event_id, signal.severity, signal.district) == (event_id, 2, "WK020207")
    assert (signal.kinds, signal.setting) == ([SignalKind.RUMOUR.value], Setting.CLASSROOM)
    assert "donderdag 5-3, 17.00 uur" in await chat.text()
    assert await chat.all(Conversation) == []


async def a_coordinator(chat: Chat, *roles: Role) -> None:
    """Somebody of the gemeente with a chat of their own."""
    async with chat.db.begin() as session:
        person = Person(organisation_id=1, name="Coördinator", created_at=chat.now)
        session.add(person)
        await session.flush()
        assert person.id is not None
        session.add(
            Channel(
                person_id=person.id,
                kind=ChannelKind.TELEGRAM,
                address=f"7{person.id}",
                created_at=chat.now,
            )
        )
        for role in roles:
            await grant(session, person.id, role, who=SYSTEM, now=chat.now)


async def notices(chat: Chat) -> list[TelegramForm]:
    """What reached the coördinator's phone."""
    found = [row for row in await chat.all(Message) if row.kind is MessageKind.NOTICE]
    forms = [Content.from_json(row.content).telegram for row in found]
    return [form for form in forms if form is not None]


async def give(chat: Chat, event_id: int, severity: str) -> None:
    await chat.tap(f"sig:{event_id}")
    for label in ("Geruchten", severity, "✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)


async def test_a_serious_signal_rings_at_once_and_a_small_one_does_not(chat: Chat) -> None:
    await a_coordinator(chat, Role.COORDINATOR)
    event_id = await an_event(chat)
    await give(chat, event_id, "3 zorgen")
    assert await notices(chat) == []
    await give(chat, event_id, "4 botsing")
    [notice] = await notices(chat)
    assert notice.text.startswith("<b>Signaal ernst 4 · geruchten · Klarendal</b>")
    assert notice.buttons[0][0].data == "so:2"


async def test_a_signal_after_the_end_is_taken_and_somebody_hears_of_it(chat: Chat) -> None:
    await a_coordinator(chat, Role.COORDINATOR)
    event_id = await an_event(chat)
    async with chat.db.begin() as session:
        (await session.get_one(Event, event_id)).status = EventStatus.CLOSED
    await give(chat, event_id, "1 merkbaar")
    assert "afgesloten. De gemeente leest uw signaal wel." in await chat.text()
    [notice] = await notices(chat)
    assert "Deze gebeurtenis is al afgesloten." in notice.text


async def test_a_notice_goes_to_whoever_may_read_signals_and_to_nobody_else(chat: Chat) -> None:
    await a_coordinator(chat, Role.ADMIN)
    event_id = await an_event(chat)
    await give(chat, event_id, "4 botsing")
    assert await notices(chat) == []
    await a_coordinator(chat, Role.INTERPRETER)
    await give(chat, event_id, "4 botsing")
    assert len(await notices(chat)) == 1


async def test_the_card_counts_the_open_signals_of_its_event(chat: Chat) -> None:
    event_id = await an_event(chat)
    async with chat.db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.severity = 3
        await open_facts(session, event, BriefingSettings(), editor_id=None, now=chat.now)
    await give(chat, event_id, "3 zorgen")
    async with chat.db.begin() as session:
        event = await session.get_one(Event, event_id)
        text, _ = await card_view(session, event)
        assert "Signalen: 1 zonder antwoord" in text
        assert "Volgende update:" in text
        event.status = EventStatus.CLOSED
        text, _ = await card_view(session, event)
    assert "Volgende update:" not in text


async def test_the_whole_form_stays_in_one_message(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)
    sent = [row for row in await chat.all(Delivery) if row.act is DeliveryAct.SEND]
    assert len(sent) == 1


async def test_nothing_in_the_outbox_says_who_told_what(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas"):
        await chat.press(label)
    await chat.write("De groep is onrustig over een gerucht.")
    await chat.press("Versturen")
    deliveries = await chat.all(Delivery)
    assert all(is_sealed(row.address) and row.person_id is None for row in deliveries)
    messages = json.dumps([row.content for row in await chat.all(Message)])
    assert "onrustig over een gerucht" not in messages
    [signal] = await chat.all(Signal)
    assert SEALER.unseal(signal.note_sealed) == "De groep is onrustig over een gerucht."


async def test_the_note_waits_sealed_in_the_conversation(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.write("De groep is onrustig.")
    [talk] = await chat.all(Conversation)
    assert is_sealed(talk.data["note"])
    assert "Wat merkt u?" in await chat.text()


async def test_a_line_about_a_person_is_refused_and_the_form_stays(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.press("Angst")
    await chat.write("Volgens de klas deed Soufiane Benali het")
    assert "woord 5 en 6" in await chat.text()
    assert "Soufiane" not in json.dumps([row.content for row in await chat.all(Message)])
    [talk] = await chat.all(Conversation)
    assert "note" not in talk.data
    await chat.press(texts.AGAIN)
    assert "Hoe ernstig?" in await chat.text()


async def test_a_line_that_is_too_long_is_not_kept(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.write("zo " * 100)
    assert "te lang" in await chat.text()
    [talk] = await chat.all(Conversation)
    assert "note" not in talk.data


async def test_danger_now_shows_112_and_stores_nothing(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.write("De groep is onrustig.")
    await chat.press("Angst")
    await chat.press("5 gevaar nu")
    assert "Bel 112" in await chat.text()
    assert await chat.buttons() == []
    assert await chat.all(Signal) == []
    assert await chat.all(Conversation) == []


async def test_every_wijk_can_be_reached_in_pages(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.press("Angst")
    await chat.press("1 merkbaar")
    await chat.press(texts.OTHER_DISTRICT)
    seen = set(await chat.labels())
    for _ in range(2):
        await chat.press(texts.NEXT)
        seen |= set(await chat.labels())
    assert {"Centrum", "Schuytgraaf", "Presikhaaf-Oost"} <= seen
    await chat.press("Schuytgraaf")
    assert "Schuytgraaf" in await chat.text()


async def test_from_the_list_of_wijken_there_is_a_way_back_to_where_else_it_was(chat: Chat) -> None:
    await chat.command("/signaal")
    await chat.press("Angst")
    await chat.press("1 merkbaar")
    await chat.press(texts.OTHER_DISTRICT)
    await chat.press(texts.NEXT)
    await chat.press(texts.BACK)
    await chat.press(texts.WHOLE_CITY)
    assert texts.WHOLE_CITY not in await chat.labels(), "the next question"


async def test_other_fields_have_defaults_that_can_be_changed(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Angst", "3 zorgen", "Online", "Online groep", "Wijzig", "Wanneer", "gisteren"):
        await chat.press(label)
    for label in ("Wijzig", "Antwoord", "geen antwoord", "Wijzig", "Soort", "Boosheid", "Klaar"):
        await chat.press(label)
    await chat.press("Versturen")
    [signal] = await chat.all(Signal)
    assert signal.occurred == "gisteren"
    assert signal.kinds == ["angst_zorg", "boosheid"]
    assert signal.reply_handle is None
    assert "antwoord" not in await chat.text()


async def test_who_tells_more_is_asked_each_question_once_and_may_pass(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", texts.TELL_MORE):
        await chat.press(label)
    assert "Vraag 1 van 9" in await chat.text()
    for label in ("gisteren", "gebeurd", texts.PASS_OVER, "neemt toe", texts.PASS_OVER, "gesprek"):
        await chat.press(label)
    await chat.write("De groep is onrustig.")
    assert "Wat is nodig" in await chat.text(), "a typed line does not end the questions"
    for label in ("informatie", "geen antwoord", "ook naar leden", "Versturen"):
        await chat.press(label)
    [signal] = await chat.all(Signal)
    told = (signal.occurred, signal.eep, signal.breadth, signal.direction, signal.done, signal.need)
    assert told == (
        "gisteren",
        "gebeurd",
        "weet_niet",
        "neemt_toe",
        "gesprek_gevoerd",
        "informatie",
    )
    assert (signal.theme, signal.wants_feedback, signal.share) == (
        None,
        False,
        "geanonimiseerd_leden",
    )
    assert SEALER.unseal(signal.note_sealed) == "De groep is onrustig."


async def test_the_summary_names_no_size_that_nobody_gave(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas"):
        await chat.press(label)
    assert "Samenvatting" in await chat.text()
    assert "onbekend" not in await chat.text()
    for label in ("Wijzig", "Hoe breed", "een groep"):
        await chat.press(label)
    assert "· een groep" in await chat.text()


async def test_who_told_enough_is_ready_at_once(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", texts.TELL_MORE, "gisteren"):
        await chat.press(label)
    await chat.press(texts.READY)
    await chat.press("Versturen")
    [signal] = await chat.all(Signal)
    assert signal.occurred == "gisteren"


async def test_sending_twice_stores_one_signal(chat: Chat) -> None:
    await chat.command("/signaal")
    for label in ("Geruchten", "2 gespannen", "✔ Klarendal", "Klas", "Versturen"):
        await chat.press(label)
    await chat.tap("gx")
    assert chat.toast == texts.QUESTION_OVER
    assert len(await chat.all(Signal)) == 1


async def test_a_button_of_an_older_form_does_nothing(chat: Chat) -> None:
    await chat.command("/signaal")
    older = chat.message
    await chat.command("/signaal")
    await chat.tap("gv:kinds:geruchten", message=older)
    assert chat.toast == texts.QUESTION_OVER


@pytest.mark.parametrize(
    "wire", ["gv:kinds:vreemd", "gv:severity:9", "gv:district:WK1", "gv:name:x", "gp:99", "gx"]
)
async def test_a_forged_button_is_an_error_and_changes_nothing(chat: Chat, wire: str) -> None:
    await chat.command("/signaal")
    with pytest.raises(ValueError):  # noqa: PT011  (the router answers any of them alike)
        await chat.tap(wire)
    assert await chat.all(Signal) == []


async def test_an_event_of_an_exercise_is_not_for_the_real_world(chat: Chat) -> None:
    event_id = await an_event(chat, is_exercise=True)
    with pytest.raises(ValueError, match="no such event"):
        await chat.tap(f"sig:{event_id}")
