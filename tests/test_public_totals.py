"""The public page: totals of quarters that are over, of nobody, and only if it is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.config import Config
from bot.console.public_texts import LINES
from bot.console.public_totals import totals_of
from bot.settings import WebSettings
from briefings.learning.packs import read_figures
from briefings.learning.rows import QuarterPack
from briefings.overleg.rows import Overleg, OverlegKind, OverlegStatus
from contacts.records import Database
from signals.quarters import Quarter
from tests.console_world import EVIL, World, a_world, client_of

LAST = Quarter(2025, 4)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as started:
        yield started


async def frozen(world: World) -> None:
    """A quarter with an event of which the school heard, as it is kept for ever."""
    async with world.db.begin() as session:
        figures = await read_figures(session, LAST, is_exercise=False, now=world.now)
        figures["events"] = [
            {"number": 1, "name": EVIL, "on": "2025-11-04", "minutes": 60, "organisations": 2,
             "reached": 2, "in_time": 1}
        ]  # fmt: skip
        figures["reach"] = {"organisations": 2, "reached": 2, "in_time": 1}
        figures["list"] = {"organisations": 90, "two": 70, "reachable": 88}
        session.add(QuarterPack(quarter=LAST.name, frozen_at=world.now, figures=figures))
        session.add_all(
            Overleg(
                starts_at=LAST.begin + timedelta(days=9), kind=OverlegKind.REGULAR, status=status,
                host_id=world.organisation_id, place="Zaal 2", edited_at=world.now,
            )
            for status in (OverlegStatus.HELD, OverlegStatus.CANCELLED)
        )  # fmt: skip


async def page_of(world: World, *, public: bool, now: datetime | None = None) -> tuple[int, str]:
    config = Config(web=WebSettings(public_totals=public))
    async with client_of(world.db, world.sealer, now or world.now, config=config) as outside:
        answer = await outside.get("/cijfers")
        return answer.status_code, answer.text


async def test_it_is_there_only_if_the_municipality_wants_it(world: World) -> None:
    await frozen(world)
    assert (await page_of(world, public=False))[0] == 404
    assert (await page_of(world, public=True))[0] == 200


async def test_it_names_no_school_and_no_event_and_hides_what_is_small(world: World) -> None:
    assert "Er is nog geen kwartaal voorbij" in (await page_of(world, public=True))[1]
    await frozen(world)
    _, page = await page_of(world, public=True)
    for name in ("Voorbeeldcollege", "Onrust", "Zaal 2", "Onderwijs"):
        assert name not in page
    assert "Kwartaal 4 van 2025" in page
    assert "1-2 van 1-2" in page
    assert "88 van 90" in page
    rows = page.partition(LINES[-1])[2]
    assert rows.partition('<td class="getal">')[2].startswith("1<"), "one meeting was held"


async def test_every_line_has_a_value(world: World) -> None:
    async with world.db.read() as session:
        figures = await read_figures(session, LAST, is_exercise=False, now=world.now)
    assert len(totals_of(figures, 0)) == len(LINES)
