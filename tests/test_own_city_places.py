"""What was elsewhere, or at no named place, swallows nothing here; one incident stays one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from contacts.journal import Who
from contacts.records import Database
from feeds.apart import claim_of
from feeds.events import confirm_event, dismiss_event
from feeds.grouping import Doc, Grouper
from feeds.lexicon import load_lexicon, stop_words
from feeds.relevance import score_item
from feeds.rows import DismissReason, Event, LeadAgency
from feeds.standing import Trust
from tests.feeds_world import World, newsrooms_world, publish, ring
from tests.test_own_city import NOW

ALICE = Who("person", 1)
UTRECHT = "Explosie bij moskee in Utrecht: twee gewonden"
HERE = "Explosie in Arnhem: twee gewonden bij woning"
NO_PLACE = "Explosie bij moskee: twee gewonden"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with newsrooms_world(db, now) as made:
        yield made


def groups_of(*reports: tuple[str, str, int], lead: str = "") -> list[int]:
    """The group of each report, some minutes apart: (title, lead, severity)."""
    grouper, lexicon, groups = Grouper(timedelta(hours=72), stop_words()), load_lexicon(), []
    for number, (title, lead, severity) in enumerate(reports):
        found = score_item(title, lead, trust=Trust.REGIONAL, lexicon=lexicon)
        place = found.place
        claim = claim_of(title, lead, found.types, place.name, place.proximity, severity, lexicon)
        at = NOW + timedelta(minutes=10 * number)
        groups.append(grouper.add(Doc(title, lead, at, severity, claim=claim))[0].number)
    return groups


def are_one(*titles: str, leads: Sequence[str] = ()) -> bool:
    told = [*leads, *[""] * len(titles)]
    return len(set(groups_of(*((one, told[i], 3) for i, one in enumerate(titles))))) == 1


async def decide(world: World, event: Event, *, confirmed: bool) -> None:
    async with world.db.begin() as session:
        row = await session.get_one(Event, event.id)
        if confirmed:
            await confirm_event(
                session, row, severity=3, send_before=None, lead_agency=LeadAgency.POLICE,
                who=ALICE, now=world.clock(),
            )  # fmt: skip
        else:
            await dismiss_event(session, row, DismissReason.ELSEWHERE, who=ALICE, now=world.clock())


@pytest.mark.parametrize(
    ("first", "second"),
    [(UTRECHT, HERE), (NO_PLACE, "Steekpartij in Klarendal: twee gewonden"),
     ("Steekpartij bij moskee in Utrecht: twee gewonden", "Steekpartij in Arnhem: twee gewonden"),
     ("Explosie in Istanbul: twee gewonden", HERE)],
)  # fmt: skip
@pytest.mark.parametrize("confirmed", [True, False])
async def test_what_was_elsewhere_or_at_no_place_swallows_nothing_here(
    world: World, first: str, second: str, confirmed: bool
) -> None:
    await publish(world, "b1", first)
    rang = await ring(world)
    for event in await world.events():
        await decide(world, event, confirmed=confirmed)
    world.clock.forward(hours=2)
    await publish(world, "b2", second, source="krant")
    (rung,) = await ring(world)
    assert rung.id not in [one.id for one in rang]
    world.clock.forward(minutes=10)
    world.watch = world.restarted()
    await publish(world, "b3", f"{second}, politie", source="blog")
    assert await ring(world) == [], "after a restart it is still one event"
    assert len(await world.events()) == 2


def test_what_ran_here_takes_later_reports_that_name_no_place_and_the_other_way_round() -> None:
    assert are_one("Explosie bij moskee in Arnhem: twee gewonden", NO_PLACE)
    assert are_one(NO_PLACE, "Explosie bij moskee in Klarendal: twee gewonden")
    assert are_one("Explosie in Gelderland: twee gewonden", HERE), "the province holds the city"
    assert are_one("Explosie in Nederland: twee gewonden", HERE)


def test_a_serious_report_without_a_place_and_of_another_kind_joins_nothing_here() -> None:
    assert not are_one("Steekpartij in Arnhem: twee gewonden", NO_PLACE)


def test_a_light_report_from_here_about_elsewhere_makes_that_no_event_of_here() -> None:
    light = "Ook in Arnhem bewaking na explosie bij moskee in Utrecht"
    first, reaction, here = groups_of((UTRECHT, "", 4), (light, "", 1), (HERE, "", 4))
    assert first == reaction
    assert here != first


def test_a_town_and_its_municipality_are_one_place_and_two_of_its_towns_are_not() -> None:
    velp, dieren = (
        "Explosie bij woning in Velp, gewonden",
        "Explosie bij woning in Dieren, gewonden",
    )
    assert are_one(velp, "Explosie bij woning in gemeente Rheden, gewonden")
    assert not are_one(velp, dieren)
    assert not are_one("Explosie bij woning in Velp, gemeente Rheden, gewonden", dieren)


def test_a_serious_thing_in_the_city_is_another_than_one_in_a_town_near_by() -> None:
    velp, city = "Explosie bij woning in Velp, gewonden", "Explosie in Arnhem: gewonden bij woning"
    assert not are_one(velp, city)
    assert not are_one(city, velp)
    both = "Explosie bij woning in Velp bij Arnhem, gewonden"
    assert are_one(both, city)
    assert are_one(both, velp)


def test_where_the_title_names_no_district_each_of_the_lead_counts() -> None:
    title = "Explosie in Arnhem, man gewond"
    leads = ["Het was in Klarendal.", "Het was in Geitenkamp, aan de rand van Klarendal."]
    assert are_one(title, title, leads=leads)


def test_what_a_lead_recalls_keeps_a_second_incident_apart() -> None:
    title = "Explosie in Arnhem, man gewond"
    leads = ["Het was in Klarendal.", "Het was in Geitenkamp. Eerder was er een in Klarendal."]
    assert not are_one(title, title, leads=leads)
