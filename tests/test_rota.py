"""Who gets an alert is decided over periods and a moment: never nobody, and gaps as they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.local_time import AMSTERDAM
from contacts.rota import (
    WEEK,
    Gap,
    Period,
    RotaPlace,
    changes,
    covers,
    first_called,
    gaps,
    holder,
    holder_before,
    in_turn,
    next_change,
    overlapping,
)

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09.00 in Arnhem
DUTY, BACKUP = RotaPlace.DUTY, RotaPlace.BACKUP
HOUR = timedelta(hours=1)


def duty(person: int, begin: int, end: int, *, is_taken: bool = True) -> Period:
    return Period(DUTY, person, MONDAY + begin * HOUR, MONDAY + end * HOUR, is_taken, begin + 1)


@st.composite
def rotas(draw: st.DrawFn) -> list[Period]:
    """Duty periods that do not overlap, with and without gaps between them."""
    at, made = 0, []
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.sampled_from((0, 0, 5, 30)))
        length = draw(st.integers(1, 200))
        made.append(duty(draw(st.integers(1, 4)), at, at + length, is_taken=draw(st.booleans())))
        at += length
    return made


MOMENTS = st.integers(-50, 1500).map(lambda hours: MONDAY + hours * HOUR)
PEOPLE = st.frozensets(st.integers(1, 4))


@given(rotas(), PEOPLE, MOMENTS)
def test_who_is_called_first_has_duty_and_can_be_reached_or_everybody_is(
    periods: list[Period], awake: frozenset[int], at: datetime
) -> None:
    called = first_called(periods, awake, at=at)
    on = holder(periods, DUTY, at)
    assert set(called) <= awake
    assert len(called) == len(set(called)) <= 2
    if on is None or on.person_id not in awake:
        assert called == (), "a gap, or nobody who hears it: for everybody"
    else:
        assert called[0] == on.person_id


@given(rotas(), MOMENTS)
def test_an_hour_is_in_a_gap_or_somebody_has_duty(periods: list[Period], at: datetime) -> None:
    if not periods or at < periods[0].starts_at:
        return
    begin = min(one.starts_at for one in periods)
    found = gaps(periods, begin=begin, end=MONDAY + 10_000 * HOUR)
    in_gap = any(one.starts_at <= at and (one.ends_at is None or at < one.ends_at) for one in found)
    assert in_gap == (holder(periods, DUTY, at) is None)
    assert found[-1].ends_at is None, "after the last one nobody has duty"


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(1, 26),
    st.times(time(3, 0), time(23, 59)), st.lists(st.integers(1, 4), min_size=1, max_size=4),
)  # fmt: skip
def test_weeks_in_turn_change_at_the_same_hour_of_the_clock_and_leave_no_gap(
    first: date, weeks: int, at: time, people: list[int]
) -> None:
    moments = changes(first, at, weeks)
    periods = in_turn(DUTY, people, moments)
    assert [one.astimezone(AMSTERDAM).time() for one in moments] == [at] * (weeks + 1)
    assert {one.astimezone(AMSTERDAM).weekday() for one in moments} == {first.weekday()}
    assert [one.person_id for one in periods] == [people[n % len(people)] for n in range(weeks)]
    end = moments[-1]
    assert gaps(periods, begin=moments[0], end=end) == []
    assert gaps(periods, begin=moments[0], end=end + HOUR) == [Gap(end, None, 0)]


@pytest.mark.parametrize(("first", "hours"), [("2026-03-23", 167), ("2026-10-19", 169)])
def test_the_week_in_which_the_clock_changes_is_an_hour_shorter_or_longer(
    first: str, hours: int
) -> None:
    begin, end = changes(date.fromisoformat(first), time(9), 1)
    assert end - begin == timedelta(hours=hours)


@given(rotas(), st.integers(0, 900), st.integers(1, 300))
def test_what_overlaps_shares_a_moment(periods: list[Period], begin: int, length: int) -> None:
    new = duty(9, begin, begin + length)
    other = overlapping(periods, new)
    shares = [
        one for one in periods
        if one.number != new.number
        and any(covers(one, MONDAY + hour * HOUR) for hour in range(begin, begin + length))
    ]  # fmt: skip
    assert (other in shares) if shares else other is None
    away = Period(BACKUP, 9, new.starts_at, new.ends_at)
    assert overlapping(periods, away) is None, "the back-up is another place"


def test_until_who_comes_on_said_so_who_goes_off_is_called_too() -> None:
    periods = [duty(1, 0, 168), duty(2, 168, 336, is_taken=False)]
    at = MONDAY + WEEK
    assert first_called(periods, {1, 2}, at=at - HOUR) == (1,)
    assert first_called(periods, {1, 2}, at=at) == (2, 1)
    assert first_called(periods, {2}, at=at) == (2,)
    assert first_called(periods, {1}, at=at) == (), "then everybody, not only who goes off"
    taken = [periods[0], duty(2, 168, 336)]
    assert first_called(taken, {1, 2}, at=at) == (2,)


def test_nobody_goes_off_after_a_gap_or_when_the_same_person_goes_on() -> None:
    apart = [duty(1, 0, 100), duty(2, 101, 200, is_taken=False)]
    assert holder_before(apart, apart[1]) is None
    same = [duty(1, 0, 100), duty(1, 100, 200, is_taken=False)]
    assert holder_before(same, same[1]) is None
    assert first_called(same, {1}, at=MONDAY + 100 * HOUR) == (1,)


def test_before_the_first_period_there_is_no_gap_and_a_gap_that_is_over_is_none() -> None:
    periods = [duty(1, 100, 200), duty(2, 210, 300)]
    end = MONDAY + 290 * HOUR
    assert gaps(periods, begin=MONDAY, end=end) == [
        Gap(MONDAY + 200 * HOUR, MONDAY + 210 * HOUR, 101)
    ]
    assert gaps(periods, begin=MONDAY + 220 * HOUR, end=end) == []
    assert gaps([], begin=MONDAY, end=end) == [], "who keeps no rota has no gap"


def test_the_next_change_is_today_or_within_a_week() -> None:
    assert next_change(0, date(2026, 3, 2)) == date(2026, 3, 2)
    assert next_change(0, date(2026, 3, 3)) == date(2026, 3, 9)
    assert next_change(4, date(2026, 3, 3)) == date(2026, 3, 6)
