"""The coördinator's evening through the phone: nothing leaves without approval."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.chat.buttons import parse
from bot.chat.coordinator import texts
from bot.chat.router import route
from bot.chat.texts import OLD_BUTTON, TOO_LATE
from bot.chat.turn import Turn
from bot.evening.approving import HASH_PART
from bot.evening.starting import prepare
from bot.rows import Heartbeat, UpdateKind
from bot.simulator import User
from briefings.approval import Submitted, submit
from briefings.drafting import current_briefing, draft_briefing
from briefings.facts import set_next_update
from briefings.moments import clock
from briefings.rows import Briefing, BriefingKind, BriefingStatus, Fact, FactKind
from briefings.settings import BriefingSettings
from contacts.directory import Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, Message, MessageKind, MessageStatus
from contacts.people import grant, revoke
from contacts.permissions import load_actor
from contacts.records import Database
from contacts.texts import ANSWER_LINE
from feeds.lexicon import load_lexicon
from feeds.rows import Event, EventStatus, Item, Source, Trust
from tests.flow_world import Evening, an_evening
from tests.partner_world import CONFIG, Chat, a_partner, an_event

TITLE = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
FACT = "De politie heeft drie mensen aangehouden in Arnhem."


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


async def alerted(evening: Evening) -> None:
    evening.publish("k0", "Bibliotheek verlengt de openingstijden op zaterdag")
    # What a source already had at its first reading is no news.
    for _ in range(200):
        async with evening.house.db.read() as session:
            if (await session.exec(select(Item.id))).first() is not None:
                break
        await asyncio.sleep(0.05)
    evening.publish("k1", TITLE, "De politie deed een inval in Presikhaaf.")
    await evening.coordinator.see_button("Bevestig", timeout_s=15)


async def confirmed(evening: Evening) -> None:
    await alerted(evening)
    await evening.coordinator.press("Bevestig")
    await evening.coordinator.press("Alles akkoord")
    await evening.coordinator.see_button("Ter goedkeuring")


async def add_fact(evening: Evening, fact: str = FACT, source: str = "politie") -> None:
    user = evening.coordinator
    mark = user.last_id
    await user.press("Feiten")
    await user.press("Feit toevoegen", after=mark)
    await user.see("Typ één feit", after=mark)
    await user.say(fact)
    await user.press(source, after=mark)
    await user.see(lambda m: fact in m.text and "Volgende update" in m.text, after=mark)


async def submitted(evening: Evening) -> None:
    await confirmed(evening)
    await add_fact(evening)
    await evening.coordinator.press("Ter goedkeuring")
    await evening.approver.see_button("Goedkeuren en verzenden")


async def approved(evening: Evening) -> None:
    await submitted(evening)
    await evening.approver.press("Goedkeuren en verzenden")
    await evening.approver.press("Ja, verzenden")
    await evening.teacher.see_button("Gelezen", timeout_s=15)


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
    own = await evening.teacher.see("", timeout_s=5)
    await evening.teacher.tap_data(own, f"submit:{event.id}")
    await asyncio.sleep(0.5)
    async with evening.house.db.read() as session:
        statuses = (await session.exec(select(Briefing.status))).all()
    assert list(statuses) == [BriefingStatus.DRAFT]


async def test_nobody_gets_anything_before_approval(evening: Evening) -> None:
    await submitted(evening)
    assert await briefings_out(evening) == 0
    assert await quiet(evening.teacher) == 0


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
    for label in ("Goedkeuren en verzenden", "Ja, verzenden"):
        await approver.press(label)
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
    await evening.approver.press("Ja, verzenden")
    await evening.teacher.see_button("Gelezen", timeout_s=15)


async def test_an_edit_after_handing_in_voids_the_approval(evening: Evening) -> None:
    await submitted(evening)
    await add_fact(evening, "Er is nu geen gevaar voor de buurt.")
    await evening.approver.press("Goedkeuren en verzenden")
    await asyncio.sleep(0.5)
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


@pytest.fixture
async def desk(db: Database, now: datetime) -> Chat:
    """A coordinator's chat on a real store, without a house around it."""
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    return chat


async def a_running_event(desk: Chat) -> int:
    """With its facts open and a first version drafted."""
    event_id = await an_event(desk)
    async with desk.db.begin() as session:
        event = await session.get_one(Event, event_id)
        actor = await load_actor(session, desk.person_id or 0)
        assert actor is not None
        await prepare(session, event, actor, CONFIG.briefings, now=desk.now)
    return event_id


async def tap(desk: Chat, wire: str) -> None:
    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.TAP, None)

    await desk.run(routed, tap=parse(wire))


async def say(desk: Chat, line: str) -> None:
    async def routed(turn: Turn) -> None:
        await route(turn, UpdateKind.TEXT, None)

    await desk.run(routed, text=line, message_id=78)


