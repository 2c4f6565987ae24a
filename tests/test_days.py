"""Days that a calendar decides: the table is what the library reckons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.days import MOON, TABLE, closed_days, feast_days
from feeds.days_reckoning import FEASTS, table

DAY = timedelta(days=1)


def test_the_table_of_days_is_what_the_library_reckons() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "python -m feeds.days_reckoning"
    assert set(FEASTS) > MOON


def test_a_town_hall_is_open_on_good_friday_and_closed_on_liberation_day() -> None:
    assert date(2026, 4, 3) not in closed_days(2026)
    assert {date(2026, 4, 6), date(2026, 5, 5)} <= closed_days(2026)


def test_of_a_year_outside_the_table_only_weekends_are_known() -> None:
    assert closed_days(2101) == frozenset()
    assert feast_days("ramadan", 1999) == ()


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        ("pasen", 2026, date(2026, 4, 5)),
        ("ramadan", 2026, date(2026, 2, 18)),
        ("suikerfeest", 2026, date(2026, 3, 20)),
        ("offerfeest", 2026, date(2026, 5, 27)),
        ("pesach", 2026, date(2026, 4, 2)),
        ("rosj-hasjana", 2026, date(2026, 9, 12)),
        ("jom-kipoer", 2026, date(2026, 9, 21)),
        ("chanoeka", 2026, date(2026, 12, 5)),
    ],
)
def test_feasts_that_move_have_the_day_of_their_year(feast: str, year: int, day: date) -> None:
    (found,) = feast_days(feast, year)
    assert abs(found[0] - day) <= DAY * found[1]


@given(st.sampled_from(["ramadan", "suikerfeest", "offerfeest"]), st.integers(2024, 2035))
def test_a_feast_of_the_moon_comes_once_or_twice_a_year_and_says_that_it_may_shift(
    feast: str, year: int
) -> None:
    days = feast_days(feast, year)
    assert 1 <= len(days) <= 2
    assert all(day.year == year and is_estimated for day, is_estimated in days)
