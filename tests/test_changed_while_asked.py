"""A fact that changes while a version lies with the approvers: they read which, and may ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.card import card_view, refresh_live
from bot.chat.shown import shown_form
from bot.evening import asking_again
from bot.evening.approving import ask_approvers
from bot.evening.writing import NewFact, Stored, redraft, store_fact
from briefings.approval import Submitted, approve, submit
from briefings.drafting import current_briefing
from briefings.endings import voided
from briefings.facts import facts_of, withdraw_fact
from briefings.rows import Briefing, BriefingStatus, FactKind
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.people import grant, revoke
from contacts.permissions import load_actor
from contacts.records import Database
from feeds.rows import Event
from tests.approving import handed_in
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import Desk, a_desk

SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)
NEWS = "De Testlaan is dicht."


async def asked(db: Database) -> tuple[Cast, int]:
    """A version with the approver; returns the delivery of the question."""
    async with db.begin() as session:
        cast, briefing, _ = await handed_in(session)
        await ask_approvers(session, cast.event, briefing, cast.writer, SETTINGS, now=NOW)
        await session.exec(update(Delivery).values(status=DeliveryStatus.SENT))
        found = await session.exec(
            select(Delivery.id)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.APPROVAL)
        )
        return cast, found.one() or 0


async def changed(db: Database, cast: Cast, *, at: datetime = SOON) -> None:
    """The writer adds one sentence and takes another away."""
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        fact = NewFact(FactKind.CONFIRMED, NEWS, "gemeente")
        stored = await store_fact(session, event, cast.writer, fact, SETTINGS, allow=(), now=at)
        assert isinstance(stored, Stored), stored
        old = (await facts_of(session, event.id or 0)).confirmed[1]
        await withdraw_fact(session, old.id or 0, editor_id=cast.writer.person_id, now=at)


async def shown(db: Database, delivery: int, *, at: datetime) -> TelegramForm:
    async with db.begin() as session:
        await refresh_live(session, now=at)
    async with db.read() as session:
        form = await shown_form(session, delivery)
    assert form is not None
    return form


def labels(form: TelegramForm) -> list[str]:
    return [button.text for row in form.buttons for button in row]


async def test_the_question_says_which_facts_changed_and_loses_approve(db: Database) -> None:
    cast, question = await asked(db)
    assert texts.APPROVE in labels(await shown(db, question, at=SOON))
    await changed(db, cast)
    form = await shown(db, question, at=LATER)
    assert f"Nieuw: {NEWS}" in form.text
    assert "Weg: Er is nu geen gevaar voor de buurt." in form.text
    assert labels(form) == [approved_texts.READ_NEW, approved_texts.ASK_AGAIN]


async def test_the_old_words_cannot_be_approved(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing, seen = await handed_in(session)
    await changed(db, cast)
    async with db.begin() as session:
        briefing = await session.get_one(Briefing, briefing.id)
        done = await approve(
            session, briefing, cast.approver, SETTINGS, expected_hash=seen, now=LATER
        )
    assert done.reason == "not_submitted"


async def test_the_approver_asks_once_and_the_writer_hears_how(db: Database) -> None:
    cast, question = await asked(db)
    await changed(db, cast)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        assert await asking_again.ask_again(session, event, cast.approver, now=LATER) == 1
        again = await asking_again.ask_again(session, event, cast.approver, now=LATER)
        assert again == approved_texts.ASKED_ALREADY.format(clock="18.15")
        found = await session.exec(
            select(Message).where(col(Message.kind) == MessageKind.NOTICE).order_by(col(Message.id))
        )
        form = Content.from_json(found.all()[-1].content).telegram
    assert form is not None
    assert f"Nieuw: {NEWS}" in form.text
    assert labels(form) == [texts.TEXTS, texts.SUBMIT]
    after = await shown(db, question, at=LATER + timedelta(minutes=1))
    assert "Gevraagd om 18.15 uur." in after.text
    assert labels(after) == [approved_texts.READ_NEW]


async def test_handed_in_again_there_is_nothing_left_to_ask(db: Database) -> None:
    cast, _ = await asked(db)
    await changed(db, cast)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        text, _ = await card_view(session, event)
        assert f"Nieuw: {NEWS}" in text
        draft = await current_briefing(session, event.id or 0)
        assert draft is not None
        assert draft.status is BriefingStatus.DRAFT
        await asking_again.ask_again(session, event, cast.approver, now=LATER)
        await redraft(session, event, cast.writer, SETTINGS, now=LATER)
        bound = await submit(session, draft, cast.writer, SETTINGS, now=LATER)
        assert isinstance(bound, Submitted), bound
        assert await voided(session, draft) is None
        text, _ = await card_view(session, event)
        assert NEWS not in text
        refused = await asking_again.ask_again(session, event, cast.approver, now=LATER)
    assert refused == approved_texts.NOTHING_TO_ASK


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_says_it_to_the_writer_and_to_the_approver(desk: Desk) -> None:
    await desk.fact()
    assert (await desk.press("indienen", versie=1)).status_code == 303
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        actor = await load_actor(session, desk.world.staff_id)
        assert actor is not None
        at = desk.world.now
        handed_in_at = update(JournalEntry).values(at=at - timedelta(minutes=5))
        await session.exec(handed_in_at.where(col(JournalEntry.action) == "briefing_submitted"))
        fact = NewFact(FactKind.CONFIRMED, NEWS, "gemeente")
        await store_fact(session, event, actor, fact, SETTINGS, allow=(), now=at)
    for tab in ("verzenden", "teksten", "feiten"):
        page = await desk.page(tab)
        assert "Deze tekst lag ter goedkeuring, en nu niet meer." in page, tab
        assert f"<strong>Nieuw:</strong> {NEWS}" in page, tab
        assert "dien ze opnieuw in" in page, tab
        assert approved_texts.ASK_AGAIN not in page, tab
    async with desk.world.db.begin() as session:
        await grant(session, actor.person_id, Role.APPROVER, who=SYSTEM, now=at)
        await revoke(session, actor.person_id, Role.COORDINATOR, who=SYSTEM, now=at)
    assert approved_texts.ASK_AGAIN in await desk.page("verzenden")
    done = await desk.press("vraag-indienen")
    assert done.headers["location"].endswith("asked_back_nobody")
    # Nobody heard it, so it can still be asked.
    page = await desk.page("verzenden")
    assert "Gevraagd " not in page
    assert approved_texts.ASK_AGAIN in page
