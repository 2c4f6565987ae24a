"""Quarters, months and weeks on the clock of the city. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contacts.local_time import AMSTERDAM

MONTHS = 3
_NAME = re.compile(r"(20\d\d)-K([1-4])\Z")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """``Quarter(2026, 3)`` is July to September 2026; its name is ``2026-K3``."""

    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.year}-K{self.number}"

    @property
    def begins_on(self) -> date:
        return date(self.year, 1 + MONTHS * (self.number - 1), 1)

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.begins_on, time(), AMSTERDAM)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.next.begin

    @property
    def next(self) -> Quarter:
        if self.number == 4:
            return Quarter(self.year + 1, 1)
        return Quarter(self.year, self.number + 1)

    @property
    def before(self) -> Quarter:
        if self.number == 1:
            return Quarter(self.year - 1, 4)
        return Quarter(self.year, self.number - 1)


def quarter_of(at: datetime) -> Quarter:
    """In which quarter a moment falls."""
    on = at.astimezone(AMSTERDAM).date()
    return Quarter(on.year, (on.month - 1) // MONTHS + 1)


def week_of(at: datetime) -> date:
    """The Monday of this moment's week."""
    on = at.astimezone(AMSTERDAM).date()
    return on - timedelta(days=on.weekday())


def week_edge(at: datetime) -> datetime:
    """When the week of ``at`` began."""
    return datetime.combine(week_of(at), time(), AMSTERDAM)


def quarter_named(name: str) -> Quarter | None:
    """``2026-K3`` as a quarter; None when it is no name of one."""
    found = _NAME.match(name)
    return Quarter(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """``Month(2026, 8)`` is August 2026; its name is ``2026-08``."""

    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(date(self.year, self.number, 1), time(), AMSTERDAM)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.next.begin

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> Month:
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)


def month_of(at: datetime) -> Month:
    """In which month a moment falls."""
    on = at.astimezone(AMSTERDAM).date()
    return Month(on.year, on.month)


def month_named(name: str) -> Month | None:
    """``2026-08`` as a month; None when it is no name of one."""
    found = _MONTH.match(name)
    return Month(int(found[1]), int(found[2])) if found else None
