"""After a draft was withdrawn the next text can be written, at the desk and in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.evening.texts import WRITE_TEXTS
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.coordinating import a_running_event, tap
from tests.partner_world import Chat, a_coordinator


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def seen(page: str) -> str:
    return page.split('name="gezien" value="')[1].split('"', maxsplit=1)[0]


async def versions(desk: Desk) -> list[tuple[int, BriefingKind, BriefingStatus]]:
    rows = [one for one in await desk.rows(Briefing) if one.event_id == desk.number]
    return [(one.version, one.kind, one.status) for one in rows]


@pytest.mark.parametrize("at", ["teksten", "teksten?versie=1"])
async def test_at_the_desk_the_first_texts_are_written_anew(desk: Desk, at: str) -> None:
    await desk.fact()
    assert WRITE_TEXTS not in await desk.page("teksten")
    await desk.press("intrekken", versie=1)
    page = await desk.page(at)
    assert WRITE_TEXTS in page
    begun = await desk.press("nieuwe-versie", soort="update", gezien=seen(page))
    assert begun.status_code == 303
    assert (await versions(desk))[1] == (2, BriefingKind.FIRST, BriefingStatus.DRAFT)
    again = await desk.page("teksten")
    assert WRITE_TEXTS not in again
    assert "Ter goedkeuring" in again


async def test_at_the_desk_what_went_out_can_still_be_followed_and_taken_back(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    await desk.press("nieuwe-versie", soort="update")
    await desk.press("intrekken", versie=2)
    page = await desk.page("teksten")
    for words in ("Update schrijven", "Correctie beginnen", "Schadelijk?"):
        assert words in page
        assert words not in await desk.page("teksten?versie=2")
    begun = await desk.press("nieuwe-versie", soort="update", gezien=seen(page))
    assert begun.status_code == 303
    assert (await versions(desk))[2] == (3, BriefingKind.UPDATE, BriefingStatus.DRAFT)


@pytest.fixture
async def phone(db: Database, now: datetime) -> Chat:
    """A coordinator's chat, with the first texts as a draft."""
    chat = await a_coordinator(db, now)
    await a_running_event(chat)
    return chat


@pytest.mark.parametrize("button", ["ecard:1", "texts:1", "rcpt:1"])
async def test_in_the_chat_the_first_texts_are_written_anew(phone: Chat, button: str) -> None:
    await tap(phone, "drop:1:1:1")
    assert (await phone.labels())[0] == WRITE_TEXTS
    await tap(phone, button)
    labels = await phone.labels()
    assert WRITE_TEXTS in labels
    assert {texts.TEXTS, texts.RECIPIENTS}.isdisjoint(labels)
    await tap(phone, "upd:1")
    async with phone.db.read() as session:
        found = (await session.exec(select(Briefing).order_by(col(Briefing.version)))).all()
    assert [(one.kind, one.status) for one in found] == [
        (BriefingKind.FIRST, BriefingStatus.WITHDRAWN),
        (BriefingKind.FIRST, BriefingStatus.DRAFT),
    ]
    labels = await phone.labels()
    assert {texts.TEXTS, texts.RECIPIENTS} <= {*labels}
    assert texts.TAKE_BACK not in labels  # nothing was ever sent
