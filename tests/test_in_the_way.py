"""A draft that is in the way, and what is said before it is withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.evening.withdrawing_said import what_went_out
from bot.rows import Conversation
from briefings.drafting import draft_briefing
from briefings.rows import Briefing, BriefingKind, BriefingStatus, Fact
from contacts.directory import Audience
from contacts.journal import JournalEntry
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import FACT, Desk, a_desk
from tests.coordinating import a_running_event, tap
from tests.partner_world import CONFIG, Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    """A coordinator's chat: the first text went out, and an update is a draft."""
    chat = await a_coordinator(db, now)
    event_id = await a_running_event(chat)
    async with db.begin() as session:
        event = await session.get_one(Event, event_id)
        first = (await session.exec(select(Briefing))).one()
        first.status, first.distributed_at = BriefingStatus.DISTRIBUTED, now
        first.approved_at = now
        await draft_briefing(
            session, event, kind=BriefingKind.UPDATE, settings=CONFIG.briefings, editor_id=None,
            now=now,
        )  # fmt: skip
    return chat


async def newest(phone: Chat) -> BriefingStatus:
    async with phone.db.read() as session:
        found = await session.exec(select(Briefing).order_by(col(Briefing.version).desc()))
        return found.first().status


@pytest.mark.parametrize("button", ["corr:1", "corr2:1:alles"])
async def test_a_draft_in_the_way_is_said_before_anything_is_asked(
    phone: Chat, button: str
) -> None:
    await tap(phone, button)
    assert "Er staat nog een ander concept open (update)." in await phone.text()
    assert await phone.labels() == [texts.WITHDRAW]
    async with phone.db.read() as session:
        assert (await session.exec(select(Conversation))).all() == []


async def test_while_approvers_read_it_the_way_back_is_named(phone: Chat) -> None:
    async with phone.db.begin() as session:
        found = await session.exec(select(Briefing).where(col(Briefing.version) == 2))
        found.one().status = BriefingStatus.SUBMITTED
    await tap(phone, "corr:1")
    said = await phone.text()
    assert "ligt nog een concept ter goedkeuring (update)" in said
    assert "[Terug met opmerking]" in said
    assert await phone.labels() == []


async def test_withdrawing_a_draft_is_asked_once_with_what_went_out(phone: Chat) -> None:
    await tap(phone, "drop:1:2")
    assert await newest(phone) is BriefingStatus.DRAFT
    assert "Al verzonden, en dat blijft zo: docenten basisonderwijs" in await phone.text()
    assert await phone.labels() == [texts.WITHDRAW_SURE, texts.NOT_AFTER_ALL]
    await tap(phone, "drop:1:2:1")
    assert await newest(phone) is BriefingStatus.WITHDRAWN
    said = await phone.text()
    assert "is ingetrokken. Al verzonden, en dat blijft zo:" in said
    assert "niets verzonden" not in said


def _version(number: int, status: BriefingStatus, audiences: list[str] | None) -> Briefing:
    at = datetime.fromisoformat("2026-03-03T17:42:00+01:00")
    return Briefing(
        id=number, event_id=1, version=number, kind=BriefingKind.FIRST, status=status,
        facts_version=1, edited_at=at, created_at=at, audiences=audiences,
    )  # fmt: skip


def test_who_got_nothing_is_named_when_a_part_is_withdrawn() -> None:
    part = [one.value for one in Audience if one is not Audience.POLICE_DISTRICT]
    sent = _version(1, BriefingStatus.DISTRIBUTED, part)
    rest = _version(2, BriefingStatus.DRAFT, [Audience.POLICE_DISTRICT.value])
    assert what_went_out(rest, [sent, rest]) == (
        "Al verzonden, en dat blijft zo: docenten basisonderwijs, docenten vo en mbo, "
        "schoolleiding, jongerenwerk en welzijn, religieuze en culturele organisaties, ouders. "
        "Nog niets kregen: politie en wijkteams."
    )
    assert what_went_out(rest, [rest]) == "Er is niets verzonden."


async def test_at_the_desk_it_is_asked_too_and_the_page_does_not_say_that_nothing_was_sent(
    desk: Desk,
) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    page = await desk.page("teksten")
    assert "Ja, concept intrekken" in page
    assert "Al verzonden, en dat blijft zo: docenten basisonderwijs" in page
    gone = await desk.press("intrekken", versie=2)
    after = (await desk.web.get(gone.headers["location"])).text
    assert "Het concept is ingetrokken. Wat al verzonden was, blijft verzonden." in after


async def test_the_evaluation_counts_no_correction_that_never_went(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    facts = [one for one in await desk.rows(Fact) if one.text == FACT]
    await desk.press("correctie", feit=facts[0].id, onderwerp="het onderzoek")
    await desk.press("intrekken", versie=2)
    assert "waarvan 0 correcties" in await desk.page("evaluatie")


async def test_who_pressed_stop_reads_that_it_was_them(desk: Desk) -> None:
    await desk.fact()
    await desk.press("indienen", versie=1)
    bound = next(one for one in await desk.rows(Briefing) if one.event_id == desk.number)
    later = (desk.world.now + timedelta(hours=1, minutes=30)).strftime("%H.%M")
    await desk.press("goedkeuren", gelezen=bound.content_hash, tijd=later)
    await desk.press("stoppen", versie=1)
    assert "<strong>Gestopt:</strong> door u." in await desk.page("verzenden")
    async with desk.world.db.begin() as session:
        found = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "message_halted")
        )
        for entry in found.all():
            entry.actor = "person:99"
    assert "<strong>Gestopt:</strong> door een collega." in await desk.page("verzenden")
