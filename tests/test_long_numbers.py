"""A number in an address has as many figures as one of ours can have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from starlette.convertors import IntegerConvertor
from starlette.routing import Route

from bot.console.app import DOORS
from contacts.records import Database
from tests.console_world import World, a_world, app_of


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


@pytest.mark.parametrize("figures", [11, 5000])
async def test_a_number_with_figures_without_end_is_no_page(world: World, figures: int) -> None:
    for browser in (world.web, world.desk):
        answer = await browser.get("/gebeurtenis/" + "9" * figures)
        assert answer.status_code == 404


async def test_a_number_that_no_row_has_is_no_page_for_who_is_signed_in(world: World) -> None:
    assert (await world.desk.get("/gebeurtenis/9999999999")).status_code == 404
    assert (await world.desk.get(f"/gebeurtenis/{world.event_id}")).status_code == 200


def test_no_route_counts_figures_without_end(world: World) -> None:
    routes = app_of(world.web).routes
    assert len(routes) > len(DOORS)
    endless = [
        route.path
        for route in routes
        if isinstance(route, Route)
        for one in route.param_convertors.values()
        if isinstance(one, IntegerConvertor)
    ]
    assert endless == []
