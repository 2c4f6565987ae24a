"""A typed source is read as it was meant: who, when, and where to find it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evening.sourcing import SourceLine, clock_time, read_source, said_at, source_names
from briefings.fact_rules import CLOCK_SLACK
from briefings.moments import clock
from contacts.local_time import AMSTERDAM

NOW = datetime(2026, 3, 3, 20, 5, tzinfo=AMSTERDAM).astimezone(UTC)
LINK = "https://omroep.example/1"


def at(hour: int, minute: int, day: int = 3) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("politie", SourceLine("politie", None, None)),
        ("politie 17.47", SourceLine("politie", at(17, 47), None)),
        ("politie, 17:47 uur", SourceLine("politie", at(17, 47), None)),
        ("omroep en krant om 9.05 uur", SourceLine("omroep en krant", at(9, 5), None)),
        (f"{LINK} omroep 17.47", SourceLine("omroep", at(17, 47), LINK)),
        ("krant 23.50", SourceLine("krant", at(23, 50, day=2), None)),
        ("politie eenheid 25", SourceLine("politie eenheid 25", None, None)),
        ("krant van 3.3.2026", SourceLine("krant van 3.3.2026", None, None)),
        (LINK, SourceLine("omroep.example", None, LINK)),
        ("", SourceLine("", None, None)),
    ],
)
def test_name_time_and_link_are_taken_apart(typed: str, read: SourceLine) -> None:
    assert read_source(typed, NOW) == read


@pytest.mark.parametrize("typed", ["24.00", "7", "7.60", "a.b", "", "1.2.3"])
def test_what_is_no_clock_time_is_none(typed: str) -> None:
    assert clock_time(typed) is None


@given(st.times(), st.integers(0, 365 * 24 * 60).map(lambda n: NOW + timedelta(minutes=n)))
def test_a_source_never_spoke_in_the_future(shown: time, now: datetime) -> None:
    said = said_at(shown.replace(second=0, microsecond=0), now)
    assert said <= now + CLOCK_SLACK
    assert now - said < timedelta(days=1, hours=2)


def test_a_clock_a_little_ahead_of_ours_is_still_today() -> None:
    assert clock(said_at(time(20, 10), NOW)) == "20.10"
    assert said_at(time(20, 10), NOW) > NOW


def test_in_an_exercise_one_source_has_one_button() -> None:
    named = ["politie", "gemeente", "Politie (oefening)", "Oefenomroep", "oefenomroep"]
    assert source_names(named) == ["politie", "gemeente", "Oefenomroep"]
