"""What texts mean is kept beside their items: a restart reads nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy
import pytest
from sqlmodel import col, select

import feeds.kept_meanings
import feeds.meaning
from contacts.directory import Role
from contacts.permissions import Actor
from contacts.records import Database
from feeds.events import dismiss_event, drop_old_leads
from feeds.kept_meanings import LONGEST_KEPT
from feeds.meaning import E5Meanings, digest_of
from feeds.rows import DismissReason, Event, Item, ItemMeaning
from tests.feeds_world import World, feeds_world

WHO = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False).who
PLOT = "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag"
PLAN = "Terreurplan verijdeld: politie pakt drietal op in hoofdstad van Gelderland, meldt Arnhem"
MARKET = "Nieuwe bomen en bredere stoepen voor winkelend publiek in Arnhem"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model was given; it is not the real one, and is never loaded."""
    texts: list[str] = []

    def of(text: str) -> numpy.ndarray:
        texts.append(text)
        return numpy.array([0.6, 0.8] if text in {PLOT, PLAN} else [0.8, -0.6], numpy.float32)

    monkeypatch.setattr(feeds.meaning, "_read", of)
    use(monkeypatch, "model-1")
    return texts


def use(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setattr(feeds.kept_meanings, "mark", lambda: model)


async def kept(db: Database) -> list[ItemMeaning]:
    async with db.read() as session:
        found = await session.exec(select(ItemMeaning).order_by(col(ItemMeaning.item_id)))
        return list(found.all())


async def two_outlets(world: World) -> None:
    """Two reports that only meaning brings together, so both were read."""
    await world.add("omroep", "krant", "blad")
    world.server.publish("omroep", "a", PLOT, published=world.clock())
    await world.watch.poll_due()
    world.clock.forward(minutes=31)
    world.server.publish("krant", "b", PLAN, published=world.clock())
    await world.watch.poll_due()


async def next_report(world: World) -> None:
    world.watch = world.restarted()
    world.clock.forward(minutes=31)
    world.server.publish("blad", "c", MARKET, published=world.clock())
    await world.watch.poll_due()


async def test_a_restart_reads_only_what_is_new(
    db: Database, now: datetime, read: list[str]
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await two_outlets(world)
        assert sorted(read) == sorted([PLOT, PLAN])
        assert [row.text_digest for row in await kept(db)] == [digest_of(PLOT), digest_of(PLAN)]
        await next_report(world)
        assert sorted(read) == sorted([PLOT, PLAN, MARKET])
        (event,) = await world.events()
        assert [item.event_id for item in await world.items()] == [event.id, event.id, None]


async def test_another_model_reads_all_of_it_anew(
    db: Database, now: datetime, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await two_outlets(world)
        use(monkeypatch, "model-2")
        await next_report(world)
    assert read.count(PLOT) == 2
    assert {row.model for row in await kept(db) if row.text_digest == digest_of(PLOT)} == {
        "model-2"
    }


async def test_a_new_title_leaves_no_meaning_of_the_old_one(
    db: Database, now: datetime, read: list[str]
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await two_outlets(world)
        async with db.begin() as session:
            item = (await session.exec(select(Item).where(col(Item.guid) == "b"))).one()
            item.title = f"{PLAN}, drie huizen doorzocht"
            session.add(item)
        await next_report(world)
    rows = {row.item_id: row.text_digest for row in await kept(db)}
    assert rows[2] == digest_of(f"{PLAN}, drie huizen doorzocht")


async def test_what_texts_mean_goes_when_their_leads_go(
    db: Database, now: datetime, read: list[str]
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await two_outlets(world)
        await next_report(world)
        assert len(await kept(db)) == 3
        later = world.clock() + timedelta(hours=73)
        async with db.begin() as session:
            await drop_old_leads(session, now=later)
        assert [row.item_id for row in await kept(db)] == [1, 2], "their event is open"
        (event,) = await world.events()
        async with db.begin() as session:
            event = await session.get_one(Event, event.id)
            await dismiss_event(session, event, DismissReason.ELSEWHERE, who=WHO, now=later)
            await drop_old_leads(session, now=later)
        assert await kept(db) == []


async def test_nothing_is_kept_longer_than_a_week(
    db: Database, now: datetime, read: list[str]
) -> None:
    async with feeds_world(db, now, similarity="betekenis") as world:
        await two_outlets(world)
        async with db.begin() as session:
            await drop_old_leads(session, now=now + LONGEST_KEPT + timedelta(hours=1))
    assert await kept(db) == []


async def test_words_alone_keep_nothing(db: Database, now: datetime, read: list[str]) -> None:
    async with feeds_world(db, now) as world:
        await two_outlets(world)
    assert read == []
    assert await kept(db) == []


def test_what_is_taken_over_is_what_was_read_and_is_not_written_again(read: list[str]) -> None:
    first, second = E5Meanings(), E5Meanings()
    at = datetime(2026, 3, 3, tzinfo=UTC)
    before = first.of(PLOT, at)
    ((digest, packed),) = first.fresh().items()
    second.take(digest, packed, at)
    assert (second.of(PLOT, at) == before).all()
    assert second.fresh() == {}
    first.settle([digest])
    assert first.fresh() == {}
    assert read == [PLOT]


def test_a_reading_that_fails_leaves_what_was_read_to_be_stored(
    read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meanings, at = E5Meanings(), datetime(2026, 3, 3, tzinfo=UTC)
    meanings.of(PLOT, at)

    def fails(_: str) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(feeds.meaning, "_read", fails)
        with pytest.raises(MemoryError):
            meanings.of(PLAN, at)
    assert len(meanings.fresh()) == 1
    meanings.of(PLAN, at)
    assert (len(meanings.fresh()), read) == (2, [PLOT, PLAN])
