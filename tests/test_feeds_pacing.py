"""How often a source is read: not before its publisher likes, not too late, apart after faults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.fetching import read_max_age, read_retry_after
from feeds.pacing import (
    FASTEST_S,
    LONGEST_BACK_OFF,
    PATIENCE_S,
    SLOWEST_S,
    next_interval_s,
    next_poll_at,
    share_of,
)
from feeds.standing import Trust

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)


@given(st.text(max_size=40) | st.integers().map(str))
def test_retry_after_is_a_sensible_wait_or_none(value: str) -> None:
    wait = read_retry_after(value, now=NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=24)


def test_retry_after_may_be_a_date() -> None:
    wait = read_retry_after("Tue, 03 Mar 2026 16:52:00 GMT", now=NOW)
    assert wait == timedelta(minutes=10)


@given(
    interval_s=st.integers(1, 86_400),
    failures=st.integers(0, 10_000),
    wait=st.none() | st.timedeltas(timedelta(0), timedelta(hours=24)),
)
def test_the_next_poll_is_later_and_never_too_late(
    interval_s: int, failures: int, wait: timedelta | None
) -> None:
    at = next_poll_at(interval_s=interval_s, failures=failures, retry_after=wait, now=NOW)
    interval = timedelta(seconds=interval_s)
    assert at > NOW
    assert at >= NOW + interval
    assert at >= NOW + (wait or timedelta(0))
    assert at <= NOW + max(interval, LONGEST_BACK_OFF, wait or timedelta(0))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=600", 600),
        ("public, Max-Age=60, must-revalidate", 60),
        ("s-maxage=900", None),
        ("no-cache", None),
        ("max-age=-5", None),
        ("max-age=999999999", 86_400),
        ("max-age=²", None),
        (None, None),
    ],
)
def test_how_long_an_answer_stays_good_is_read_or_left_out(
    header: str | None, seconds: int | None
) -> None:
    found = read_max_age(header)
    assert (found.total_seconds() if found is not None else None) == seconds


@given(
    before=st.integers(1, 86_400),
    has_new=st.booleans(),
    trust=st.sampled_from(Trust),
    hint=st.integers(0, 86_400),
)
def test_a_source_is_read_between_two_minutes_and_half_an_hour_and_not_before_its_publisher_likes(
    before: int, trust: Trust, hint: int, *, has_new: bool
) -> None:
    wait = next_interval_s(before, fixed_s=0, has_new=has_new, trust=trust, hint_s=hint)
    assert FASTEST_S <= wait <= SLOWEST_S
    assert wait >= min(hint, SLOWEST_S)
    if hint <= FASTEST_S:
        assert wait <= PATIENCE_S[trust]
    assert next_interval_s(before, fixed_s=77, has_new=has_new, trust=trust, hint_s=hint) == 77


def test_a_source_that_brings_is_read_faster_and_one_that_does_not_slower() -> None:
    def after(before: int, *, has_new: bool) -> int:
        return next_interval_s(before, fixed_s=0, has_new=has_new, trust=Trust.SECONDARY, hint_s=0)

    assert after(600, has_new=True) == 300
    assert after(600, has_new=False) == 750
    wait = 300
    for _ in range(20):
        wait = after(wait, has_new=False)
    assert wait == SLOWEST_S


def test_after_a_failure_sources_come_back_apart_and_never_sooner() -> None:
    def waits(key: str, failures: int) -> timedelta:
        later = share_of(key)
        return next_poll_at(interval_s=300, failures=failures, later=later, now=NOW) - NOW

    failed = {waits(f"bron-{n}", 1) for n in range(50)}
    assert len(failed) > 20
    assert timedelta(seconds=600) <= min(failed) <= max(failed) <= timedelta(seconds=660)
    assert {waits(f"bron-{n}", 0) for n in range(50)} == {timedelta(seconds=300)}
