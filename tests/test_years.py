"""Two years of a list: care keeps it reachable, and without care it decays as it did."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from xml.etree import ElementTree

import pytest

from bot.bench.years import BEGIN, Plan, Played, figures, measure, morning, play, quarters_within
from bot.bench.years_drawing import Line, drawing
from bot.bench.years_events import events_of
from bot.bench.years_list import Habits, Town
from contacts.directory import Role
from contacts.permissions import Actor
from contacts.records import Database

SOMEBODY = Actor(1, 1, frozenset({Role.COORDINATOR}), is_exercise=False)


def played(*shares: float, **values: int) -> Played:
    days = [(BEGIN + timedelta(days=n), share) for n, share in enumerate(shares)]
    given = {"left": 0, "followed": 0, "lessons": 2, "without_owner": 0, "lessons_done": 1,
             "packs": 8, "quarters": 8}  # fmt: skip
    return Played(shares=days, **(given | values))


@pytest.mark.parametrize(
    ("went", "is_well"),
    [
        (played(1.0, 0.9, 1.0), True),
        (played(1.0, 0.89, 1.0), False),
        (played(1.0, without_owner=1), False),
        (played(1.0, packs=7), False),
    ],
    ids=["just enough", "one bad day", "a lesson of nobody", "a quarter without its pack"],
)
def test_one_failed_promise_fails_the_two_years(went: Played, is_well: bool) -> None:
    assert figures(went, Plan(), seconds=1.0)["ok"] is is_well


async def test_with_care_an_address_that_died_is_replaced(db: Database) -> None:
    plan = Plan(organisations=20, days=150, events=3, habits=Habits(turnover=0.8))
    went = await play(db, plan)
    assert went.left > 0
    assert went.followed > went.left / 2
    assert min(share for _, share in went.shares) >= 0.8
    assert (went.lessons, went.without_owner) == (3, 0)
    assert went.packs == went.quarters == 1


async def test_without_care_the_list_decays(db: Database) -> None:
    plan = Plan(20, 300, 0, Habits(turnover=0.8), is_kept=False)
    went = await play(db, plan)
    shares = [share for _, share in went.shares]
    assert shares[-1] < 0.9
    assert shares == sorted(shares, reverse=True), "nobody comes in the place of who left"
    assert went.left == went.followed == 0, "the house knows of nobody who left"


async def test_the_measurement_ends_with_its_figures_and_a_drawing() -> None:
    line, drawn = await measure(Plan(organisations=10, days=40, events=1), draws=True)
    found = json.loads(line)
    assert (found["organisations"], found["days"], found["lessons"]) == (10, 40, 1)
    assert 0 < found["lowest_share"] <= found["mean_share"] <= 1
    root = ElementTree.fromstring(drawn)
    lines = [one for one in root if one.tag.endswith("polyline")]
    assert [len(one.attrib["points"].split()) for one in lines] == [41, 41]
    assert len({one.attrib["stroke-dasharray"] for one in lines}) == 2


def test_the_drawing_stays_within_its_frame() -> None:
    days = [(BEGIN + timedelta(days=n), share) for n, share in enumerate((1.0, 0.0, 0.5))]
    root = ElementTree.fromstring(drawing([Line(True, days)]))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    (line,) = [one for one in root if one.tag.endswith("polyline")]
    for point in line.attrib["points"].split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_the_list_has_its_day_once_a_month_and_never_in_a_holiday() -> None:
    town = Town(SOMEBODY, SOMEBODY, 1)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    found = [day for day in year if town.is_list_day(morning(day))]
    assert [day.month for day in found] == list(range(1, 13))
    assert date(2026, 1, 1) not in found
    assert found[3] == date(2026, 4, 1)
    assert found[4] == date(2026, 5, 1)


def test_events_lie_apart_and_leave_time_to_close() -> None:
    days = sorted(events_of(12, BEGIN, 730, Random(1)))
    assert len(days) == 12
    assert all(later - earlier >= timedelta(days=5) for earlier, later in pairwise(days))
    assert days[-1] + timedelta(days=5) <= BEGIN + timedelta(days=730)


def test_ten_in_the_morning_is_that_of_the_city() -> None:
    assert morning(date(2026, 7, 1)) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert morning(date(2026, 1, 7)) == datetime(2026, 1, 7, 9, tzinfo=UTC)


def test_a_quarter_counts_when_it_is_over() -> None:
    assert quarters_within(date(2026, 1, 5), date(2026, 3, 31)) == 0
    assert quarters_within(date(2026, 1, 5), date(2026, 4, 1)) == 1
    assert quarters_within(date(2026, 1, 5), date(2028, 1, 5)) == 8
