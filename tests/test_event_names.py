"""An event has one name for who coordinates it, in the chat, in mail and at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.coordinator.card import card_view
from bot.console.needs import title_of
from bot.console.today import read_titles
from bot.evening.approving import request_view
from bot.event_names import name_of
from briefings.drafting import current_briefing, texts_of
from briefings.facts import set_context
from briefings.rows import FactBlock
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from tests.console_desk import Desk, a_desk

NAME = "Onrust bij een voorbeeldplein"


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as made:
        yield made


async def test_card_request_and_pages_name_an_event_alike_and_the_subject_stays_neutral(
    desk: Desk,
) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        await set_context(session, desk.number, editor_id=1, now=desk.world.now, neutral_title=NAME)
        card, _ = await card_view(session, event)
        briefing = await current_briefing(session, desk.number)
        assert briefing is not None
        briefing.content_hash = "0" * 64
        request, _ = await request_view(session, event, briefing, now=desk.world.now)
        title = title_of(await read_titles(session), desk.number)
        texts = await texts_of(session, briefing.id or 0)
    assert card.startswith(f"<b>{NAME} · ernst 3</b>")
    assert f"<b>Lezen en goedkeuren · {NAME}</b>" in request
    assert title == NAME
    for page in ("/", f"/gebeurtenis/{desk.number}", f"/gebeurtenis/{desk.number}/feiten"):
        assert NAME in (await desk.web.get(page)).text
    assert not any(NAME in text.subject for text in texts)


async def test_without_facts_the_name_is_the_headline_with_names_masked(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        event = Event(
            title="Onderzoek naar Karel de Jong", type="algemeen", origin=Origin.FEED,
            detected_at=desk.world.now, status=EventStatus.DETECTED,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        name = await name_of(session, event)
        blocks = await session.exec(select(FactBlock).where(col(FactBlock.event_id) == event.id))
        assert blocks.first() is None
    assert name.startswith("Onderzoek naar")
    assert "Karel" not in name
