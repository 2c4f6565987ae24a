"""What goes on with a matter that rang stands on the list, and rings only when it is heavier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import alert_content
from contacts.records import Database
from feeds.alerting import due_alerts, mark_alerted
from feeds.daily import to_list
from feeds.event_rules import load_event_rules
from feeds.following import goes_on, said_before
from feeds.raw_items import RawItem, in_order
from feeds.replaying import Replay
from feeds.rows import Event, Origin
from feeds.subjects import Subject, subject_of
from tests.feeds_world import World, feeds_world

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
RULES = load_event_rules()
QUAKE = "Zware aardbeving in Turkije, honderden mensen vermist"
ATTACK = "Grote terroristische aanslag in centrum van Brussel, veel gewonden"
REACTION = "Premier roept op tot kalmte na terroristische aanslag in centrum van Brussel, gewonden"
DEADLY = "Zeker tien doden door terroristische aanslag in Brussel, gewonden in ziekenhuizen"


def about(
    title: str, *, types: Sequence[str] = ("E14",), themes: Sequence[str] = ("T01",),
    place: str | None = None, is_dutch: bool = False, is_local: bool = False,
) -> Subject:  # fmt: skip
    return subject_of(title, types, themes, RULES, is_dutch=is_dutch, is_local=is_local,
                      place=place)  # fmt: skip


def follows(title: str, told: str = QUAKE, *, days: float, **how: object) -> bool:
    first = about(told, **{key: one for key, one in how.items() if key != "types"})
    return goes_on(about(title, **how), [first], days, lambda _: 1.0, RULES.vervolg)


def test_the_share_of_what_was_said_counts_telling_words_more() -> None:
    new, old = about("Kamer spreekt over Lombok"), about("Vulkaan op Lombok barst uit")
    assert said_before(new, [old], lambda _: 1.0) == pytest.approx(1 / 3)
    assert said_before(new, [old], lambda stem: 9.0 if stem == "lombok" else 1.0) > 0.8
    assert said_before(about("En"), [old], lambda _: 1.0) == 0


def test_abroad_one_country_is_one_matter_for_some_days() -> None:
    other = "Regering Turkije onder vuur om bouwregels"
    assert follows(other, days=RULES.vervolg.zelfde_plek_dagen)
    assert not follows(other, days=RULES.vervolg.zelfde_plek_dagen + 0.1)
    assert not follows("Regering Griekenland onder vuur om bouwregels", days=1, themes=())


def test_nearly_the_same_words_go_on_for_weeks() -> None:
    again = "Beelden van zware aardbeving in Turkije"
    assert follows(again, days=20)
    assert not follows(again, days=61)
    assert not follows(again, days=20, types=("E08",)), "another kind of thing"


def test_looking_back_takes_fewer_of_the_same_words() -> None:
    calm = "Dode vogels, lege straten en stille dorpen in Turkije na zware regen"
    assert not follows(calm, days=20)
    assert follows("Nabestaanden in Turkije na aardbeving boos", days=20)


@pytest.mark.parametrize(
    "title",
    ["Nieuwe zware aardbeving in Turkije, honderden mensen vermist",
     "Opnieuw aardbeving in Turkije, honderden mensen vermist"],
)  # fmt: skip
def test_what_begins_anew_goes_on_with_nothing(title: str) -> None:
    assert not follows(title, days=1)


def test_what_comes_nearer_is_news_until_it_was_told() -> None:
    near = "Nederlanders vermist na zware aardbeving in Turkije"
    assert not follows(near, days=1)
    assert follows("Nederlanders in Turkije zoeken familie", told=near, days=1)


def test_the_name_of_the_own_city_is_no_matter_of_its_own() -> None:
    local = {"themes": (), "place": "Arnhem", "is_dutch": True, "is_local": True}
    shots, market = "Schoten gelost in centrum van Arnhem", "Vechtpartij op markt in Arnhem"
    assert not follows(market, told=shots, days=0.2, **local)


def test_elsewhere_in_the_country_it_takes_the_same_kind_of_thing() -> None:
    here = {"themes": (), "place": "Rotterdam", "is_dutch": True}
    shots = "Schietpartij in ziekenhuis in Rotterdam"
    assert follows("Meer slachtoffers bij branden in Rotterdam", told=shots, days=0.1,
                   types=("E14",), **here)  # fmt: skip
    assert not follows("Boze boeren bij stadhuis in Rotterdam", told=shots, days=0.1,
                       types=("E07",), **here)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "again", "days"),
    [("Brandstichting bij moskee in Arnhem", "Brandstichting bij synagoge in Arnhem", 10),
     ("Explosie bij moskee in Arnhem", "Explosie bij synagoge in Arnhem", 20),
     ("Jongen (15) neergestoken op school in Arnhem",
      "Meisje (14) neergestoken op andere school in Arnhem", 3.3),
     ("Rellen in Arnhem", "Rellen in Arnhem na demonstratie", 15),
     ("Zes terreurverdachten aangehouden in Arnhem",
      "Drie terreurverdachten aangehouden in Arnhem", 17)],
)  # fmt: skip
@pytest.mark.parametrize("is_local", [True, False])
def test_a_second_attack_in_this_country_is_news_though_told_in_the_words_of_the_first(
    told: str, again: str, days: float, is_local: bool
) -> None:
    here = {"place": "Arnhem", "is_dutch": True, "is_local": is_local}
    assert not follows(again, told=told, days=days, **here)
    assert follows(f"Verdachte opgepakt voor {told.lower()}", told=told, days=days, **here)


async def rung(world: World) -> Event:
    """An event that rang, and a day passed."""
    await world.add("omroep", "krant")
    world.server.publish("omroep", "a", ATTACK, published=world.clock())
    await world.watch.poll_due()
    (event,) = await world.events()
    async with world.db.begin() as session:
        event = await session.get_one(Event, event.id)
        event.alerted_at, event.alerted_severity = world.clock(), event.suggested_severity
        await mark_alerted(session, event, delivery_id=None, now=world.clock())
    world.clock.forward(hours=80)
    return event


async def later(world: World, key: str, title: str) -> Event:
    world.clock.forward(minutes=31)
    world.server.publish("krant", key, title, published=world.clock())
    world.watch = world.restarted()
    await world.watch.poll_due()
    return list(await world.events())[-1]


async def test_a_follow_up_is_listed_with_what_it_follows_and_does_not_ring(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        first = await rung(world)
        event = await later(world, "b", REACTION)
        assert event.id != first.id
        async with db.read() as session:
            due = await due_alerts(session, world.settings, now=world.clock())
            listed = await to_list(session, is_exercise=False, now=world.clock())
        assert due == []
        (one,) = listed
        assert one.event.id == event.id
        assert one.follows is not None
        assert one.follows.id == first.id


async def test_the_first_deaths_ring_again_and_say_what_they_go_on_with(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        first = await rung(world)
        event = await later(world, "c", DEADLY)
        async with db.read() as session:
            due = await due_alerts(session, world.settings, now=world.clock())
            content = await alert_content(session, event)
    assert [one.id for one in due] == [event.id]
    assert content.telegram is not None
    line = next(one for one in content.telegram.text.splitlines() if one.startswith("Vervolg op"))
    assert line.endswith(f"): {first.title}")


async def test_what_it_goes_on_with_may_have_become_part_of_what_never_rang(
    db: Database, now: datetime
) -> None:
    async with feeds_world(db, now) as world:
        first = await rung(world)
        event = await later(world, "c", DEADLY)
        async with db.begin() as session:
            by_hand = Event(title="Onrust", type="algemeen", origin=Origin.MANUAL, detected_at=now)
            session.add(by_hand)
            await session.flush()
            (await session.get_one(Event, first.id)).merged_into_id = by_hand.id
        async with db.read() as session:
            content = await alert_content(session, event)
    assert content.telegram is not None
    assert "Vervolg op een eerdere melding: Onrust" in content.telegram.text


def test_in_a_replay_a_heavier_follow_up_is_an_escalation() -> None:
    rows = [
        RawItem(key=str(number), title=title, outlet="krant",
                first_seen=NOW + timedelta(hours=80 * number))
        for number, title in enumerate([ATTACK, REACTION, DEADLY])
    ]  # fmt: skip
    first, heavier = list(Replay().play(in_order(rows)))
    assert not first.escalates
    assert (heavier.keys, heavier.escalates, heavier.follows) == (("2",), True, first.event)
    assert heavier.as_row()["follows"] == f"g{first.event}"
