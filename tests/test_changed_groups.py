"""What a person puts right about a running event decides which news belongs to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from contacts.journal import Who
from contacts.records import Database
from feeds.changing import Decided, change_event
from feeds.events import open_event
from feeds.rows import Event, LeadAgency
from tests.feeds_world import World, newsrooms_world, publish, ring

ALICE = Who("person", 1)
#: of nothing here; the groups are built when it comes in
ELSE = "Kok opent restaurant"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


async def started(world: World, title: str) -> Event:
    async with world.db.begin() as session:
        return await open_event(
            session, type="E04", title=title, place="Presikhaaf", severity=3,
            lead_agency=LeadAgency.POLICE, who=ALICE, now=world.clock(), is_exercise=False,
        )  # fmt: skip


async def change(world: World, event: Event, **wanted: str) -> None:
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        decided = replace(Decided.of(row), **wanted)
        await change_event(session, row, decided, who=ALICE, line=4, now=world.clock())


@pytest.mark.parametrize(
    "title", ["Gewonden bij woning in Arnhem", "Steekpartij bij woning in Arnhem"]
)
async def test_news_of_the_kind_that_was_put_right_belongs_to_it(world: World, title: str) -> None:
    own = await started(world, title)
    await publish(world, "a1", ELSE)
    await change(world, own, type="E09")
    await publish(world, "b1", "Explosie bij woning in Arnhem: twee gewonden", source="krant")
    assert await ring(world) == []
    assert (await world.events())[0].item_count == 2


async def test_news_from_the_place_that_was_put_right_belongs_to_it(world: World) -> None:
    own = await started(world, "Steekpartij in Arnhem, man gewond")
    await publish(world, "a1", ELSE)
    await change(world, own, place="Klarendal")
    await publish(world, "b1", "Steekpartij in Klarendal in Arnhem, man gewond", source="krant")
    assert await ring(world) == []
    await publish(world, "b2", "Steekpartij in Presikhaaf in Arnhem, man gewond", source="krant")
    assert [one.id == own.id for one in await ring(world)] == [False]
