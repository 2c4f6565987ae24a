"""What is set apart is heard when nobody heard it, and waits for a decision either way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.alerts import call_backup
from bot.console.needs import alerts
from contacts.journal import Who
from contacts.records import Database
from feeds.alerting import will_ring
from feeds.daily import to_list
from feeds.event_rules import load_event_rules
from feeds.events import open_event
from feeds.recalling import recent_rang
from feeds.regrouping import merge_events, split_event
from feeds.rows import Event, EventStatus, Item, LeadAgency
from tests.feeds_world import SHOTS, World, newsrooms_world, publish, ring

ALICE = Who("person", 1)
LIGHT = "Autobranden in Presikhaaf"
BLAST = "Explosie bij moskee in Presikhaaf, twee gewonden"
PATIENCE = timedelta(minutes=10)
on_postgresql = pytest.mark.skipif(
    "not config.getoption('postgresql')", reason="SQLite has one writer: nothing is at once"
)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


async def confirmed(world: World) -> Event:
    await publish(world, "b1", SHOTS)
    (event,) = await ring(world)
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        row.status = EventStatus.CONFIRMED
        session.add(row)
    return event


async def put_in(world: World, event: Event, title: str) -> None:
    """A report that stands in an event where it does not belong."""
    await publish(world, "x1", title, source="krant")
    await merge_newest(world, event)


async def merge_newest(world: World, event: Event) -> None:
    async with world.db.begin() as session:
        newest = select(Event).where(col(Event.id) != event.id).order_by(col(Event.id).desc())
        other = (await session.exec(newest)).first()
        assert other is not None
        kept = await session.get_one(Event, event.id)
        assert await merge_events(session, kept, other, who=ALICE, now=world.clock())


async def apart(world: World, event: Event, title: str) -> Event:
    async with world.db.begin() as session:
        going = (await session.exec(select(Item.id).where(col(Item.title) == title))).all()
        whole = await session.get_one(Event, event.id)
        part = await split_event(session, whole, going, who=ALICE, now=world.clock())
    assert part is not None
    return part


async def rings(world: World, event: Event) -> bool:
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        return await will_ring(session, row, world.settings, now=world.clock())


async def needs(world: World) -> list[int | None]:
    async with world.db.read() as session:
        return [one.event_id for one in await alerts(session, PATIENCE, now=world.clock())]


async def late(world: World) -> list[int | None]:
    async with world.db.read() as session:
        found = await alerts(session, PATIENCE, now=world.clock())
    return [one.event_id for one in found if one.due is not None and one.due <= world.clock()]


async def test_a_serious_part_that_came_after_the_alert_rings_and_waits_for_a_decision(
    world: World,
) -> None:
    event = await confirmed(world)
    world.clock.forward(hours=2)
    await put_in(world, event, BLAST)
    part = await apart(world, event, BLAST)
    assert await needs(world) == [part.id], "at once, before it rings"
    assert await rings(world, part)
    assert [one.id for one in await ring(world)] == [part.id]
    assert await ring(world) == [], "once"


async def test_what_stood_in_the_alert_rings_again_only_when_heavier_than_what_rang(
    world: World,
) -> None:
    event = await confirmed(world)
    await put_in(world, event, BLAST)
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        row.alerted_at, row.alerted_severity = world.clock(), 3
        session.add(row)
    part = await apart(world, event, BLAST)
    assert (part.suggested_severity, part.alerted_severity) == (4, 3)
    assert await rings(world, part)
    async with world.db.begin() as session:
        row = await session.get_one(Event, part.id)
        row.alerted_severity = 4
        session.add(row)
    assert not await rings(world, part)


async def test_what_was_merged_after_the_alert_and_never_rang_rings_when_it_is_set_apart(
    world: World,
) -> None:
    event = await confirmed(world)
    await publish(world, "x1", BLAST, source="krant")
    world.clock.forward(minutes=5)
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        row.alerted_at, row.alerted_severity = world.clock(), 4
        session.add(row)
    world.clock.forward(minutes=5)
    await merge_newest(world, event)
    part = await apart(world, event, BLAST)
    assert (part.alerted_at, part.alerted_severity) == (None, 0)
    assert await rings(world, part)


async def test_what_rang_by_itself_before_it_was_merged_rings_no_second_time(world: World) -> None:
    event = await confirmed(world)
    world.clock.forward(hours=2)
    await publish(world, "x1", BLAST, source="krant")
    (rung,) = await ring(world)
    world.clock.forward(minutes=5)
    await merge_newest(world, event)
    part = await apart(world, event, BLAST)
    assert part.alerted_severity == rung.alerted_severity == 4
    assert not await rings(world, part)
    assert await needs(world) == [part.id], "and it waits for a decision"
    assert await late(world) == [], "from now on"


@on_postgresql
async def test_asking_whether_a_part_rings_waits_for_nobody_who_rings(world: World) -> None:
    event = await confirmed(world)
    await publish(world, "z1", "Explosie in Malburgen in Arnhem, twee gewonden", source="krant")
    world.clock.forward(hours=2)
    await put_in(world, event, BLAST)
    other = (await world.events())[1]
    async with world.db.begin() as ringing, asyncio.timeout(5):
        await ringing.get_one(Event, other.id, with_for_update=True)
        part = await apart(world, event, BLAST)
        assert await rings(world, part)


async def test_a_part_of_what_a_person_started_rings_too(world: World) -> None:
    async with world.db.begin() as session:
        own = await open_event(
            session, type="E03", title="Schietpartij", place="Klarendal", severity=3,
            lead_agency=LeadAgency.POLICE, who=ALICE, now=world.clock(), is_exercise=False,
        )  # fmt: skip
    await put_in(world, own, BLAST)
    part = await apart(world, own, BLAST)
    assert await needs(world) == [part.id]
    assert await rings(world, part)


async def test_a_light_part_rings_nobody_and_stands_on_vandaag_and_on_the_list(
    world: World,
) -> None:
    event = await confirmed(world)
    world.clock.forward(hours=2)
    await put_in(world, event, LIGHT)
    part = await apart(world, event, LIGHT)
    assert part.suggested_severity == 2
    assert not await rings(world, part)
    assert await needs(world) == [part.id]
    async with world.db.read() as session:
        listed = await to_list(session, is_exercise=False, now=world.clock())
        rang = await recent_rang(session, load_event_rules(), is_exercise=False, now=world.clock())
    assert [one.event.id for one in listed] == [part.id]
    assert part.alerted_at is None, "the balance and the learning count no alert"
    assert [one.event for one in rang] == [event.id], "nothing echoes what never rang"
    later = world.clock.forward(hours=2)
    assert await call_backup(world.db, after=PATIENCE, now=later) == 0
