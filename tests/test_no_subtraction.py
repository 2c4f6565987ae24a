"""A total beside its parts never says what a vague part hides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.evaluation import promises_of
from bot.console.event_view import read_event
from bot.console.public_totals import totals_of
from bot.console.quarters import kpis_of
from briefings.learning.packs import Figures, answers_in_time, read_figures
from contacts.directory import Domain, Organisation, Role
from contacts.permissions import Actor
from contacts.records import Database
from signals.quarters import Quarter
from signals.rows import Setting, Signal, SignalStatus
from tests.console_world import World, a_world

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
DUE = AT + timedelta(days=2)
NOW = DUE + timedelta(hours=1)
FEW = 3
COORDINATOR = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as started:
        yield started


def a_signal(organisation: int, *, closed: datetime | None = None, due: datetime = DUE) -> Signal:
    return Signal(
        organisation_id=organisation, domain=Domain.EDUCATION, district="stad", severity=1,
        setting=Setting.CLASSROOM, kinds=["geruchten"], received_at=AT, answer_due_at=due,
        status=SignalStatus.CLOSED if closed else SignalStatus.NEW, closed_at=closed,
    )  # fmt: skip


def asked(in_time: int, late: int, overdue: int, waiting: int) -> list[Signal]:
    return [
        *(a_signal(n, closed=AT) for n in range(in_time)),
        *(a_signal(n, closed=NOW) for n in range(late)),
        *(a_signal(n) for n in range(overdue)),
        *(a_signal(n, due=NOW + timedelta(days=1)) for n in range(waiting)),
    ]


def could_be(shown: str, count: int) -> bool:
    low, _, high = shown.partition("-")
    return int(low) <= count <= int(high or low)


def test_one_late_answer_shows_as_two_do() -> None:
    one, two = (promises_of(asked(5, late, 0, 0), now=NOW) for late in (1, 2))
    assert (one.asked, one.late, one.open) == (two.asked, two.late, two.open) == ("6-7", "1-2", "0")


@given(st.tuples(*[st.integers(0, 5)] * 4), st.integers(0, 3))
def test_numbers_about_answers_fit_one_as_well_as_two(
    parts: tuple[int, int, int, int], grown: int
) -> None:
    """Wherever a part is one, the same line would be true with two, beside the other parts."""
    counts = list(parts)
    counts[grown] = 1
    promises = promises_of(asked(*counts), now=NOW)
    shown = (promises.in_time, promises.late, promises.open)
    assert could_be(promises.asked, sum(counts)) or sum(counts) < FEW
    true = (counts[0], counts[1] + counts[2], counts[3])
    fitting = [
        {n for n in range(25) if could_be(said, n)} for said in shown
    ]  # fmt: skip
    sums = {
        (a, b, c)
        for a in fitting[0] for b in fitting[1] for c in fitting[2]
        if could_be(promises.asked, a + b + c)
    }  # fmt: skip
    assert true in sums
    for number, count in enumerate(true):
        if 0 < count < FEW and sum(counts) >= FEW + 2:
            assert {1, 2} <= {one[number] for one in sums}


def test_the_pack_hides_what_is_left_when_that_is_small() -> None:
    found = answers_in_time(asked(48, 2, 0, 0), folded=False, now=NOW)
    assert (found["asked"], found["in_time"]) == ("49-50", "48")


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (("50", "48"), "48 van 49-50"),
        (("50", "49"), "49 van 50-51"),
        (("50", "47"), "47 van 50"),
        (("50", "50"), "50 van 50"),
        (("50", "1-2"), "1-2 van 50"),
        (("3", "1-2"), "1-2 van 3"),
        (("49-50", "48"), "48 van 49-50"),
    ],
)
async def test_an_old_pack_with_an_exact_total_is_shown_without_it(
    world: World, kept: Sequence[str], shown: str
) -> None:
    async with world.db.read() as session:
        figures: Figures = await read_figures(
            session, Quarter(2025, 4), is_exercise=False, now=world.now
        )
    figures["answers"] |= {"asked": kept[0], "in_time": kept[1]}
    assert totals_of(figures, 0)[4] == shown
    assert shown in dict(kpis_of(figures)).values()


async def test_the_event_page_has_no_exact_total_beside_a_vague_domain(world: World) -> None:
    async with world.db.begin() as session:
        for number in range(7):
            domain = Domain.EDUCATION if number < 5 else Domain.CARE_WELFARE
            organisation = Organisation(name=f"O{number}", domain=domain, created_at=world.now)
            session.add(organisation)
            await session.flush()
            signal = a_signal(organisation.id or 0)
            signal.domain, signal.event_id = domain, world.event_id
            session.add(signal)
    async with world.db.read() as session:
        view = await read_event(session, world.event_id, COORDINATOR)
    assert view is not None
    assert view.told is not None
    assert {shown for _, shown in view.told.domains} == {"5", "1-2"}
    assert view.told.organisations == "6-7"
    page = (await world.desk.get(f"/gebeurtenis/{world.event_id}")).text
    assert re.search(r"Van 6-7 organisaties\.", page)
