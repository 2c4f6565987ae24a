"""A second thing in and around the own city is heard: it joins nothing that it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from contacts.journal import Who
from contacts.records import Database
from feeds.apart import Claim, claim_of
from feeds.events import confirm_event, open_event
from feeds.grouping import Doc, Grouper
from feeds.lexicon import load_lexicon, stop_words
from feeds.matching import words_of_item
from feeds.places import find_place
from feeds.relevance import score_item
from feeds.rows import Event, LeadAgency
from feeds.standing import Trust
from tests.feeds_world import World, newsrooms_world, publish, ring

ALICE = Who("person", 1)
NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
STABBING = "Steekpartij in Arnhem: twee gewonden"
MOSQUE = "Explosie bij moskee in Arnhem: twee gewonden"
ARRESTS = "Aanhoudingen in Presikhaaf in Arnhem na steekpartij"
MOSQUE_THERE = "Explosie bij moskee in Klarendal in Arnhem na steekpartij"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


def seen(title: str, lead: str = "") -> Claim:
    lexicon = load_lexicon()
    found = score_item(title, lead, trust=Trust.REGIONAL, lexicon=lexicon)
    place = found.place
    return claim_of(
        title, lead, found.types, place.name, place.proximity, found.severity, lexicon
    )  # fmt: skip


def are_one(*titles: str) -> bool:
    """Whether all of them, some minutes apart, are one group."""
    grouper, groups = Grouper(timedelta(hours=72), stop_words()), set()
    for number, title in enumerate(titles):
        at = NOW + timedelta(minutes=10 * number)
        groups.add(grouper.add(Doc(title, "", at, 3, claim=seen(title)))[0].number)
    return len(groups) == 1


async def running(world: World, title: str) -> Event:
    """An event that rang and that somebody confirmed."""
    await publish(world, "b1", title)
    (event,) = await ring(world)
    async with world.db.begin() as session:
        await confirm_event(
            session, await session.get_one(Event, event.id), severity=3, send_before=None,
            lead_agency=LeadAgency.POLICE, who=ALICE, now=world.clock(),
        )  # fmt: skip
    return event


@pytest.mark.parametrize(
    ("first", "second"),
    [(STABBING, MOSQUE), (ARRESTS, MOSQUE_THERE),
     ("Explosie in Klarendal in Arnhem, gewonden", "Explosie in Presikhaaf in Arnhem, gewonden"),
     ("Explosie bij woning in Velp, gewonden", "Explosie bij woning in Klarendal, gewonden")],
)  # fmt: skip
async def test_what_else_happens_in_the_city_rings_beside_what_runs(
    world: World, first: str, second: str
) -> None:
    event = await running(world, first)
    world.clock.forward(hours=2)
    await publish(world, "b2", second, source="krant")
    (rung,) = await ring(world)
    assert rung.id != event.id
    assert rung.item_count == 1, "and it is no report of the event that runs"


async def test_it_rings_as_well_after_a_restart(world: World) -> None:
    event = await running(world, STABBING)
    world.clock.forward(hours=2)
    world.watch = world.restarted()
    await publish(world, "b2", MOSQUE, source="krant")
    assert [one.id == event.id for one in await ring(world)] == [False]


async def test_it_rings_beside_what_a_person_started(world: World) -> None:
    async with world.db.begin() as session:
        own = await open_event(
            session, type="E04", title="Gebeurtenis Arnhem", place="Presikhaaf", severity=3,
            lead_agency=LeadAgency.POLICE, who=ALICE, now=world.clock(), is_exercise=False,
        )  # fmt: skip
    await publish(world, "b1", "Explosie bij moskee in Arnhem")
    assert [one.id == own.id for one in await ring(world)] == [False]
    await publish(world, "b2", "Steekpartij in Arnhem, gebeurtenis in Presikhaaf", source="krant")
    assert await ring(world) == [], "news about the same still belongs to it"


def test_the_same_in_other_words_or_seen_from_nearer_is_one() -> None:
    assert are_one(
        "Explosie in Arnhem, twee gewonden",
        "Twee gewonden door explosie in Klarendal in Arnhem",
        "Aanslag in Arnhem: explosie in Klarendal, twee gewonden",
        "Grote politie-inzet in Arnhem na explosie, twee gewonden",
    )


def test_what_says_that_it_happens_anew_is_not_the_first() -> None:
    first = "Steekpartij in Arnhem, man gewond"
    assert not are_one(first, "Opnieuw steekpartij in Arnhem, man gewond")
    assert not are_one(first, "Tweede steekpartij in Arnhem, man gewond")
    assert are_one(first, "Nieuwe beelden van steekpartij in Arnhem, man gewond")
    assert are_one(first, "Man gewond bij steekpartij in Arnhem")


def test_a_light_report_of_another_kind_belongs_where_its_words_are() -> None:
    grouper = Grouper(timedelta(hours=72), stop_words())
    group, _ = grouper.add(Doc(STABBING, "", NOW, 3, claim=seen(STABBING)))
    title = "Demonstratie in Arnhem na steekpartij: twee gewonden"
    light = Claim(frozenset({"E07"}), frozenset(), is_serious=False, begins_anew=False)
    assert grouper.add(Doc(title, "", NOW, 1, claim=light))[0] is group


def test_what_the_lead_recalls_is_not_where_it_happened() -> None:
    lead = "Eerder waren er aanhoudingen in Presikhaaf-Oost voor een terreuraanslag."
    one = seen("Explosie bij moskee in Klarendal", lead)
    assert one.spots == seen("Explosie in Klarendal").spots
    assert "E01" not in one.kinds
    found = load_lexicon().matcher.find(words_of_item("Explosie in Klarendal", lead))
    assert find_place(found, load_lexicon()).name == "Klarendal, Arnhem"


def test_far_away_nothing_is_held_apart() -> None:
    assert are_one("Explosie in Rotterdam, twee gewonden", "Twee gewonden: schietpartij Rotterdam")
