"""What somebody looks for stays on the page where they look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from contacts.records import Database
from tests.console_world import World, a_world


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("/contacten?zoek=Dennis+Bakkerstra&domein=onderwijs", "/contacten?domein=onderwijs"),
        ("/gebeurtenis/1/ontvangers?groep=krijgt&zoek=Dennis&blad=2",
         "/gebeurtenis/1/ontvangers?groep=krijgt&blad=2"),
        ("/meldkaart?zoek=Dennis", "/meldkaart"),
        ("/gebeurtenissen?lijst=lopend&na=2026%3A3", "/gebeurtenissen?lijst=lopend&na=2026%3A3"),
        ("/contacten?ZOEK=x&zoek=Dennis&zoek=Bakkerstra", "/contacten?ZOEK=x"),
    ],
)  # fmt: skip
async def test_a_name_that_was_looked_for_stands_in_no_address_to_sign_in(
    world: World, asked: str, back: str
) -> None:
    answer = await world.web.get(asked)
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query == {"naar": [back]}
    assert answer.headers["referrer-policy"] == "no-referrer"
