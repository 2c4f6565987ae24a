"""When an event rings, what people decide about it, and what is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from contacts.journal import JournalEntry, Who
from contacts.records import Database, IllegalMove
from feeds.events import (
    changed_alerts,
    close_event,
    confirm_event,
    dismiss_event,
    drop_old_leads,
    due_alerts,
    items_of,
    mark_alerted,
    mark_shown,
    open_event,
    reopen_event,
    snooze_event,
)
from feeds.explaining import explain
from feeds.regrouping import merge_events, split_event
from feeds.rows import DismissReason, Event, EventStatus, Item, LeadAgency, Trust
from feeds.storing import recent_docs
from tests.feeds_world import World, feeds_world

ALICE = Who("person", 1)
SHOTS = "Schietpartij in Klarendal, twee gewonden"
SHOTS_TOO = "Twee gewonden bij schietpartij in Klarendal"
STABBING = "Steekpartij in Klarendal, man gewond"
STABBING_TOO = "Man gewond bij steekpartij in Klarendal"
STABBING_WORSE = "Dode bij steekpartij in Klarendal, man gewond"
MARKET = "Wandelvierdaagse zoekt nieuwe vrijwilligers voor de post in het park"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with feeds_world(db, now) as made:
        await made.add("omroep", "krant")
        await made.add("blog", trust=Trust.SECONDARY)
        yield made


async def publish(
    world: World, key: str, title: str, *, source: str = "omroep", age: timedelta = timedelta(0)
) -> None:
    """A new item, read at once."""
    world.clock.forward(minutes=6)
    published = world.clock() - age
    world.server.publish(source, key, title, lead="Buurt geschrokken.", published=published)
    await world.watch.poll_due()


async def ring(world: World) -> list[Event]:
    """What rings now; it is marked as rung."""
    async with world.db.begin() as session:
        due = await due_alerts(session, world.settings, now=world.clock())
        for event in due:
            await mark_alerted(session, event, delivery_id=None, now=world.clock())
    return due


async def the_event(world: World) -> Event:
    (event,) = await world.events()
    return event


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
        (event,) = await changed_alerts(session, now=world.clock())
        assert (event.item_count, event.alert_items) == (2, 1)
        await mark_shown(session, event, now=world.clock())
        assert await changed_alerts(session, now=world.clock()) == []


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


async def test_a_dismissed_event_stays_silent_while_it_grows_but_not_when_it_rises(
    world: World,
) -> None:
    await publish(world, "b1", STABBING)
    await ring(world)
    async with world.db.begin() as session:
        event = await session.get_one(Event, (await the_event(world)).id)
        reason = DismissReason.ALREADY_KNOWN
        await dismiss_event(session, event, reason, who=ALICE, now=world.clock())
    await publish(world, "b2", STABBING_TOO, source="krant")
    assert (await the_event(world)).status is EventStatus.DISMISSED
    assert await ring(world) == []
    await publish(world, "b3", STABBING_WORSE)
    assert len(await ring(world)) == 1
    assert (await the_event(world)).dismissed_reason is None


async def test_a_snoozed_event_rings_at_its_hour_or_when_it_rises(world: World) -> None:
    await publish(world, "b1", STABBING)
    await ring(world)

    async def snooze() -> None:
        async with world.db.begin() as session:
            event = await session.get_one(Event, (await the_event(world)).id)
            until = world.clock() + timedelta(hours=2)
            await snooze_event(session, event, until, who=ALICE, now=world.clock())

    await snooze()
    await publish(world, "b2", STABBING_TOO, source="krant")
    assert await ring(world) == []
    world.clock.forward(hours=3)
    assert len(await ring(world)) == 1
    assert await ring(world) == []
    await snooze()
    await publish(world, "b3", STABBING_WORSE)
    assert len(await ring(world)) == 1


async def test_a_confirmed_event_keeps_what_it_was_confirmed_with(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await ring(world)
    async with world.db.begin() as session:
        event = await session.get_one(Event, (await the_event(world)).id)
        await confirm_event(
            session, event, severity=3, lead_agency=LeadAgency.POLICE, send_before=None,
            who=ALICE, now=world.clock(),
        )  # fmt: skip
        with pytest.raises(IllegalMove):
            await confirm_event(
                session, event, severity=4, lead_agency=LeadAgency.POLICE, send_before=None,
                who=ALICE, now=world.clock(),
            )  # fmt: skip
    await publish(world, "b2", SHOTS_TOO, source="krant")
    event = await the_event(world)
    assert (event.severity, event.confirmed_by, event.item_count) == (3, 1, 2)
    assert (event.type, event.place) == ("E03", "Klarendal, Arnhem")
    assert await ring(world) == []


async def test_closing_forgets_the_leads_and_something_heavier_is_a_new_event(
    world: World,
) -> None:
    await publish(world, "b1", STABBING)
    async with world.db.begin() as session:
        event = await session.get_one(Event, (await the_event(world)).id)
        await confirm_event(
            session, event, severity=3, lead_agency=LeadAgency.POLICE, send_before=None,
            who=ALICE, now=world.clock(),
        )  # fmt: skip
        await close_event(session, event, who=ALICE, now=world.clock())
    assert [item.lead for item in await world.items()] == [None]
    await publish(world, "b2", STABBING_TOO, source="krant")
    assert len(await world.events()) == 1
    await publish(world, "b3", STABBING_WORSE)
    assert len(await world.events()) == 2
    assert len(await ring(world)) == 1
    async with world.db.begin() as session:
        closed = await session.get_one(Event, event.id)
        await reopen_event(session, closed, who=ALICE, now=world.clock())
        assert closed.status is EventStatus.REOPENED


async def test_an_event_by_hand_is_confirmed_at_once_and_carries_no_name(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        event = await open_event(
            session, type="E07", title="Onrust na oproep van Harmen Voorbeeldman in Arnhem",
            place="Presikhaaf", severity=5, source_link="https://nieuws.example/1",
            lead_agency=LeadAgency.MUNICIPALITY, who=ALICE, now=now, is_exercise=True,
        )  # fmt: skip
    assert event.status is EventStatus.CONFIRMED
    assert event.title == "Onrust na oproep van [naam] in Arnhem"
    assert (event.type, event.severity, event.suggested_severity) == ("E07", 5, 4)
    assert (event.proximity, event.is_exercise) == ("P0", True)


async def test_an_unknown_type_counts_as_the_general_one(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        event = await open_event(
            session, type="E99", title="Onrust", place=None, severity=2,
            lead_agency=LeadAgency.UNKNOWN, who=ALICE, now=now, is_exercise=False,
        )  # fmt: skip
    assert event.type == "algemeen"


async def test_two_events_that_are_one_are_merged(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await publish(world, "c1", "Onrust op het Jansplein in Arnhem na rellen")
    kept_id, merged_id = [event.id for event in await world.events()]
    async with world.db.begin() as session:
        kept = await session.get_one(Event, kept_id)
        merged = await session.get_one(Event, merged_id)
        assert await merge_events(session, kept, merged, who=ALICE, now=world.clock())
        assert not await merge_events(session, kept, merged, who=ALICE, now=world.clock())
    await publish(world, "c2", "Rellen en onrust op het Jansplein in Arnhem", source="krant")
    kept, merged = await world.events()
    assert (kept.item_count, merged.item_count) == (3, 0)
    assert (merged.status, merged.merged_into_id) == (EventStatus.DISMISSED, kept.id)


async def test_reports_of_something_else_become_an_alert_of_their_own(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await publish(world, "b2", f"{SHOTS}: wat we weten", source="krant")
    async with world.db.begin() as session:
        [event] = (await session.exec(select(Event))).all()
        event.alerted_at, event.alerted_severity = world.clock(), event.suggested_severity
        going = (await session.exec(select(Item.id).order_by(col(Item.id).desc()))).first()
        part = await split_event(session, event, [going or 0], who=ALICE, now=world.clock())
        assert part is not None
    whole, part = await world.events()
    assert (whole.item_count, part.item_count) == (1, 1)
    assert (part.status, part.title) == (EventStatus.DETECTED, f"{SHOTS}: wat we weten")
    assert part.alerted_severity == part.suggested_severity > 0, "it does not ring once more"


async def test_after_a_split_the_watch_follows_what_the_person_meant(world: World) -> None:
    await publish(world, "b1", SHOTS)
    await publish(world, "c1", "Onrust op het Jansplein in Arnhem na rellen")
    one, other = await world.events()
    async with world.db.begin() as session:
        one, other = [await session.get_one(Event, event.id) for event in (one, other)]
        assert await merge_events(session, one, other, who=ALICE, now=world.clock())
        rows = await session.exec(select(Item.id).where(col(Item.title).startswith("Onrust")))
        part = await split_event(session, one, rows.all(), who=ALICE, now=world.clock())
        assert part is not None
    await publish(world, "c2", "Rellen en onrust op het Jansplein in Arnhem", source="krant")
    counts = {event.id: event.item_count for event in await world.events()}
    assert counts == {one.id: 1, other.id: 0, part.id: 2}


async def test_a_split_that_leaves_nothing_or_takes_nothing_changes_nothing(world: World) -> None:
    await publish(world, "b1", SHOTS)
    async with world.db.begin() as session:
        [event] = (await session.exec(select(Event))).all()
        everything = (await session.exec(select(Item.id))).all()
        for wanted in ([], [999], everything):
            assert await split_event(session, event, wanted, who=ALICE, now=world.clock()) is None
    assert len(await world.events()) == 1


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
        entries = (await session.exec(select(JournalEntry))).all()
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
