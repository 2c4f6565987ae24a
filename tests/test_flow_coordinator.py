"""An evening of the coordinator, from the alert to its end, by the public doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.simulator import User
from briefings.rows import Briefing, BriefingStatus
from contacts.outbox import Delivery, Message, MessageKind
from contacts.texts import ANSWER_LINE
from feeds.lexicon import load_lexicon
from feeds.rows import Event, EventStatus, Item
from tests.coordinating import TITLE, add_fact, alerted, approved, confirmed, submitted
from tests.flow_world import Evening, an_evening


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


async def briefings_out(evening: Evening) -> int:
    async with evening.house.db.read() as session:
        found = await session.exec(
            select(Delivery.id)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.BRIEFING)
        )
        return len(found.all())


async def the_event(evening: Evening) -> Event:
    async with evening.house.db.read() as session:
        return (await session.exec(select(Event).order_by(col(Event.id).desc()))).all()[0]


async def quiet(user: User) -> int:
    """The number of messages after a moment in which nothing more came."""
    await asyncio.sleep(1.5)
    return len(user.messages)


async def test_an_alert_says_why_and_rings_both_coordinators(evening: Evening) -> None:
    await alerted(evening)
    alert = await evening.coordinator.see("Mogelijk ingrijpende gebeurtenis")
    told = alert.text.partition("Waarom:")[2]
    assert 1 <= told.count("– ") <= 5
    assert "(+" not in alert.text
    assert "Presikhaaf" in alert.text
    await evening.users["Tweede coördinator"].see("Mogelijk ingrijpende gebeurtenis")


async def test_all_reasons_are_behind_a_button(evening: Evening) -> None:
    await alerted(evening)
    await evening.coordinator.press("Alle redenen")
    answer = await evening.coordinator.see("Dit maakt het zwaarder")
    assert "aanslag" in answer.text
    assert "(+" not in answer.text


async def test_not_relevant_asks_why_and_stays_silent(evening: Evening) -> None:
    await alerted(evening)
    await evening.coordinator.press("Niet relevant")
    await evening.coordinator.press("oud nieuws")
    await evening.coordinator.see("Niet relevant: oud nieuws")
    before = len(evening.coordinator.messages)
    evening.publish("k2", TITLE.replace("Drie", "3"))
    assert await quiet(evening.coordinator) == before
    assert (await the_event(evening)).status is EventStatus.DISMISSED


async def test_a_member_without_rights_cannot_use_a_coordinators_button(evening: Evening) -> None:
    await confirmed(evening)
    event = await the_event(evening)
    await evening.teacher.say("/help")
    own = await evening.teacher.see("", timeout_s=30)
    await evening.teacher.tap_data(own, f"submit:{event.id}")
    await asyncio.sleep(0.5)
    async with evening.house.db.read() as session:
        statuses = (await session.exec(select(Briefing.status))).all()
    assert list(statuses) == [BriefingStatus.DRAFT]


async def test_nobody_gets_anything_before_approval(evening: Evening) -> None:
    await submitted(evening)
    assert await briefings_out(evening) == 0
    assert await quiet(evening.teacher) == 0


async def read_all(reader: User) -> None:
    """Open each of the texts that wait for this reader."""
    await reader.press("Lees")
    listed = await reader.see_button("Lees: Ouders")
    for row in listed.buttons:
        for button in row:
            await reader.tap(button["text"], listed)
    # One chat gets a message a second, so the last of them takes its time.
    await reader.see("Zo komt het aan: Ouders", timeout_s=60)


async def test_from_alert_to_sent_takes_five_taps_when_the_facts_are_in(
    evening: Evening,
) -> None:
    await alerted(evening)
    writer, approver = evening.coordinator, evening.approver
    for label in ("Bevestig", "Alles akkoord"):
        await writer.press(label)
    await writer.see_button("Ter goedkeuring")
    await add_fact(evening)
    await writer.press("Ter goedkeuring")
    await read_all(approver)
    for label in ("Goedkeuren en verzenden", "Ja, verzenden"):
        await approver.press(label, timeout_s=30)
    await evening.teacher.see_button("Gelezen", timeout_s=15)
    assert await briefings_out(evening) == 3


async def test_the_writer_cannot_approve_at_severity_four(evening: Evening) -> None:
    await submitted(evening)
    request = await evening.approver.see_button("Goedkeuren en verzenden")
    data = next(
        b["callback_data"] for row in request.buttons for b in row if "Goedkeuren" in b["text"]
    )
    forged = data.partition("~")[0].replace("ap1", "ap2")
    mine = evening.coordinator.messages[-1]
    await evening.coordinator.tap_data(mine, forged)
    await evening.coordinator.see(lambda m: "Niet verzonden" in m.text or "goedkeurder" in m.text)
    assert await briefings_out(evening) == 0


async def test_sent_back_with_a_remark_opens_the_draft_again(evening: Evening) -> None:
    await submitted(evening)
    await evening.approver.press("Terug met opmerking")
    await evening.approver.see("Wat moet anders")
    await evening.approver.say("Zet de tijd van de volgende update erbij.")
    await evening.coordinator.see("Zet de tijd van de volgende update erbij.")
    async with evening.house.db.read() as session:
        briefing = (await session.exec(select(Briefing))).one()
    assert briefing.status is BriefingStatus.DRAFT


async def test_an_older_question_to_approve_loses_its_buttons_and_says_why(
    evening: Evening,
) -> None:
    await submitted(evening)
    first = (await evening.approver.see_button("Goedkeuren en verzenden")).message_id
    await add_fact(evening, "De Testlaan is dicht.")
    await evening.coordinator.press("Ter goedkeuring")
    old = await evening.approver.see(texts.REQUEST_RENEWED)
    assert (old.message_id, old.buttons) == (first, [])
    await evening.approver.press("Goedkeuren en verzenden", after=first)
    await evening.approver.press("Toch verder")
    await evening.approver.press("Ja, verzenden")
    await evening.teacher.see_button("Gelezen", timeout_s=15)


async def test_an_edit_after_handing_in_voids_the_approval(evening: Evening) -> None:
    await submitted(evening)
    await add_fact(evening, "Er is nu geen gevaar voor de buurt.")
    changed = await evening.approver.see_button("Vraag om opnieuw indienen")
    assert "Nieuw: Er is nu geen gevaar voor de buurt." in changed.text
    assert "Goedkeuren en verzenden" not in str(changed.buttons)
    assert await briefings_out(evening) == 0
    assert not any("Ja, verzenden" in str(m.buttons) for m in evening.approver.messages)


async def test_an_unofficial_source_stays_unconfirmed(evening: Evening) -> None:
    await confirmed(evening)
    user = evening.coordinator
    await user.press("Feiten")
    await user.press("Feit toevoegen")
    mark = (await user.see("Typ één feit")).message_id
    await user.say("Bij de inval waren knallen te horen.")
    await user.press("Oefenomroep", after=mark)
    view = await user.see(lambda m: "knallen" in m.text and "Volgende update" in m.text, after=mark)
    assert "Nog niet bevestigd" in view.text


async def test_approval_reaches_everyone_once_by_their_own_channel(evening: Evening) -> None:
    await approved(evening)
    await evening.users["Teamleider"].see_button("Gelezen")
    mail = await evening.simulator.mail.see("p5@school.example")
    assert "OEFENING" in str(mail.message["Subject"])
    assert "radicalisering" not in str(mail.message["Subject"]).lower()
    plain = mail.message.get_body(("plain",))
    assert plain is not None
    assert ANSWER_LINE in " ".join(plain.get_content().split())
    assert await briefings_out(evening) == 3
    texts = [m.text for m in evening.users["Teamleider"].messages if "Nog niet bekend" in m.text]
    assert len(texts) == 1


async def test_gelezen_becomes_a_tick(evening: Evening) -> None:
    await approved(evening)
    await evening.teacher.press("Gelezen")
    await evening.teacher.see_button("✔ Gelezen")


async def test_closing_waits_for_answers_and_drops_the_leads(evening: Evening) -> None:
    await approved(evening)
    await evening.coordinator.press("Afsluiten")
    await evening.coordinator.see("Concept klaar")
    mark = evening.approver.last_id
    await evening.coordinator.press("Ter goedkeuring")
    await evening.approver.press("Goedkeuren en verzenden", after=mark)
    await evening.approver.press("Toch verder", after=mark)
    await evening.approver.press("Ja, verzenden", after=mark)
    await evening.teacher.see("Wij sluiten dit af")
    assert (await the_event(evening)).status is EventStatus.CLOSED
    async with evening.house.db.read() as session:
        leads = (await session.exec(select(Item.lead))).all()
    assert set(leads) == {None}


async def test_an_event_starts_by_hand_in_four_taps_and_a_line(evening: Evening) -> None:
    user = evening.coordinator
    await user.say("/gebeurtenis")
    for label in ("Aanhouding", "Arnhem", "3 informeren", "politie/OM"):
        await user.press(label)
    await user.see("één regel")
    await user.say("Aanhoudingen in Arnhem-Oost")
    await user.see_button("Ter goedkeuring")
    event = await the_event(evening)
    assert (event.type, event.severity, event.status) == ("E01", 3, EventStatus.CONFIRMED)


async def test_every_kind_of_the_console_can_be_chosen_in_the_chat(evening: Evening) -> None:
    user = evening.coordinator
    await user.say("/gebeurtenis")
    await user.press("Alle soorten")
    labels = [name[:1].upper() + name[1:] for name, _ in load_lexicon().event_types.values()]
    for label in labels:
        await user.see_button(label)
    rumour = "Viraal filmpje / online oproep / geruchten"
    for label in (rumour, "Arnhem", "2 volgen", "politie/OM"):
        await user.press(label)
    await user.say("Een filmpje gaat rond op scholen")
    await user.see_button("Ter goedkeuring")
    assert (await the_event(evening)).type == "E15"


async def test_a_link_is_accepted_as_the_source(evening: Evening) -> None:
    user = evening.coordinator
    await user.say("https://nieuws.example/bericht/1")
    for label in ("Aanhouding", "Arnhem", "3 informeren", "politie/OM"):
        await user.press(label)
    await user.see("één regel")
    await user.say("Aanhoudingen in Arnhem-Oost")
    await user.see_button("Ter goedkeuring")
    assert (await the_event(evening)).source_link == "https://nieuws.example/bericht/1"
