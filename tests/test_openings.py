"""Approval is somebody who reads: what was not opened is said once, and nobody is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.config import Config
from bot.tidying import forget_what_is_over
from briefings.drafting import texts_of
from briefings.openings import KEEP_OPENINGS, not_opened, note_opened
from briefings.rows import Briefing, BriefingStatus, BriefingText, TextOpening
from contacts.directory import Audience
from contacts.records import Database
from signals.settings import SignalSettings
from tests import partner_world
from tests.briefings_cast import SETTINGS
from tests.console_desk import Desk, a_desk
from tests.test_console_stale import submitted
from tests.test_part_flow import versions, waiting

ALL = list(Audience)


@pytest.fixture(autouse=True)
def checked_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real event goes out only with lines that somebody checked."""
    monkeypatch.setattr(partner_world, "CONFIG", Config(briefings=SETTINGS))


async def test_who_opened_nothing_is_asked_once_and_goes_on_with_one_tap_more(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    await phone.press(texts.APPROVE)
    assert "U hebt geen van de 7 teksten geopend." in await phone.text()
    assert texts.READ_ONE.format(name="Ouders") in await phone.labels()
    await phone.press(texts.UNREAD_GO)
    assert texts.APPROVE_SURE in await phone.labels()
    await phone.press(texts.APPROVE_SURE)
    [version] = await versions(phone)
    assert version.status is BriefingStatus.DISTRIBUTED
    assert await phone.all(TextOpening) == []


async def test_what_was_opened_has_a_tick_and_only_the_rest_is_named(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    [version] = await versions(phone)
    await opened(phone.db, version, phone.person_id or 0, ALL[:4], now)
    await phone.press(texts.APPROVE)
    said = await phone.text()
    assert "U hebt 3 van de 7 teksten niet geopend." in said
    assert "☑ Docent PO" in said
    assert "☐ Ouders" in said


async def test_who_opened_all_is_asked_nothing_more(db: Database, now: datetime) -> None:
    phone = await waiting(db, now)
    [version] = await versions(phone)
    await opened(phone.db, version, phone.person_id or 0, ALL, now)
    await phone.press(texts.APPROVE)
    assert texts.APPROVE_SURE in await phone.labels()


async def test_opening_a_text_on_a_phone_counts(db: Database, now: datetime) -> None:
    phone = await waiting(db, now)
    await phone.press(texts.APPROVE)
    await phone.press(texts.READ_ONE.format(name="Ouders"))
    assert [row.audience for row in await phone.all(TextOpening)] == [Audience.PARENTS]


async def test_other_words_are_another_text(db: Database, now: datetime) -> None:
    phone = await waiting(db, now)
    [version] = await versions(phone)
    reader = phone.person_id or 0
    await opened(phone.db, version, reader, ALL, now)
    async with db.begin() as session:
        text = (await session.exec(select(BriefingText).limit(1))).one()
        text.plain += "\nNog een zin."
        session.add(text)
    async with db.read() as session:
        drafts = await texts_of(session, version.id or 0)
        assert await not_opened(session, version, drafts, reader) == [text.audience]


async def test_what_never_was_approved_is_forgotten_after_a_month(
    db: Database, now: datetime
) -> None:
    phone = await waiting(db, now)
    [version] = await versions(phone)
    await opened(phone.db, version, phone.person_id or 0, ALL[:1], now)
    for later, left in ((KEEP_OPENINGS - timedelta(seconds=1), 1), (KEEP_OPENINGS, 0)):
        async with db.begin() as session:
            await forget_what_is_over(session, SignalSettings(), now=now + later)
        assert len(await phone.all(TextOpening)) == left


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_asks_about_what_was_not_opened(desk: Desk) -> None:
    await submitted(desk)
    page = await desk.page("goedkeuren")
    assert "U hebt 7 van de 7 teksten niet geopend:" in page
    assert 'name="ongelezen" value="ja" required' in page
    async with desk.world.db.read() as session:
        version = (await session.exec(select(Briefing).order_by(col(Briefing.id).desc()))).first()
    assert version is not None
    for audience in ALL:
        done = await desk.press(
            "teksten/geopend", versie=str(version.version), tekst=audience.value
        )
        assert done.status_code == 204
    assert "niet geopend" not in await desk.page("goedkeuren")
    assert "ongelezen" not in await desk.page("goedkeuren")


async def opened(
    db: Database, version: Briefing, person_id: int, which: list[Audience], now: datetime
) -> None:
    async with db.begin() as session:
        for text in await texts_of(session, version.id or 0):
            if text.audience in which:
                await note_opened(session, version, text, person_id, now=now)
