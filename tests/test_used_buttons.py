"""A question that was answered keeps its words and loses its buttons; a menu stays."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.buttons import with_delivery
from bot.chat.coordinator import texts
from bot.chat.shown import shown_form
from bot.chat.texts import OLD_BUTTON
from briefings.rows import Fact, FactKind
from contacts.directory import Person
from contacts.outbox import TelegramForm
from contacts.records import Database
from tests.coordinating import FACT, a_running_event, say, tap
from tests.partner_world import Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def form_of(desk: Chat, message: int) -> TelegramForm:
    async with desk.db.read() as session:
        form = await shown_form(session, message)
    assert form is not None
    return form


async def labels_of(desk: Chat, message: int) -> list[str]:
    return [b.text for row in (await form_of(desk, message)).buttons for b in row]


async def press(desk: Chat, label: str) -> int:
    """Tap a button of the newest message as the transport does; returns that message."""
    under = desk.message
    [wire] = [b.data or "" for b in await desk.buttons() if b.text == label]
    await tap(desk, with_delivery(wire, under))
    return under


async def test_the_question_for_a_source_says_what_was_chosen_and_has_no_buttons_left(
    desk: Chat,
) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    asked = await press(desk, "politie")
    form = await form_of(desk, asked)
    assert form.buttons == []
    assert form.text.endswith("✔ politie")


async def test_a_chosen_moment_says_so_and_what_is_refused_keeps_its_buttons(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    old, wire = desk.message, (await desk.buttons())[0].data or ""
    await tap(desk, f"fadd:{event_id}")
    await say(desk, "De Testlaan is dicht.")
    await tap(desk, with_delivery(wire, old))
    assert desk.toast == OLD_BUTTON
    assert (await form_of(desk, old)).buttons != []


async def test_a_removed_fact_leaves_no_list_behind(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    await press(desk, "politie")
    await tap(desk, f"fdel:{event_id}")
    listed = await press(desk, texts.cut_short(FACT))
    assert (await form_of(desk, listed)).buttons == []
    async with desk.db.read() as session:
        gone = await session.exec(select(Fact).where(col(Fact.kind) == FactKind.CONFIRMED))
        assert gone.one().withdrawn_at is not None


async def test_the_menu_of_facts_stays_as_it_was(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"facts:{event_id}")
    menu = await press(desk, texts.ADD_FACT)
    assert texts.ADD_FACT in await labels_of(desk, menu)


async def test_handing_in_takes_its_button_away_and_leaves_the_texts_to_read(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    await press(desk, "politie")
    await tap(desk, f"texts:{event_id}")
    refused = await press(desk, texts.SUBMIT)
    assert texts.SUBMIT in await labels_of(desk, refused), "nobody to send to: it can be done later"
    async with desk.db.begin() as session:
        (await session.get_one(Person, desk.person_id)).audiences = ["docent_vo_mbo"]
    await tap(desk, f"texts:{event_id}")
    listed = await press(desk, texts.SUBMIT)
    labels = await labels_of(desk, listed)
    assert texts.SUBMIT not in labels
    assert any(label.startswith("Ouders") for label in labels)


async def test_texts_that_lie_with_the_approvers_offer_no_second_handing_in(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    async with desk.db.begin() as session:
        (await session.get_one(Person, desk.person_id)).audiences = ["docent_vo_mbo"]
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    await press(desk, "politie")
    lie = "Deze teksten liggen ter goedkeuring."
    await tap(desk, f"texts:{event_id}")
    assert lie not in await desk.text()
    await press(desk, texts.SUBMIT)
    await tap(desk, f"texts:{event_id}")
    assert texts.SUBMIT not in await desk.labels()
    assert texts.BACK in await desk.labels()
    assert lie in await desk.text()


async def test_what_is_written_anew_leaves_no_button_to_send_above_it(desk: Chat) -> None:
    for command, begun in (("/vraag", "Uw tekst van"), ("/voorbeeld", "Uw tekst van")):
        await desk.command(command)
        await desk.write("Hoe begin ik een gesprek?")
        first = desk.message
        assert begun in (await form_of(desk, first)).text
        await desk.write("Hoe begin ik zo'n gesprek in de klas?")
        assert "Uw zin gaat mee." in (await form_of(desk, first)).text
        assert await labels_of(desk, first) == []
        second = desk.message
        await desk.command(command)
        assert (await form_of(desk, second)).text == "Hieronder gaat u verder."
        assert await labels_of(desk, second) == []
        await desk.press("Versturen")
        assert desk.toast is None


async def test_a_signal_that_goes_on_below_has_no_buttons_above(desk: Chat) -> None:
    await desk.command("/signaal")
    first = desk.message
    await desk.command("/signaal")
    assert await labels_of(desk, first) == []
    assert await desk.labels() != []
