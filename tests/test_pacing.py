"""How often: per session, per link and per address, and never at the cost of somebody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import pacing
from bot.console.pacing import Pace
from contacts.directory import Role
from contacts.records import Database
from tests.console_world import (
    SAME_SITE,
    World,
    a_colleague,
    a_world,
    app_of,
    client_of,
    press,
    signed_in,
)

START = datetime(2026, 3, 2, 17, 42, tzinfo=UTC)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_a_link_that_is_posted_to_without_end_is_refused_and_others_are_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "POSTS_A_MINUTE", 3)
    async with client_of(world.db, world.sealer, world.now) as web:
        statuses = [
            (await web.post(f"{world.page}/gelezen", headers=SAME_SITE)).status_code
            for _ in range(4)
        ]
        assert statuses == [303, 303, 303, 429]
        refused = await web.post(f"{world.page}/begrepen", headers=SAME_SITE)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "61")
        assert "Wacht een minuut" in refused.text
        # Reading stays possible, and so does every other link.
        assert (await web.get(world.page)).status_code == 200
        other = await web.post(f"/o/{'A' * 22}/gelezen", headers=SAME_SITE)
        assert other.status_code == 404


async def test_a_session_that_acts_without_end_is_refused_and_others_are_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "ACTS_A_MINUTE", 3)
    async with world.db.begin() as session:
        mine = await signed_in(session, world.staff_id, world.now)
        colleague = await a_colleague(session, "Collega", (Role.COORDINATOR,), world.now)
        theirs = await signed_in(session, colleague, world.now)
    path = f"/gebeurtenis/{world.event_id}/stil"
    async with client_of(world.db, world.sealer, world.now, cookies=mine) as web:
        statuses = [(await press(web, world.sealer, path)).status_code for _ in range(4)]
        assert statuses[3] == 429
        assert 429 not in statuses[:3]
        web.cookies.update(theirs)
        assert (await press(web, world.sealer, path)).status_code != 429


@given(st.lists(st.integers(0, 90), min_size=1, max_size=60), st.integers(1, 5))
def test_no_minute_holds_more_than_the_pace(steps: list[int], most: int) -> None:
    pace, at = Pace(most), START
    passed: list[datetime] = []
    for step in steps:
        at += timedelta(seconds=step)
        wait = pace.wait_for("x", at)
        if wait:
            # Who waits as long as was said may go on.
            assert (
                sum(one > at + timedelta(seconds=wait) - timedelta(minutes=1) for one in passed)
                < most
            )
        else:
            passed.append(at)
    for one in passed:
        assert sum(one <= other < one + timedelta(minutes=1) for other in passed) <= most


def test_who_was_quiet_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "MOST_KEYS", 2)
    pace, at = Pace(1), START
    assert [pace.wait_for(key, at) for key in ("a", "b", "a", "c", "b")] == [0, 0, 61, 0, 0]


async def test_what_was_sent_is_remembered_in_few_bytes_whatever_its_length(world: World) -> None:
    paces = app_of(world.web).state.paces
    await world.web.post("/o/" + "A" * 16_000, headers=SAME_SITE)
    await world.web.post("/gegevens", data={"e-mail": "a@school.example"}, headers=SAME_SITE)
    for pace in (paces.links, paces.addresses):
        [key] = pace._asked
        assert len(str(key)) <= 64


@pytest.mark.parametrize("path", ["/gegevens", "/aanmelden"])
async def test_what_is_longer_than_any_address_is_refused_and_not_remembered(
    world: World, path: str
) -> None:
    paces = app_of(world.web).state.paces
    address = "a" * 250 + "@b.nl"
    answer = await world.web.post(path, data={"e-mail": address}, headers=SAME_SITE)
    assert answer.status_code == 400
    assert not paces.addresses._asked
