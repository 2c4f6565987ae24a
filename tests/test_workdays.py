"""Working days of the Netherlands."""

from __future__ import annotations

from datetime import date

from signals.workdays import on_working_day


def test_a_working_day_stays_and_a_sunday_becomes_the_next_one() -> None:
    assert on_working_day(date(2026, 6, 9)) == date(2026, 6, 9)
    assert on_working_day(date(2027, 2, 28)) == date(2027, 3, 1)
    assert on_working_day(date(2026, 12, 25)) == date(2026, 12, 28)
