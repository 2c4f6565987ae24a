"""What a feed says about itself: where it pushes, and how often it changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

ADDRESS_LIMIT = 500
LONGEST = timedelta(days=1)
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


NOTHING_SAID = About()


def read_about(feed: Mapping[str, Any]) -> About:
    """From the channel as feedparser gives it; what cannot be understood is left out."""
    links = feed.get("links") or ()
    return About(
        hub=_address(links, "hub"), topic=_address(links, "self"), every=_ttl(feed) or _period(feed)
    )


def _address(links: Sequence[Mapping[str, Any]], rel: str) -> str | None:
    for link in links:
        address = link.get("href")
        if link.get("rel") == rel and isinstance(address, str):
            is_web = address.startswith(("http://", "https://"))
            return address if is_web and len(address) <= ADDRESS_LIMIT else None
    return None


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
