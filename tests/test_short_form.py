"""The chat is short: at the preview the coordinator reads which facts it leaves to the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.text_forms import as_many
from bot.chat.coordinator.texts_flow import LEFT_OUT_EACH, LEFT_OUT_ROOM
from bot.chat.render import render
from bot.evening.writing import redraft
from briefings.drafting import draft_briefing, texts_of
from briefings.facts import add_fact
from briefings.rows import BriefingKind, BriefingText, Fact, FactKind
from briefings.short_form import LeftOut, left_out, left_out_of
from contacts.directory import Audience
from contacts.outbox import Content, Message
from contacts.permissions import load_actor
from contacts.records import Database
from feeds.rows import Event
from tests.approving import a_draft
from tests.briefings_cast import NOW, SETTINGS
from tests.console_desk import Desk, a_desk
from tests.coordinating import a_running_event, tap
from tests.partner_world import CONFIG, a_coordinator

SENTENCES = (
    "De politie is in de wijk en praat met bewoners over wat er is gebeurd.",
    "De straat is dicht voor auto's en fietsers tot het onderzoek klaar is.",
    "De gemeente praat vanavond met scholen en met buurthuizen in de wijk.",
    "De burgemeester komt vanavond naar het buurthuis om te luisteren.",
)
LATER = NOW + timedelta(hours=1)


async def told(session: AsyncSession, event_id: int, *, now: datetime) -> None:
    for text in SENTENCES:
        stored = await add_fact(
            session, event_id, kind=FactKind.CONFIRMED, text=text, source_name="politie",
            source_at=now, editor_id=1, now=now,
        )  # fmt: skip
        assert isinstance(stored, Fact), stored


async def test_facts_that_do_not_fit_are_named(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await a_draft(session)
        event_id = cast.event.id or 0
        await told(session, event_id, now=NOW)
        briefing = await draft_briefing(
            session, cast.event, kind=BriefingKind.FIRST, settings=SETTINGS,
            editor_id=cast.writer.person_id, now=NOW,
        )  # fmt: skip
        drafts = await texts_of(session, briefing.id or 0)
        found = await left_out_of(session, briefing, drafts)
        for text in drafts:
            gone = found[text.audience]
            assert gone.earlier == 0
            assert SENTENCES[-1] in gone.sentences
            assert all(line in text.plain for line in gone.sentences)
            assert not any(line in text.telegram for line in gone.sentences)


def a_text(page: str, chat: str, template: str = "arrestatie/ouders") -> BriefingText:
    return BriefingText(
        briefing_id=1, audience=Audience.PARENTS, template=template, template_version="1.0",
        subject="", telegram=chat, html="", plain=page, words=1,
    )  # fmt: skip


def a_fact(text: str, at: datetime = NOW) -> Fact:
    return Fact(event_id=1, kind=FactKind.CONFIRMED, text=text, created_at=at)


def test_what_stands_in_both_or_in_neither_is_not_left_out() -> None:
    text = a_text("- Eén & twee. (politie)\n- Drie.", "<b>Kop</b>\nEén &amp; twee. <i>(x)</i>")
    facts = [a_fact("Eén & twee."), a_fact("Drie."), a_fact("Vier.")]
    assert left_out(text, facts, None) == LeftOut(("Drie.",), 0)


def test_what_readers_had_before_is_only_counted() -> None:
    text = a_text("- Een.\n- Twee.", "<b>Kop</b>")
    facts = [a_fact("Een."), a_fact("Twee.", LATER)]
    assert left_out(text, facts, NOW) == LeftOut(("Twee.",), 1)


def test_a_shared_form_leaves_nothing_out() -> None:
    text = a_text("- Een.", "<b>Geen nieuws</b>", template="gedeeld/no_news")
    assert left_out(text, [a_fact("Een.")], None) == LeftOut()


async def test_the_preview_in_the_chat_names_them(db: Database, now: datetime) -> None:
    phone = await a_coordinator(db, now)
    event_id = await a_running_event(phone)
    async with db.begin() as session:
        await told(session, event_id, now=now)
        event, actor = await session.get_one(Event, event_id), await load_actor(session, 1)
        assert actor is not None
        await redraft(session, event, actor, CONFIG.briefings, now=now)
    await tap(phone, f"text:1:{list(Audience).index(Audience.PARENTS)}")
    shown = [Content.from_json(one.content).telegram for one in await phone.all(Message)]
    heads = [one.text for one in shown if one and "Zo komt het aan: Ouders" in one.text]
    assert "<b>Niet in Telegram, wel in de hele tekst:</b>\n· " in heads[-1]
    assert f"· {SENTENCES[-1]}" in heads[-1]


def test_what_is_named_over_a_preview_has_a_limit() -> None:
    lines = [f"Feit {number} {'woord ' * 250}" for number in range(7)]
    shown, more = as_many(lines, LEFT_OUT_ROOM, LEFT_OUT_EACH)
    assert (len(shown), more) == (5, 2)
    assert all(line.endswith("woord …") and len(line) <= 302 for line in shown)
    head = render(
        "coordinator/preview_head.html", draft=a_text("", ""), label="Ouders", is_before=True,
        left_out=LeftOut(tuple(lines)), named=shown, more=more,
    )  # fmt: skip
    assert "· En nog 2 regels: op de werkpagina, bij Teksten" in head
    assert len(head) < 2000


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_names_them_under_the_chat(desk: Desk) -> None:
    await desk.fact(SENTENCES[0])
    assert "Niet in Telegram" not in await desk.page("teksten")
    for line in SENTENCES[1:]:
        await desk.fact(line)
    page = await desk.page("teksten")
    assert "<strong>Niet in Telegram, wel op de pagina:</strong></p><ul><li>" in page
    assert f"<li>{SENTENCES[-1]}</li></ul>" in page
