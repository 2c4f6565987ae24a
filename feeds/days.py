"""Days that a calendar decides: when a municipality is closed, and the feasts that move.

A library reckons them beforehand (:mod:`feeds.days_reckoning`): loading its calendars of every
country took 17 MB in each process, and a tenth of a second of the first text of an evening.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

TABLE = Path(__file__).parent / "lexicon" / "days.toml"
#: feasts of which the moon decides the day
MOON = frozenset({"ramadan", "suikerfeest", "offerfeest"})


@cache
def closed_days(year: int) -> frozenset[date]:
    """Days on which a Dutch municipality is closed, weekends left out of account.

    Outside the years of the table only weekends are known.
    """
    return frozenset(_of_year(_table()["closed"], year))


@cache
def feast_days(feast: str, year: int) -> tuple[tuple[date, bool], ...]:
    """The first day of a feast in a year, with whether it is an estimate; twice where it is so."""
    days = _of_year(_table()["feasts"][feast], year)
    return tuple((day, feast in MOON) for day in days)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _of_year(years: Mapping[str, list[date]], year: int) -> list[date]:
    if str(year) not in years:
        log.warning("No days of this year", extra={"action": "days_unknown", "year": year})
    return years.get(str(year), [])