async def sent_version(desk: Chat) -> None:
    """The newest version, as if it had gone out."""
    async with desk.db.begin() as session:
        found = await session.exec(select(Briefing).order_by(col(Briefing.version).desc()))
        newest = found.all()[0]
        newest.status, newest.distributed_at = BriefingStatus.DISTRIBUTED, desk.now
        newest.approved_at = desk.now


async def first_button(desk: Chat) -> str:
    return (await desk.buttons())[0].data or ""


async def typed_facts(desk: Chat) -> list[Fact]:
    """Without the questions that every event opens with."""
    return [fact for fact in await desk.all(Fact) if fact.kind is not FactKind.UNKNOWN]


async def test_a_line_becomes_a_fact_of_the_event_it_was_typed_for(desk: Chat) -> None:
    other, event_id = await a_running_event(desk), await a_running_event(desk)
    asked = []
    for number, line in ((other, FACT), (event_id, "De Testlaan is dicht."), (event_id, FACT)):
        await tap(desk, f"fadd:{number}")
        await say(desk, line)
        asked.append(await first_button(desk))
    for old in asked[:2]:
        await tap(desk, old)
        assert desk.toast == OLD_BUTTON
    assert await typed_facts(desk) == []
    await tap(desk, asked[2])
    [fact] = await typed_facts(desk)
    assert (fact.event_id, fact.text, fact.source_name) == (event_id, FACT, "politie")


async def test_a_measure_belongs_to_the_event_it_was_typed_for(desk: Chat) -> None:
    other, event_id = await a_running_event(desk), await a_running_event(desk)
    answers = ("De Testlaan is dicht.", "verkeer", "Testlaan", "nu tot morgen", "gemeente")
    await tap(desk, f"fmea:{other}")
    for answer in answers:
        await say(desk, answer)
    old = await first_button(desk)
    await tap(desk, f"fmea:{event_id}")
    await say(desk, answers[0])
    await tap(desk, old)
    assert desk.toast == OLD_BUTTON
    for answer in answers[1:]:
        await say(desk, answer)
    await tap(desk, old)
    assert (desk.toast, await typed_facts(desk)) == (OLD_BUTTON, [])
    await tap(desk, await first_button(desk))
    [fact] = await typed_facts(desk)
    assert (fact.event_id, fact.measure["decided_by"]) == (event_id, "gemeente")


