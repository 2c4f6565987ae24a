"""What rang or is often in the news makes nothing else in the own city lighter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from contacts.records import Database
from feeds import texts
from feeds.event_rules import load_event_rules
from feeds.remembering import Came, Memory, Rang
from feeds.subjects import Subject, subject_of
from tests.feeds_world import newsrooms_world, publish, ring

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
RULES = load_event_rules()
STABBING = "Steekpartij in Klarendal in Arnhem"


def here(
    title: str, *, types: Sequence[str] = ("E04",), place: str = "Arnhem",
    themes: Sequence[str] = (),
) -> Subject:  # fmt: skip
    return subject_of(title, types, themes, RULES, is_dutch=True, is_local=True, place=place)


def came(subject: Subject, *, days: float = 0) -> Came:
    return Came("krant", "", subject, 3, NOW + timedelta(days=days))


def lighter(memory: Memory, new: Subject, rang: Sequence[Subject] = (), *, days: float) -> float:
    told = [Rang(7, NOW, rang)] if rang else []
    reasons = memory.context(came(new, days=days), told, event=None)
    return sum(reason.weight for reason in reasons if reason.weight < 0)


KLARENDAL = here(STABBING, place="Klarendal, Arnhem")


@pytest.mark.parametrize(
    "new",
    [here("Steekpartij in Presikhaaf in Arnhem", place="Presikhaaf, Arnhem"),
     here("Explosie in Klarendal in Arnhem", types=["E09"], place="Klarendal, Arnhem"),
     here("Man neergestoken in Arnhem")],
)  # fmt: skip
def test_another_kind_or_place_in_the_city_is_no_echo(new: Subject) -> None:
    assert lighter(Memory(RULES), new, [KLARENDAL], days=0.1) == 0


def test_a_theme_alone_makes_no_echo_in_another_part_of_the_city() -> None:
    first = here("Brand bij moskee in Klarendal", types=["E05"], themes=["T03"],
                 place="Klarendal, Arnhem")  # fmt: skip
    second = here("Explosie bij moskee in Presikhaaf", types=["E05"], themes=["T03"],
                  place="Presikhaaf, Arnhem")  # fmt: skip
    assert lighter(Memory(RULES), second, [first], days=0.1) == 0


@pytest.mark.parametrize("place", ["Westervoort", "Arnhem", "Klarendal, Arnhem", "Arnhem Noord"])
def test_a_theme_alone_makes_no_echo_of_another_town(place: str) -> None:
    def fire(where: str) -> Subject:
        return here(f"Brand bij moskee in {where}", types=["E05"], themes=["T03"], place=where)

    assert lighter(Memory(RULES), fire(place), [fire("Velp")], days=0.1) == 0
    assert lighter(Memory(RULES), fire("Velp"), [fire("Velp")], days=0.1) < 0


def test_the_same_kind_in_the_same_place_still_echoes() -> None:
    again = here("Reacties in Klarendal op de steekpartij", place="Klarendal, Arnhem")
    assert lighter(Memory(RULES), again, [KLARENDAL], days=0.1) <= -RULES.naklank.eraf[0]


def test_a_busy_city_and_a_subject_of_everywhere_make_nothing_ordinary() -> None:
    memory, far = Memory(RULES), ("E04",)
    for number in range(100):
        memory.note(came(here("Onrust in Arnhem"), days=number / 10))
        national = subject_of("Turkse onrust", far, ["T03"], RULES, is_dutch=True)
        memory.note(came(national, days=number / 10))
    new = here("Steekpartij bij Turkse club in Arnhem", themes=["T03"])
    assert lighter(memory, new, days=12) == 0


def test_the_same_name_in_the_city_for_days_is_a_running_matter() -> None:
    memory = Memory(RULES)
    for number in range(100):
        memory.note(came(KLARENDAL, days=number / 10))
    assert lighter(memory, KLARENDAL, days=12) == -RULES.vertrouwd.meest_eraf


def test_what_rang_minutes_ago_was_not_a_day_ago() -> None:
    memory, again = Memory(RULES), here("Reacties in Klarendal", place="Klarendal, Arnhem")
    said = {
        days: [one.text for one in memory.context(came(again, days=days),
                                                  [Rang(7, NOW, [KLARENDAL])], event=None)]
        for days in (0.01, 1.2, 2)
    }  # fmt: skip
    assert texts.ECHO_TODAY in said[0.01]
    assert texts.ECHO[0] in said[1.2]
    assert texts.ECHO[1].format(n=2) in said[2]


async def test_on_an_installation_of_minutes_old_the_second_incident_rings(
    db: Database, now: datetime
) -> None:
    async with newsrooms_world(db, now) as world:
        await publish(world, "b1", "Steekpartij in Presikhaaf in Arnhem, man gewond")
        assert len(await ring(world)) == 1
        world.clock.forward(minutes=10)
        await publish(world, "b2", "Schietpartij in Arnhem", source="krant")
        assert len(await ring(world)) == 1
