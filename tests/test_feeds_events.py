"""When an event rings, what is told about it, and what is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from contacts.journal import JournalEntry
from contacts.records import Database
from feeds.events import changed_alerts, drop_old_leads, items_of, mark_shown
from feeds.explaining import explain
from feeds.rows import Item
from feeds.standing import Trust
from feeds.storing import recent_docs
from tests.feeds_world import (
    SHOTS,
    SHOTS_TOO,
    STABBING,
    STABBING_WORSE,
    World,
    feeds_world,
    newsrooms_world,
    publish,
    ring,
    the_event,
)

MARKET = "Wandelvierdaagse zoekt nieuwe vrijwilligers voor de post in het park"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


async def test_a_heavy_event_rings_once_with_what_it_is(world: World) -> None:
    await publish(world, "b1", SHOTS)
    (event,) = await ring(world)
    assert (event.type, event.suggested_severity) == ("E03", 4)
    assert event.place == "Klarendal, Arnhem"
    assert event.title == SHOTS
    assert await ring(world) == []


async def test_ordinary_news_makes_no_event(world: World) -> None:
    await publish(world, "a1", MARKET)
    await publish(world, "a2", MARKET, source="krant")
    assert await world.events() == []


async def test_more_reports_change_the_alert_in_silence(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await ring(world)
    await publish(world, "b2", SHOTS_TOO, source="krant")
    assert await ring(world) == []
    async with world.db.begin() as session:
        (event,) = await changed_alerts(session)
        assert (event.item_count, event.alert_items) == (2, 1)
        await mark_shown(session, event)
        assert await changed_alerts(session) == []


async def test_a_rise_in_severity_rings_again(world: World) -> None:
    await publish(world, "b1", STABBING)
    assert [event.suggested_severity for event in await ring(world)] == [3]
    await publish(world, "b2", STABBING_WORSE)
    assert [event.suggested_severity for event in await ring(world)] == [4]


async def test_a_secondary_source_alone_does_not_ring(world: World) -> None:
    await publish(world, "b1", SHOTS, source="blog")
    assert await ring(world) == []
    await publish(world, "b2", SHOTS_TOO, source="krant")
    assert len(await ring(world)) == 1


async def test_old_news_of_a_new_source_does_not_ring(world: World) -> None:
    await publish(world, "b1", SHOTS, age=timedelta(hours=30))
    assert len(await world.events()) == 1
    assert await ring(world) == []


async def test_an_undated_item_rings_unless_it_came_with_the_first_reading(world: World) -> None:
    world.server.publish("omroep", "b1", SHOTS)
    await world.watch.poll_due()
    assert await ring(world) == []
    world.clock.forward(minutes=6)
    world.server.publish("omroep", "b2", SHOTS_TOO)
    await world.watch.poll_due()
    assert len(await ring(world)) == 1


async def test_news_from_before_the_window_is_stored_and_forms_nothing(world: World) -> None:
    await publish(world, "b1", SHOTS, age=timedelta(days=9))
    assert len(await world.items()) == 1
    assert await world.events() == []


async def test_an_exercise_never_mixes_with_the_real_thing(world: World) -> None:
    await publish(world, "b1", SHOTS)
    since = world.clock() - timedelta(days=3)
    async with world.db.read() as session:
        assert await recent_docs(session, since=since, is_exercise=True) == []
        assert len(await recent_docs(session, since=since, is_exercise=False)) == 1


async def test_items_are_shown_in_order_with_names_masked(world: World) -> None:
    await publish(world, "b1", "Schietpartij in Klarendal: Harmen T. opgepakt")
    event = await the_event(world)
    async with world.db.read() as session:
        (item,) = await items_of(session, event.id or 0)
    assert event.title == item.title == "Schietpartij in Klarendal: [naam] opgepakt"
    assert item.trust is Trust.REGIONAL
    assert item.link == "https://omroep.example/b1"


async def test_old_leads_are_forgotten_but_not_those_of_an_open_event(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await publish(world, "a1", MARKET, source="krant")
    async with world.db.begin() as session:
        assert await drop_old_leads(session, now=world.clock()) == 0
        assert await drop_old_leads(session, now=world.clock() + timedelta(hours=73)) == 1
    assert [bool(item.lead) for item in await world.items()] == [True, False]


async def test_why_is_answered_step_by_step(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await publish(world, "a1", MARKET, source="krant")
    async with world.db.read() as session:
        why = await explain(session, "b1")
        calm = await explain(session, "https://krant.example/a1")
        assert await explain(session, "nergens") is None
    assert why is not None
    severity, *reasons = [line["weight"] for line in why]
    assert severity == 4
    assert sum(reasons[:-1]) >= 4
    assert "met de gewichten van vandaag: hetzelfde" in [line["text"] for line in why]
    assert "plek in Arnhem: “Klarendal”" in [line["text"] for line in why]
    assert why[-1]["text"].startswith("hoort bij gebeurtenis")
    assert calm is not None
    assert calm[-1]["text"] == "hoort bij geen gebeurtenis"


async def test_todays_weights_stand_beside_what_was_said_then(world: World) -> None:
    await publish(world, "b1", SHOTS)
    async with world.db.begin() as session:
        item = (await session.exec(select(Item))).one()
        item.severity = 2
        item.reasons = [{"text": "een oud kenmerk", "weight": 2.5}, *item.reasons[1:]]
        session.add(item)
    async with world.db.read() as session:
        why = await explain(session, "b1")
    assert why is not None
    told = [line["text"] for line in why]
    assert why[0]["weight"] == 2
    assert "met de gewichten van vandaag: ernst 4 (toen 2); dit telt anders:" in told
    assert "een oud kenmerk (toen +2.5, nu +0)" in told


async def test_the_journal_holds_no_title_place_or_link(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await ring(world)
    async with world.db.read() as session:
        entries = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    assert [entry.action for entry in entries] == ["event_detected", "event_alerted"]
    told = str([entry.model_dump() for entry in entries])
    assert "Klarendal" not in told
    assert "example" not in told


@pytest.mark.slow
async def test_every_real_item_is_stored_once_whatever_happens_in_between(
    db: Database, now: datetime, shared_data: Path
) -> None:
    """2,056 items of 49 outlets over HTTP, with a restart half-way."""
    async with feeds_world(db, now) as world:
        path = shared_data / "multi_outlet_2025-07.jsonl.gz"
        count = world.server.load_real(path, now=now, seconds=1.0)
        await world.add(*world.server.outlets)
        for _ in range(6):
            await world.watch.poll_due()
            world.clock.forward(hours=2)
            world.watch = world.restarted()
        items = await world.items()
        assert count == len(items) == len({(item.source_id, item.guid) for item in items}) == 2056
        assert 5 < len(await world.events()) < 150
