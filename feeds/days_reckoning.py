"""Reckons the days of ``feeds/lexicon/days.toml`` anew: ``python -m feeds.days_reckoning``.

For whoever works on Schakel; the running house reads the table (:mod:`feeds.days`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta

from holidays import OPTIONAL, PUBLIC, SCHOOL, country_holidays

from feeds.days import MOON, TABLE

YEARS = range(2024, 2051)
#: feast → the calendar of the library that has it, and its name there
FEASTS: dict[str, tuple[str, str]] = {
    "pasen": ("NL", "Easter Sunday"),
    "ramadan": ("BN", "First Day of Ramadan"),
    "suikerfeest": ("TR", "Eid al-Fitr"),
    "offerfeest": ("TR", "Eid al-Adha"),
    "pesach": ("IL", "Pesach"),
    "rosj-hasjana": ("IL", "Rosh Hashanah"),
    "jom-kipoer": ("IL", "Yom Kippur"),
    "chanoeka": ("IL", "Hanukkah"),
}
HEAD = """\
# Days on which a Dutch municipality is closed (weekends left out of account), and the first day of
# feasts that move; twice in a year where it is so. What the moon decides may shift a day.
# Made by `python -m feeds.days_reckoning` with the library `holidays`; a test compares.
"""


def table() -> str:
    """The whole file."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield "[closed]"
    yield from (_line(year, closed_days(year)) for year in YEARS)
    for feast in FEASTS:
        yield f"\n[feasts.{feast}]"
        yield from (_line(year, feast_days(feast, year)) for year in YEARS)


def _line(year: int, days: list[date]) -> str:
    return f"{year} = [{', '.join(day.isoformat() for day in days)}]"


def closed_days(year: int) -> list[date]:
    """Good Friday is a holiday in the calendar, not at the town hall; 5 May is one every year."""
    calendar = country_holidays("NL", years=year, categories=(PUBLIC, OPTIONAL), language="en_US")
    return sorted(day for day, name in calendar.items() if name != "Good Friday")


def feast_days(feast: str, year: int) -> list[date]:
    """The first day of a feast in a year; twice where it is so."""
    country, name = FEASTS[feast]
    supported = country_holidays(country).supported_categories
    calendar = country_holidays(
        country, years=year, language="en_US", observed=False,
        categories=[one for one in (PUBLIC, OPTIONAL, SCHOOL) if one in supported],
    )  # fmt: skip
    days = sorted(day for day, said in calendar.items() if _is_called(said, name))
    return [day for day in days if day - timedelta(days=1) not in days]


def _is_called(said: str, name: str) -> bool:
    """A day may be several; the afternoon before a feast is not the feast."""
    return any(
        part.startswith(name) and "from" not in part and "observed" not in part
        for part in said.split("; ")
    )


if __name__ == "__main__":
    assert set(FEASTS) >= MOON
    TABLE.write_text(table(), encoding="utf-8")
    sys.stdout.write(f"{TABLE}\n")