async def test_a_button_of_an_older_version_does_nothing_to_the_newer(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    async with desk.db.begin() as session:
        event = await session.get_one(Event, event_id)
        first = (await session.exec(select(Briefing))).one()
        first.status, first.distributed_at = BriefingStatus.DISTRIBUTED, desk.now
        await draft_briefing(
            session, event, kind=BriefingKind.UPDATE, settings=CONFIG.briefings, editor_id=None,
            now=desk.now,
        )  # fmt: skip
    for verb in ("submit", "drop"):
        await tap(desk, f"{verb}:{event_id}:1")
        assert desk.toast == texts.OLD_VERSION
        await tap(desk, f"{verb}:{event_id}")
        assert desk.toast == OLD_BUTTON
    assert [b.status for b in await desk.all(Briefing)][1] is BriefingStatus.DRAFT
    await tap(desk, f"drop:{event_id}:2")
    assert [b.status for b in await desk.all(Briefing)][1] is BriefingStatus.WITHDRAWN


async def test_a_draft_that_was_handed_in_is_no_draft_to_withdraw(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    async with desk.db.begin() as session:
        (await session.exec(select(Briefing))).one().status = BriefingStatus.SUBMITTED
    await tap(desk, f"drop:{event_id}:1")
    assert desk.toast == texts.REFUSALS["not_draft"]
    assert [b.status for b in await desk.all(Briefing)] == [BriefingStatus.SUBMITTED]


async def test_postponing_what_was_decided_is_answered_as_too_late(desk: Chat) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"snooze:{event_id}:30")
    assert desk.toast == TOO_LATE
    [event] = await desk.all(Event)
    assert event.snoozed_until is None


async def test_the_sentence_taken_over_is_the_one_that_was_shown(desk: Chat) -> None:
    event_id = await a_running_event(desk)

    async def publish(number: int, title: str) -> None:
        async with desk.db.begin() as session:
            at = desk.now + timedelta(minutes=number)
            session.add(
                Item(
                    source_id=1, guid=str(number), title=title, link="https://omroep.example/",
                    event_id=event_id, published_at=at, first_seen_at=at, polled_at=at,
                    content_hash=str(number),
                )
            )  # fmt: skip

    async with desk.db.begin() as session:
        session.add(
            Source(
                id=1, key="omroep", name="Omroep", url="https://omroep.example/rss",
                trust=Trust.REGIONAL, next_poll_at=desk.now,
            )
        )  # fmt: skip
    await publish(1, "Twee gewonden bij schietpartij in Klarendal")
    await tap(desk, f"facts:{event_id}")
    shown = await first_button(desk)
    await publish(2, "Schietpartij in Klarendal, straat is afgezet")
    await tap(desk, f"fprop:{event_id}:0")
    assert desk.toast == texts.OLD_CHOICE
    await tap(desk, shown)
    [fact] = await typed_facts(desk)
    assert fact.text == "Twee gewonden bij schietpartij in Klarendal."
    # The time of the news, not that of the tap.
    assert fact.source_at == desk.now + timedelta(minutes=1)
    assert fact.source_link == "https://omroep.example/"


async def test_an_approver_takes_back_in_the_chat_and_the_others_hear_of_it(
    evening: Evening,
) -> None:
    await approved(evening)
    user, subject = evening.approver, "het aantal mensen"
    mark = user.last_id
    await user.press("Intrekken")
    await user.press(FACT[:20], after=mark)
    await user.see("onderwerp", after=mark)
    await user.say(subject)
    await user.press("Trek nu in", after=mark)
    await user.see("Ingetrokken", after=mark)
    await evening.coordinator.see(lambda m: "Ingetrokken" in m.text and subject in m.text)
    await evening.teacher.see(lambda m: "ngetrokken" in m.text, timeout_s=15)
    async with evening.house.db.read() as session:
        found = await session.exec(select(Briefing).order_by(col(Briefing.version)))
        first, second = found.all()
    assert (first.status, second.kind) == (BriefingStatus.RETRACTED, BriefingKind.RETRACTION)


async def test_only_what_was_sent_can_be_taken_back_and_only_after_asking_once_more(
    desk: Chat,
) -> None:
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    await tap(desk, await first_button(desk))
    await tap(desk, f"retr:{event_id}")
    assert desk.toast == texts.NOTHING_SENT
    await sent_version(desk)
    await tap(desk, f"retr:{event_id}")
    await tap(desk, await first_button(desk))
    await say(desk, "het aantal mensen")
    sure = await first_button(desk)
    await tap(desk, f"retr0:{event_id}")
    await tap(desk, sure)
    assert desk.toast == OLD_BUTTON
    assert (await typed_facts(desk))[0].withdrawn_at is None


async def test_in_the_night_the_chat_offers_the_morning(
    desk: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BriefingSettings, "unverified", lambda self, today: [])
    event_id = await a_running_event(desk)
    async with desk.db.begin() as session:
        event = await session.get_one(Event, event_id)
        event.severity, event.send_before = 3, desk.now + timedelta(hours=13)
        later = event.send_before
        reader = await session.get_one(Person, desk.person_id)
        reader.audiences = ["docent_vo_mbo"]
        actor = await load_actor(session, desk.person_id or 0)
        assert actor is not None
        await set_next_update(
            session, event_id, later + timedelta(hours=1), editor_id=actor.person_id, now=desk.now
        )
        await prepare(session, event, actor, CONFIG.briefings, now=desk.now)
        version = await current_briefing(session, event_id)
        assert version is not None
        submitted = await submit(
            session, version, actor, BriefingSettings(), now=desk.now, is_knowing=True
        )
        assert isinstance(submitted, Submitted), submitted
    mark = submitted.content_hash[:HASH_PART]
    await tap(desk, f"ap1:{version.id}:{mark}")
    labels = [button.text for button in await desk.buttons()]
    assert f"Ja, verzenden om {clock(later)}" in labels
    await tap(desk, (await desk.buttons())[1].data or "")
    [sent] = await desk.all(Briefing)
    assert (sent.status, sent.send_at) == (BriefingStatus.APPROVED, later)
    # The approver is no coordinator here: whoever let it go may stop it, until it goes.
    async with desk.db.begin() as session:
        await revoke(session, desk.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=desk.now)
        await grant(session, desk.person_id or 0, Role.APPROVER, who=SYSTEM, now=desk.now)
    await tap(desk, f"brks:{event_id}:{version.id}")
    waiting = [m for m in await desk.all(Message) if m.briefing_id == version.id]
    assert {m.status for m in waiting} == {MessageStatus.HALTED}
    await tap(desk, f"brkx:{event_id}:{version.id}")
    waiting = [m for m in await desk.all(Message) if m.briefing_id == version.id]
    assert {m.status for m in waiting} == {MessageStatus.CANCELLED}


@pytest.mark.parametrize("verb", ["brks", "brkg", "brkx", "unk", "resend"])
async def test_a_button_cannot_reach_the_text_of_another_event(desk: Chat, verb: str) -> None:
    event_id, other = await a_running_event(desk), await a_running_event(desk)
    [mine] = [one for one in await desk.all(Briefing) if one.event_id == event_id]
    await tap(desk, f"{verb}:{other}:{mine.id}")
    assert desk.toast == OLD_BUTTON


async def test_status_tells_how_the_sending_stands_and_which_part_stands_still(
    evening: Evening,
) -> None:
    await approved(evening)
    async with evening.house.db.begin() as session:
        session.add(
            Heartbeat(name="poller_of_yesterday", at=evening.house.clock() - timedelta(hours=1))
        )
    mark = evening.coordinator.last_id
    await evening.coordinator.say("/status")
    told = await evening.coordinator.see("poller_of_yesterday staat stil", after=mark)
    assert "verzonden" in told.text
    assert "van" in told.text
