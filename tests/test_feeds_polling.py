"""The watch over a real HTTP feed: everything once, faults told, nothing else disturbed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest

from contacts.records import Database
from feeds.alerting import due_alerts
from feeds.looking import look_at
from feeds.polling import Watch, mark_told, untold_faults
from feeds.rows import Event
from feeds.standing import Trust
from feeds.texts import FAULTS
from tests.feeds_world import World, feeds_world

ARREST = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
ARREST_LEAD = "De politie deed vanmiddag een inval in een woning in Presikhaaf."
MARKET = "Wandelvierdaagse zoekt nieuwe vrijwilligers voor de post in het park"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with feeds_world(db, now, tell_after_failures=2) as made:
        yield made


async def test_each_item_is_stored_once_however_often_the_feed_is_read(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET, published=world.clock())
    for _ in range(3):
        await world.watch.poll_due()
        world.clock.forward(minutes=6)
        world.server.publish("omroep", f"b{world.clock():%H%M}", f"{MARKET} {world.clock():%M}")
    guids = [item.guid for item in await world.items()]
    assert len(guids) == len(set(guids)) == 3


async def test_an_unchanged_feed_is_asked_conditionally_and_answers_304(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET)
    await world.watch.poll_due()
    world.clock.forward(minutes=6)
    report = await world.watch.poll_due()
    assert report.not_modified == 1
    assert [status for _, status in world.server.requests] == [200, 304]


async def test_only_sources_whose_time_has_come_are_read(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET)
    assert (await world.watch.poll_due()).polled == 1
    assert (await world.watch.poll_due()).polled == 0


async def test_a_new_title_is_kept_with_the_old_one_and_judged_again(world: World) -> None:
    await world.add("omroep")
    calm = "Politie bij woning in Presikhaaf"
    world.server.publish("omroep", "a1", calm, published=world.clock())
    await world.watch.poll_due()
    assert await world.events() == []
    world.clock.forward(minutes=6)
    world.server.publish("omroep", "a1", ARREST)
    report = await world.watch.poll_due()
    assert (report.new_items, report.changed_items) == (0, 1)
    (item,) = await world.items()
    assert (item.title, item.severity) == (ARREST, 4)
    assert await world.titles() == [calm]
    assert [event.suggested_severity for event in await world.events()] == [4]


async def test_three_newsrooms_make_one_event_with_its_reasons(world: World) -> None:
    await world.add("omroep", "krant")
    await world.add("politie", trust=Trust.OFFICIAL)
    at = world.clock()
    world.server.publish("omroep", "b1", ARREST, lead=ARREST_LEAD, published=at)
    world.server.publish("krant", "a3", MARKET, published=at)
    world.server.publish(
        "krant", "b2", "Aanhoudingen in Arnhem wegens voorbereiden aanslag, inval in Presikhaaf",
        lead="Drie mensen zijn aangehouden.", published=at + timedelta(minutes=3),
    )  # fmt: skip
    world.server.publish(
        "politie", "b3", "Drie aanhoudingen in Arnhem in onderzoek naar voorbereiden aanslag",
        lead="Er is geen gevaar voor de omgeving.", published=at + timedelta(minutes=8),
    )  # fmt: skip
    world.clock.forward(minutes=10)
    await world.watch.poll_due()
    (event,) = await world.events()
    assert (event.type, event.suggested_severity, event.item_count) == ("E01", 4, 3)
    assert event.place in {"Presikhaaf, Arnhem", "Arnhem"}
    reasons = " · ".join(reason["text"] for reason in event.reasons)
    assert "terrorisme" in reasons
    assert "tweede redactie binnen" in reasons
    assert "ook van officiële kant: politie" in reasons
    assert [item.event_id for item in await world.items() if item.guid == "a3"] == [None]


async def test_a_restart_in_between_does_not_split_an_event(world: World) -> None:
    await world.add("omroep", "krant")
    world.server.publish("omroep", "b1", ARREST, lead=ARREST_LEAD, published=world.clock())
    world.server.publish("krant", "a1", MARKET, published=world.clock())
    await world.watch.poll_due()
    world.clock.forward(minutes=6)
    world.server.publish(
        "krant", "b2", "Aanhoudingen in Arnhem wegens voorbereiden aanslag, inval in Presikhaaf",
        published=world.clock(),
    )  # fmt: skip
    await world.restarted().poll_due()
    (event,) = await world.events()
    assert event.item_count == 2


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("html", "html"),
        ("error", "server"),
        ("gone", "removed"),
        ("too_many", "busy"),
        ("huge", "too_big"),
        ("broken", "broken"),
        ("empty", "empty"),
    ],
)
async def test_a_broken_feed_is_a_fault_in_its_row(world: World, fault: str, key: str) -> None:
    await world.add("omroep", "krant")
    world.server.publish("krant", "a1", MARKET)
    world.server.fault("omroep", fault)
    report = await world.watch.poll_due()
    source = await world.source("omroep")
    assert report.faults == [("omroep", key)]
    assert (source.error, source.failures, source.ok_at) == (key, 1, None)
    assert source.next_poll_at > world.clock()
    assert key in FAULTS
    assert len(await world.items()) == 1, "the other source is read all the same"


async def test_retry_after_is_kept_to(world: World) -> None:
    await world.add("omroep")
    world.server.fault("omroep", "too_many")
    await world.watch.poll_due()
    source = await world.source("omroep")
    assert source.next_poll_at >= world.clock() + timedelta(seconds=120)


async def test_a_fault_that_lasts_is_told_once_and_again_after_a_recovery(world: World) -> None:
    await world.add("omroep")
    world.server.fault("omroep", "html")

    async def untold() -> list[str]:
        async with world.db.begin() as session:
            sources = await untold_faults(session, world.settings)
            for source in sources:
                await mark_told(session, source, now=world.clock())
            return [source.key for source in sources]

    told: list[list[str]] = []
    for fault in ("html", "html", "html", None, "html", "html"):
        world.server.fault("omroep", fault)
        world.server.publish("omroep", f"a{len(told)}", MARKET)
        world.clock.forward(hours=2)
        await world.watch.poll_due()
        told.append(await untold())
    assert told == [[], ["omroep"], [], [], [], ["omroep"]]


async def test_an_unexpected_error_is_a_fault_too_and_stops_nobody(world: World) -> None:
    await world.add("omroep", "krant")
    world.server.publish("omroep", "a1", MARKET)
    world.server.publish("krant", "a1", MARKET)
    real = Watch._store

    async def failing(self: Watch, source: object, *rest: object, **named: object) -> bool:
        if getattr(source, "key", "") == "omroep":
            raise RuntimeError("boom")
        return await real(self, source, *rest, **named)

    with patch.object(Watch, "_store", failing):
        report = await world.watch.poll_due()
    assert report.faults == [("omroep", "unknown")]
    assert (await world.source("omroep")).etag is None
    world.clock.forward(hours=1)
    await world.watch.poll_due()
    assert len(await world.items()) == 2


async def test_the_etag_is_kept_only_with_the_items(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET)
    with patch("feeds.storing.Round.store", side_effect=RuntimeError("disk full")):
        await world.watch.poll_due()
    assert (await world.source("omroep")).etag is None
    world.clock.forward(hours=1)
    await world.watch.poll_due()
    assert len(await world.items()) == 1
    assert (await world.source("omroep")).etag is not None


async def test_wrong_dates_mean_first_seen(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET, published=world.clock() + timedelta(days=40))
    await world.watch.poll_due()
    (item,) = await world.items()
    assert item.published_at is None
    assert item.first_seen_at == world.clock()


async def test_a_new_address_starts_a_source_afresh(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET)
    await world.watch.poll_due()
    world.base = world.base.replace("127.0.0.1", "localhost")
    await world.add()
    source = await world.source("omroep")
    assert (source.etag, source.verified_at) == (None, None)
    assert source.next_poll_at == world.clock()


async def test_a_look_at_a_source_counts_its_items_or_names_the_fault(world: World) -> None:
    await world.add("omroep")
    world.server.publish("omroep", "a1", MARKET)
    address = f"{world.base}/feeds/omroep.xml"
    assert (await look_at(address, world.settings, now=world.clock())).items == 1
    world.server.fault("omroep", "html")
    assert (await look_at(address, world.settings, now=world.clock())).fault == "html"
    assert await world.items() == []


async def test_one_poll_is_enough_for_an_alert(world: World) -> None:
    await world.add("omroep")
    for number in range(60):
        title = f"{MARKET} nummer {number}"
        world.server.publish("omroep", f"a{number}", title, published=world.clock())
    world.server.publish("omroep", "b1", ARREST, lead=ARREST_LEAD, published=world.clock())
    rang: list[Event] = []

    async def ring() -> None:
        async with world.db.begin() as session:
            rang.extend(await due_alerts(session, world.settings, now=world.clock()))

    await world.watch.poll_due(ring)
    assert [event.type for event in rang] == ["E01"]


async def test_a_source_is_read_at_the_pace_of_what_it_brings_and_what_its_publisher_asks(
    world: World,
) -> None:
    await world.add("omroep", trust=Trust.SECONDARY)
    world.server.publish("omroep", "a1", MARKET)
    await world.watch.poll_due()
    assert (await world.source("omroep")).poll_s == 150
    for expected in (188, 235, 294):
        world.clock.forward(minutes=10)
        await world.watch.poll_due()
        source = await world.source("omroep")
        assert source.poll_s == expected
        assert source.next_poll_at == world.clock() + timedelta(seconds=expected)
    world.server.publish("omroep", "a2", f"{MARKET} opnieuw")
    world.clock.forward(minutes=10)
    await world.watch.poll_due()
    assert (await world.source("omroep")).poll_s == 147
