"""Who finds whom: five by five, small counts hidden, 2019 beside it with its n."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert
from sqlmodel import select

from bot.tidying import forget_what_is_over
from contacts.directory import Domain, Tally
from contacts.meeting import ContactCount, Way, count_contact
from contacts.records import Database
from signals.contact_matrix import HUB, PUBLISHED, SHARE_FROM, hub_share, matrix_of
from signals.settings import SignalSettings
from tests.console_world import FORM, SAME_SITE, World, a_world

MONDAY = date(2026, 3, 2)
SCHOOL, CARE, CIVIL = Domain.EDUCATION, Domain.CARE_WELFARE, Domain.CIVIL


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


def counted(one: Domain, other: Domain, count: int, way: Way = Way.TAKEN_UP) -> ContactCount:
    return ContactCount(week=MONDAY, from_domain=one, to_domain=other, way=way, count=count)


async def many(world: World, one: Domain, other: Domain, count: int, now: datetime) -> None:
    async with world.db.begin() as session:
        for _ in range(count):
            await count_contact(session, one, other, Way.TAKEN_UP, is_exercise=False, now=now)


def test_one_and_two_look_alike_and_three_does_not() -> None:
    shown = [matrix_of([counted(SCHOOL, CARE, n)]).rows[SCHOOL][CARE] for n in (0, 1, 2, 3, 10)]
    assert [cell.shown for cell in shown] == ["0", "1-2", "1-2", "3", "10"]
    assert [cell.shade for cell in shown] == [0, 1, 1, 2, 3]


def test_directions_are_kept_apart_and_ways_are_added() -> None:
    matrix = matrix_of(
        [
            counted(SCHOOL, CARE, 4),
            counted(SCHOOL, CARE, 3, Way.LOOKED_UP),
            counted(CARE, SCHOOL, 5),
        ]
    )
    assert matrix.rows[SCHOOL][CARE].shown == "7"
    assert matrix.rows[CARE][SCHOOL].shown == "5"
    assert (matrix.ways[Way.TAKEN_UP], matrix.ways[Way.LOOKED_UP]) == ("9", "3")
    assert (SCHOOL, CARE) not in matrix.unmet
    assert len(matrix.unmet) == 9


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(Domain), st.sampled_from(Domain)), st.integers(0, 40)
)


@given(CELLS)
def test_the_total_never_tells_a_one_from_a_two(cells: dict[tuple[Domain, Domain], int]) -> None:
    def total(of: dict[tuple[Domain, Domain], int]) -> str:
        return matrix_of([counted(a, b, n) for (a, b), n in of.items()]).total

    for pair, count in cells.items():
        if count in (1, 2) and sum(cells.values()) - count >= 3:
            assert total(cells) == total({**cells, pair: 3 - count})


@given(CELLS)
def test_a_share_is_vague_and_speaks_only_of_enough(
    cells: dict[tuple[Domain, Domain], int],
) -> None:
    share = hub_share(cells)
    total = sum(cells.values())
    through = sum(count for ends, count in cells.items() if HUB in ends)
    if share is None:
        assert total < SHARE_FROM or through in (1, 2) or total - through in (1, 2)
    else:
        assert share % 5 == 0
        assert abs(share - 100 * through / total) <= 2.5


def test_exactly_the_four_published_cells_stand_there_with_their_n() -> None:
    told = {(a, b): (p.percent, p.n) for (a, b), p in PUBLISHED.items()}
    assert told == {
        (CARE, HUB): (56, 27), (SCHOOL, HUB): (44, 10),
        (CARE, Domain.SAFETY): (48, 27), (SCHOOL, Domain.SAFETY): (18, 10),
    }  # fmt: skip


async def test_the_page_shows_both_tables_and_never_a_bare_percentage(world: World) -> None:
    await many(world, SCHOOL, CIVIL, 2, world.now)
    await many(world, SCHOOL, CARE, 12, world.now)
    page = (await world.desk.get("/beeld/contact")).text
    assert re.search(r'class="vak-1"[^>]*>1-2<', page)
    assert re.search(r'class="vak-3"[^>]*>12<', page)
    assert page.count("niet gepubliceerd") == 21
    for percent, n in ((56, 27), (44, 10), (48, 27), (18, 10)):
        assert f"(rond {percent} %, n = {n})" in page
    assert len(re.findall(r"\d+ %", page)) == 4
    assert "figuur 2.2" in page
    assert "4 september 2019" in page
    assert 'href="/beeld/contact"' in (await world.desk.get("/beeld")).text


async def test_the_file_hides_what_the_page_hides(world: World) -> None:
    await many(world, SCHOOL, CIVIL, 2, world.now)
    await many(world, SCHOOL, CARE, 12, world.now)
    answer = await world.desk.get("/beeld/contact/csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    told = {line[1]: line[2] for line in lines if line[0] == "Langs Schakel"}
    assert len(told) == 25
    assert told["van onderwijs naar maatschappelijk"] == "1-2"
    assert told["van onderwijs naar zorg en welzijn"] == "12"
    then = [line for line in lines if line[0] == "Gepubliceerd in 2019"]
    assert len(then) == 4
    assert all("n = " in line[2] for line in then)


async def test_the_share_through_the_municipality_falls_when_partners_find_each_other(
    world: World,
) -> None:
    earlier = world.now - timedelta(weeks=14)
    await many(world, SCHOOL, HUB, 20, earlier)
    await many(world, SCHOOL, CARE, 5, earlier)
    await many(world, SCHOOL, HUB, 10, world.now)
    await many(world, CARE, SCHOOL, 31, world.now)
    page = (await world.desk.get("/beeld/contact")).text
    told = re.findall(r'class="getal">(ongeveer \d+ %|te weinig[^<]*)<', page)
    assert told == [
        "te weinig", "te weinig",
        "ongeveer 80 %", "ongeveer 25 %",
    ]  # fmt: skip
    assert ">10<" in page
    assert ">30<" not in page, "the earlier quarter is not in this one"
    assert ">30<" in (await world.desk.get("/beeld/contact?periode=jaar")).text


async def test_a_signal_is_a_contact_of_its_domain_with_the_municipality(world: World) -> None:
    for _ in range(2):
        answer = await world.web.post(f"{world.page}/signaal", data=FORM, headers=SAME_SITE)
        assert answer.status_code == 303
    async with world.db.read() as session:
        [row] = (await session.exec(select(ContactCount))).all()
    assert (row.from_domain, row.to_domain, row.way, row.count) == (SCHOOL, HUB, Way.TOLD, 2)
    names = set(ContactCount.metadata.tables["contact_count"].columns.keys())
    assert names == {"id", "week", "from_domain", "to_domain", "way", "count", "is_exercise"}


async def test_counts_of_an_exercise_stay_apart_and_go_after_a_month(world: World) -> None:
    async with world.db.begin() as session:
        await count_contact(session, SCHOOL, CARE, Way.TAKEN_UP, is_exercise=True, now=world.now)
        await count_contact(session, SCHOOL, CARE, Way.TAKEN_UP, is_exercise=False, now=world.now)
    assert ">1-2<" in (await world.desk.get("/beeld/contact")).text
    for days, left in ((25, 2), (45, 1)):
        async with world.db.begin() as session:
            at = world.now + timedelta(days=days)
            await forget_what_is_over(session, SignalSettings(), now=at)
            assert len((await session.exec(select(ContactCount))).all()) == left


async def test_two_first_contacts_at_the_same_moment_are_two_and_lose_nothing(
    world: World,
) -> None:
    """On PostgreSQL the other's row may come just before ours."""
    others: list[str] = []

    def come_between(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO contact_count") and not others:
            others.append(statement)
            row = counted(SCHOOL, CARE, 1).model_dump(exclude={"id"})
            connection.execute(insert(ContactCount).values(**row))

    engine = world.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", come_between)
    try:
        async with world.db.begin() as session:
            session.add(Tally(day=MONDAY, name="referral", count=1))
            await count_contact(
                session, SCHOOL, CARE, Way.TAKEN_UP, is_exercise=False, now=world.now
            )
    finally:
        event.remove(engine, "before_cursor_execute", come_between)
    async with world.db.read() as session:
        [row] = (await session.exec(select(ContactCount))).all()
        assert (await session.exec(select(Tally.count))).all() == [1], "what it was about is kept"
    assert (len(others), row.count) == (1, 2)
