"""What is taken out of the configuration is read no more; what people added stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.console.source_texts import THERE_ALREADY
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database
from feeds.opml import Listed
from feeds.rows import Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.sources import add_source, due_sources, sync_sources
from feeds.standing import KeptBy, Trust
from feeds.texts import LEFT
from tests.console_desk import Desk, a_desk
from tests.console_world import press


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


def configured(*keys: str) -> FeedSettings:
    return FeedSettings(
        sources=[
            SourceSettings(
                key=key, name=key, url=f"https://{key}.example/feed", trust=Trust.REGIONAL
            )
            for key in keys
        ]
    )


async def start(db: Database, settings: FeedSettings, now: datetime) -> list[str]:
    """A start with these sources; which ones are read then."""
    async with db.begin() as session:
        await sync_sources(session, settings, now=now)
        return sorted(one.key for one in await due_sources(session, now=now + timedelta(days=1)))


async def source(db: Database, key: str) -> Source:
    async with db.read() as session:
        return (await session.exec(select(Source).where(col(Source.key) == key))).one()


async def test_what_left_the_configuration_is_read_no_more_and_keeps_its_history(
    db: Database, now: datetime
) -> None:
    assert await start(db, configured("een", "twee"), now) == ["een", "twee"]
    async with db.begin() as session:
        (await session.get_one(Source, (await source(db, "twee")).id)).new_item_at = now
    for _ in range(2):
        assert await start(db, configured("een"), now) == ["een"]
    assert (await source(db, "twee")).new_item_at == now
    async with db.read() as session:
        wanted = select(JournalEntry).where(col(JournalEntry.action) == "source_left")
        assert len((await session.exec(wanted)).all()) == 1
    assert await start(db, configured("een", "twee"), now) == ["een", "twee"]


async def test_what_somebody_paused_stays_so_when_it_is_configured_again(
    db: Database, now: datetime
) -> None:
    await start(db, configured("een"), now)
    async with db.begin() as session:
        (await session.get_one(Source, (await source(db, "een")).id)).is_paused = True
    assert await start(db, configured(), now) == []
    assert await start(db, configured("een"), now) == []


async def test_what_people_added_is_not_the_configurations_to_take_away(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        added = await add_source(
            session, Listed("Blad", "https://blad.example/feed"), Trust.REGIONAL,
            who=SYSTEM, is_exercise=False, now=now,
        )  # fmt: skip
    assert added is not None
    assert await start(db, configured("een"), now) == [added.key, "een"]


async def test_the_desk_says_it_and_takes_it_up_again_for_good(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.now
    await start(db, configured("een"), now)
    await start(db, configured(), now)
    assert LEFT in (await desk.web.get("/beheer")).text
    row = await source(db, "een")
    await press(desk.web, desk.world.sealer, f"/beheer/bron/{row.id}", doe="lees")
    assert LEFT not in (await desk.web.get("/beheer")).text
    assert await start(db, configured(), now) == ["een"]
    assert (await source(db, "een")).kept_by is KeptBy.PEOPLE


async def test_its_address_can_be_added_again_and_is_the_same_source(desk: Desk) -> None:
    db, now = desk.world.db, desk.world.now
    await start(db, configured("een"), now)
    await start(db, configured(), now)
    form = {"naam": "Weer", "adres": "https://een.example/feed", "soort": "landelijk"}
    assert (await press(desk.web, desk.world.sealer, "/beheer/bron", **form)).status_code == 303
    row = await source(db, "een")
    assert (row.name, row.trust, row.kept_by) == ("Weer", Trust.NATIONAL, KeptBy.PEOPLE)
    again = await press(desk.web, desk.world.sealer, "/beheer/bron", **form)
    assert THERE_ALREADY in again.text
