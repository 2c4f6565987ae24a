"""Many that may be on the list twice: a part at a time, and the same part after each decision."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import sha256

import pytest
from sqlmodel import col, select

from bot.console.doubles import ON_A_LEAF, leaf_of
from contacts.directory import Domain, Organisation, Person
from contacts.records import Database
from tests.console_world import World, a_world

PLACE = "/contacten/dubbel"


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as made:
        yield made


async def many(world: World, pairs: int) -> None:
    """So many schools with the telephone of another, each with two people of one telephone."""
    async with world.db.begin() as session:
        for number in range(pairs):
            names = [sha256(f"{number} {one}".encode()).hexdigest()[:20] for one in range(2)]
            schools = [
                Organisation(
                    name=name, domain=Domain.EDUCATION, phone=f"026 {number:03}",
                    created_at=world.now,
                )
                for name in names
            ]  # fmt: skip
            session.add_all(schools)
            await session.flush()
            for _ in range(2):
                session.add(
                    Person(
                        organisation_id=schools[0].id or 0, name="Docent", phone=f"06 {number}",
                        created_at=world.now,
                    )
                )  # fmt: skip


def test_a_part_that_is_gone_is_the_last_one() -> None:
    found = list(range(ON_A_LEAF + 1))
    assert leaf_of(found, 1).shown == found[:ON_A_LEAF]
    assert leaf_of(found, 2).shown == [ON_A_LEAF]
    assert leaf_of(found[:-1], 2).number == 1
    assert leaf_of(found, 0).number == 1
    assert (leaf_of([], 7).number, leaf_of([], 7).last) == (1, 1)


async def test_a_hundred_pairs_come_a_part_at_a_time_and_the_page_stays_small(
    world: World,
) -> None:
    await many(world, 45)
    first = (await world.desk.get(PLACE)).text
    assert first.count('id="paar-') == first.count('id="plek-') == ON_A_LEAF
    assert "45 paren" in first
    assert "Blad 1 van 3" in first
    assert len(first.encode()) < 100_000
    second = (await world.desk.get(f"{PLACE}?mensen=2&plekken=3")).text
    assert (second.count('id="paar-'), second.count('id="plek-')) == (ON_A_LEAF, 5)
    assert f'href="{PLACE}?mensen=1&amp;plekken=3#mensen"' in second
    for odd in ("x", "-1", "0", "99999", "²"):
        page = await world.desk.get(PLACE, params={"mensen": odd})
        assert (page.status_code, page.text.count('id="paar-')) == (200, ON_A_LEAF)


async def test_who_decides_on_the_second_part_stays_there(world: World) -> None:
    await many(world, ON_A_LEAF + 2)
    async with world.db.read() as session:
        keep, gone = (
            await session.exec(select(Person.id).where(col(Person.phone) == f"06 {ON_A_LEAF + 1}"))
        ).all()
    done = await world.press(PLACE, blijft=keep, gaat=gone, mensen=2, plekken=1)
    where = done.headers["location"]
    assert where == f"{PLACE}?mensen=2&plekken=1&klaar=merged_people"
    page = (await world.desk.get(where)).text
    assert page.count('id="paar-') == 1
    assert "Blad 2 van 2" in page
