"""A NUL reaches no store: PostgreSQL takes none, and a file has none in its name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from contacts.directory import ContactGroup
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_world

FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


@pytest.mark.parametrize("path", ["/gegevens", "/aanmelden"])
async def test_an_address_with_a_nul_is_asked_for_like_any_other(world: World, path: str) -> None:
    answer = await world.web.post(
        path, content=b"e-mail=%00a%00@b.nl", headers=SAME_SITE | {"content-type": FORM_TYPE}
    )
    assert answer.status_code == 303


async def test_what_is_typed_with_a_nul_is_kept_with_a_space(world: World) -> None:
    answer = await world.press("/contacten/groepen", naam="\0Wijk\0team")
    assert answer.status_code == 303
    async with world.db.read() as session:
        assert (await session.exec(select(ContactGroup.name))).all() == ["Wijk team"]


@pytest.mark.parametrize(
    "address",
    [
        "/contacten?zoek=%00", "/journaal?wie=x%00", "/gegevens?gevraagd=%00", "/%00",
        "/static/%00", "/o/%00", "/api%00",
    ],
)  # fmt: skip
async def test_an_address_with_a_nul_is_refused_before_anything_is_looked_for(
    world: World, address: str
) -> None:
    for browser in (world.web, world.desk):
        answer = await browser.get(address)
        assert answer.status_code == 400
        assert "Dit kan zo niet" in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    ["/api/%00", "/api/v1/events/%00/picture", "/api/v1/events?before=%00", "/api/v1?%00=1"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_another_system_reads_in_json_that_its_address_has_a_nul(
    world: World, method: str, address: str
) -> None:
    answer = await world.web.request(method, address, headers=SAME_SITE)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "%00" in answer.json()["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"
