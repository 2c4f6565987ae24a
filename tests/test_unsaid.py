"""A question that may stay open, and did, is nobody's answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from contacts.directory import Domain
from contacts.records import Database
from signals import texts
from signals.counting import values_of
from signals.picture import picture_of
from signals.rows import Done, Eep, Need, Signal
from signals.telling import describe
from tests.console_world import World, a_world, tell


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def told(world: World, **answers: str) -> Signal:
    assert (await tell(world, **answers)).status_code == 303
    async with world.db.read() as session:
        return (await session.exec(select(Signal))).one()


async def test_what_nobody_touched_is_not_said(world: World) -> None:
    signal = await told(world)
    assert (signal.eep, signal.done, signal.need) == (Eep.UNSAID, Done.UNSAID, Need.UNSAID)
    what = describe(signal)
    assert (what.eep, what.done, what.need) == ("", "niet gezegd", "niet gezegd")
    assert ("nodig", "niet_gezegd") in set(values_of(signal))


async def test_what_was_chosen_is_said_also_when_it_is_nothing(world: World) -> None:
    signal = await told(world, eep="beleefd", wat_gedaan="nog_niets", wat_nodig="niets")
    what = describe(signal)
    assert (what.eep, what.done, what.need) == ("beleefd", "nog niets gedaan", "niets")


@pytest.mark.parametrize(("eep", "bars"), [("niet_gezegd", 0), ("beleefd", 1)])
async def test_the_picture_draws_what_was_said(world: World, eep: str, bars: int) -> None:
    signal = await told(world, eep=eep)
    picture = picture_of([signal], day_of=str, names={})
    assert len(dict(picture.charts).get("eeps", ())) == bars


async def test_the_municipality_itself_is_never_called_silent(world: World) -> None:
    picture = picture_of([await told(world)], day_of=str, names={})
    assert texts.DOMAINS[Domain.CARE_WELFARE] in picture.silent_domains
    assert texts.DOMAINS[Domain.MUNICIPALITY] not in picture.silent_domains


async def test_the_form_lets_somebody_take_an_answer_back(world: World) -> None:
    page = (await world.web.get(f"{world.page}/signaal")).text
    assert page.count('value="niet_gezegd" checked') == 3
    assert page.count("Niet gezegd") == 3
