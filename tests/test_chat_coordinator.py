"""Taps and lines of a coordinator count for the event and version they were meant for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.chat.texts import OLD_BUTTON, TOO_LATE
from bot.evening.approving import HASH_PART
from bot.evening.starting import prepare
from bot.rows import Heartbeat
from briefings.approval import Submitted, submit
from briefings.drafting import current_briefing, draft_briefing
from briefings.facts import set_next_update
from briefings.moments import clock
from briefings.rows import Briefing, BriefingKind, BriefingStatus, Fact, FactKind
from briefings.settings import BriefingSettings
from contacts.directory import Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import Message, MessageStatus
from contacts.people import grant, revoke
from contacts.permissions import load_actor
from contacts.records import Database
from feeds.rows import Event, Item, Source
from feeds.standing import Trust
from tests.console_world import a_colleague
from tests.coordinating import FACT, a_running_event, approved, say, tap
from tests.flow_world import Evening, an_evening
from tests.partner_world import CONFIG, Chat, a_coordinator


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(tmp_path) as started:
        yield started


@pytest.fixture
async def desk(db: Database, now: datetime) -> Chat:
    """A coordinator's chat on a real store, without a house around it."""
    return await a_coordinator(db, now)


async def sent_version(desk: Chat) -> None:
    """The newest version, as if it had gone out."""
    async with desk.db.begin() as session:
        found = await session.exec(select(Briefing).order_by(col(Briefing.version).desc()))
        newest = found.all()[0]
        newest.status, newest.distributed_at = BriefingStatus.DISTRIBUTED, desk.now
        newest.approved_at = desk.now


async def a_sent_text(desk: Chat) -> int:
    """A running event with one sure fact in a text that went out; returns its number."""
    event_id = await a_running_event(desk)
    await tap(desk, f"fadd:{event_id}")
    await say(desk, FACT)
    await tap(desk, await first_button(desk))
    await sent_version(desk)
    return event_id


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
    assert [b.status for b in await desk.all(Briefing)][1] is BriefingStatus.DRAFT
    await tap(desk, f"drop:{event_id}:2:1")
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


@pytest.mark.parametrize("verb", ["retr", "corr"])
async def test_taking_back_and_correcting_can_be_left_at_the_first_question(
    desk: Chat, verb: str
) -> None:
    event_id = await a_sent_text(desk)
    before = len(await desk.all(Briefing))
    await tap(desk, f"{verb}:{event_id}")
    await desk.press("Toch niet")
    assert await desk.text() == "Goed. Er is niets veranderd en er gaat niets uit."
    assert len(await desk.all(Briefing)) == before


async def test_where_an_approver_takes_back_that_is_said_before_anything_is_asked(
    desk: Chat,
) -> None:
    event_id = await a_sent_text(desk)
    async with desk.db.begin() as session:
        (await session.get_one(Event, event_id)).severity = 4
    await tap(desk, f"retr:{event_id}")
    assert "Er staat geen goedkeurder op de lijst." in await desk.text()
    async with desk.db.begin() as session:
        other = await session.get_one(
            Person, await a_colleague(session, "Goedkeurder", (Role.APPROVER,), desk.now)
        )
        other.phone = "026 1234"
    await tap(desk, f"retr:{event_id}")
    assert "• Goedkeurder, 026 1234" in await desk.text()
    async with desk.db.begin() as session:
        await grant(session, desk.person_id or 0, Role.APPROVER, who=SYSTEM, now=desk.now)
    await tap(desk, f"retr:{event_id}")
    assert "zonder goedkeuring vooraf" in await desk.text()


async def test_taking_back_says_what_it_does_and_to_whom(desk: Chat) -> None:
    event_id = await a_sent_text(desk)
    await tap(desk, f"retr:{event_id}")
    text = await desk.text()
    assert "Iedereen die de tekst kreeg, leest dan: gebruik hem niet meer." in text
    assert "zonder goedkeuring vooraf" in text
    assert "Kies dan Correctie op de kaart" in text


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
    await tap(desk, f"ap4:{version.id}:{mark}")
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
    card = await evening.coordinator.see("☑ bevestigd", after=mark)
    assert card.message_id > told.message_id, "people go on with the card, so it comes last"
