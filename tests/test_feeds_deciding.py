"""What people decided about an event holds while the news goes on: snoozed, confirmed, split."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from contacts.journal import Who
from contacts.records import Database, IllegalMove
from feeds.events import (
    close_event,
    confirm_event,
    dismiss_event,
    open_event,
    reopen_event,
    snooze_event,
)
from feeds.regrouping import merge_events, split_event
from feeds.rows import DismissReason, Event, EventStatus, Item, LeadAgency
from tests.feeds_world import (
    SHOTS,
    SHOTS_TOO,
    STABBING,
    STABBING_TOO,
    STABBING_WORSE,
    World,
    newsrooms_world,
    publish,
    ring,
    the_event,
)

ALICE = Who("person", 1)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


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
