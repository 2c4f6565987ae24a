"""A look at a source that is broken off leaves nothing behind that was never stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contacts.records import Database
from feeds import polling
from feeds.intake import judge_entries
from feeds.parsing import Entry
from feeds.storing import Round
from tests.feeds_world import World, feeds_world

TITLES = (
    "Drie mensen aangehouden in Arnhem om voorbereiden aanslag",
    "Politie Arnhem: drie mensen aangehouden, verdacht van voorbereiden aanslag",
)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with feeds_world(db, now) as world:
        await world.add("krant", "omroep")
        yield world


def entry(world: World, title: str) -> Entry:
    at = world.clock() - timedelta(minutes=1)
    return Entry(title, title, "https://nieuws.example/1", "", at)


async def take(world: World, key: str, title: str) -> None:
    await world.watch.take(await world.source(key), [entry(world, title)])


def groups_hold(world: World) -> int:
    """How many items the groups in memory know."""
    groupers = world.watch._groupers.values()
    return sum(len(group.members) for one in groupers for group in one._groups.values())


@pytest.mark.parametrize("fault", [OSError, asyncio.CancelledError])
async def test_what_was_not_stored_is_in_no_group(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    await take(world, "krant", TITLES[0])

    async def refuse(*_: Any) -> set[int]:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(Round, "store", refuse)
        with pytest.raises(fault):
            await take(world, "omroep", TITLES[1])
    await take(world, "omroep", TITLES[1])
    assert [item.title for item in await world.items()] == list(TITLES)
    [event] = await world.events()
    assert {item.event_id for item in await world.items()} == {event.id}
    assert groups_hold(world) == 2


async def test_groups_that_are_thrown_away_meanwhile_are_not_begun_empty(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another source fails between looking and judging; what is known stays known."""
    await take(world, "krant", TITLES[0])
    judge = judge_entries

    def fails_meanwhile(*given: Any, **named: Any) -> Any:
        world.watch._groupers.clear()
        return judge(*given, **named)

    monkeypatch.setattr(polling, "judge_entries", fails_meanwhile)
    await take(world, "omroep", TITLES[1])
    monkeypatch.undo()
    await take(world, "krant", "Aanhoudingen Arnhem: drie verdachten van voorbereiden aanslag")
    assert len(await world.events()) == 1
