"""``skipHours`` and ``skipDays``: when a publisher says that nothing comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.channel import read_about
from feeds.pacing import SLOWEST_S, next_interval_s
from feeds.standing import Trust

NIGHT = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
DAY = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 14, 0, tzinfo=UTC)


def feed(*hours: int, days: str = "") -> bytes:
    inner = "".join(f"<hour> {hour} </hour>" for hour in hours)
    return f"<rss><channel><skipHours>{inner}</skipHours>{days}<item/></channel></rss>".encode()


def test_quiet_hours_are_in_utc_whatever_the_clock_says() -> None:
    about = read_about({}, feed(0, 1, 24))
    assert about.is_quiet(NIGHT)
    assert about.is_quiet(NIGHT.astimezone(timezone(timedelta(hours=2))))
    assert not about.is_quiet(DAY)


def test_quiet_days_are_known_by_name() -> None:
    about = read_about({}, feed(days="<skipDays><day>Saturday</day><day>Zondag</day></skipDays>"))
    assert about.is_quiet(SATURDAY)
    assert not about.is_quiet(DAY)


def test_who_is_always_quiet_is_not_believed() -> None:
    assert not read_about({}, feed(*range(24))).is_quiet(DAY)


@given(st.binary(max_size=300))
def test_whatever_stands_in_a_feed_is_read_without_a_fault(raw: bytes) -> None:
    about = read_about({}, b"<skipHours>" + raw + b"</skipHours>")
    assert about.quiet_hours <= set(range(24))


@pytest.mark.parametrize("trust", list(Trust))
def test_in_a_quiet_hour_a_look_each_half_hour_is_enough(trust: Trust) -> None:
    quiet = next_interval_s(
        300, fixed_s=0, has_new=True, trust=trust, hint_s=0, is_quiet=True
    )  # fmt: skip
    assert quiet == SLOWEST_S
    fixed = next_interval_s(
        300, fixed_s=60, has_new=True, trust=trust, hint_s=0, is_quiet=True
    )  # fmt: skip
    assert fixed == 60
