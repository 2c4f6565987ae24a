"""What a feed says about itself: where it pushes, and how often it changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

ADDRESS_LIMIT = 500
LONGEST = timedelta(days=1)
#: what a channel says of itself stands before its items
HEAD = 64_000
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.I | re.S)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,2000}?)</skipDays>", re.I | re.S)
_HOUR = re.compile(rb"<hour>\s{0,20}(\d{1,2})\s{0,20}</hour>", re.I)
_DAY = re.compile(rb"<day>\s{0,20}([A-Za-z]{6,9})\s{0,20}</day>", re.I)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: ``sy:updatePeriod``
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class About:
    """``hub`` and ``topic`` are addresses (WebSub); ``every`` is the publisher's own pace."""

    hub: str | None = None
    topic: str | None = None
    every: timedelta | None = None
    quiet_hours: frozenset[int] = frozenset()
    quiet_days: frozenset[int] = frozenset()

    def is_quiet(self, now: datetime) -> bool:
        """Whether the publisher says that nothing comes now (``skipHours``, ``skipDays``; UTC)."""
        at = now.astimezone(UTC)
        return at.hour in self.quiet_hours or at.weekday() in self.quiet_days


NOTHING_SAID = About()


def read_about(feed: Mapping[str, Any], raw: bytes = b"") -> About:
    """From the channel as feedparser gives it; what cannot be understood is left out.

    :param raw: the feed itself, for what feedparser keeps only the last of.
    """
    head = raw[:HEAD]
    links = feed.get("links") or ()
    return About(
        hub=_address(links, "hub"), topic=_address(links, "self"),
        every=_ttl(feed) or _period(feed),
        quiet_hours=_quiet_hours(head), quiet_days=_quiet_days(head),
    )  # fmt: skip


def _address(links: Sequence[Mapping[str, Any]], rel: str) -> str | None:
    for link in links:
        address = link.get("href")
        if link.get("rel") == rel and isinstance(address, str):
            is_web = address.startswith(("http://", "https://"))
            return address if is_web and len(address) <= ADDRESS_LIMIT else None
    return None


def _quiet_hours(head: bytes) -> frozenset[int]:
    block = _SKIP_HOURS.search(head)
    numbers = [int(one) for one in _HOUR.findall(block[1])] if block else []
    # Some count from 1 to 24.
    hours = frozenset(one % 24 for one in numbers if one <= 24)
    # All day would mean never.
    return hours if len(hours) < 24 else frozenset()


def _quiet_days(head: bytes) -> frozenset[int]:
    block = _SKIP_DAYS.search(head)
    names = [one.decode().lower() for one in _DAY.findall(block[1])] if block else []
    days = frozenset(_WEEK.index(name) for name in names if name in _WEEK)
    return days if len(days) < 7 else frozenset()


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = _number(feed.get("ttl"))
    return min(timedelta(minutes=minutes), LONGEST) if minutes else None


def _period(feed: Mapping[str, Any]) -> timedelta | None:
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    if period is None:
        return None
    return min(period / (_number(feed.get("sy_updatefrequency")) or 1), LONGEST)


def _number(text: object) -> int:
    plain = str(text).strip() if text is not None else ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 6 else 0
