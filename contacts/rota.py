"""Who has duty when: decides over turns and a moment, and touches nothing. Pure.

A rota never makes an alert reach nobody: what these functions answer with nothing means
*everybody, as without a rota*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from contacts.local_time import AMSTERDAM

WEEK = timedelta(days=7)
#: periods of at most this: a longer one is a slip in a date
LONGEST = timedelta(days=92)


class RotaPlace(StrEnum):
    """What somebody is on the rota for."""

    DUTY = "dienst"
    BACKUP = "achterwacht"


class Turn(Protocol):
    """From a moment until another: ``ends_at`` is the next one's. ``is_taken``: whoever comes on
    said so. A row of the rota, or a :class:`Period`."""

    @property
    def place(self) -> RotaPlace: ...
    @property
    def person_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def is_taken(self) -> bool: ...
    @property
    def number(self) -> int: ...


T = TypeVar("T", bound=Turn)


@dataclass(frozen=True, slots=True)
class Period:
    """A turn that is not on the rota (yet)."""

    place: RotaPlace
    person_id: int
    starts_at: datetime
    ends_at: datetime
    is_taken: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody has duty; ``ends_at`` None: nobody after that either."""

    starts_at: datetime
    ends_at: datetime | None
    after: int = 0  # the number of the period that it comes after


def covers(one: Turn, at: datetime) -> bool:
    """Whether it runs at that moment."""
    return one.starts_at <= at < one.ends_at


def holder(turns: Iterable[T], place: RotaPlace, at: datetime) -> T | None:
    """Whose turn it is."""
    return next((one for one in turns if one.place is place and covers(one, at)), None)


def before_of(turns: Iterable[T], of: Turn) -> T | None:
    """The turn that ends where ``of`` begins, without a gap; perhaps of the same person."""
    return next(
        (one for one in turns if one.place is of.place and one.ends_at == of.starts_at), None
    )


def holder_before(turns: Iterable[T], of: Turn) -> T | None:
    """Who goes off where ``of`` comes on; None when that is nobody else."""
    before = before_of(turns, of)
    return before if before is not None and before.person_id != of.person_id else None


def is_untaken(one: Turn, at: datetime) -> bool:
    """Whether this is the duty of that moment, and nobody said that it is taken over."""
    return one.place is RotaPlace.DUTY and not one.is_taken and covers(one, at)


def first_called(
    turns: Sequence[Turn], reachable: Collection[int], *, at: datetime
) -> tuple[int, ...]:
    """Who gets an alert before the others; nobody: then everybody gets it at once.

    Until whoever comes on has said so, who goes off has duty with them.
    """
    on = holder(turns, RotaPlace.DUTY, at)
    if on is None or on.person_id not in reachable:
        return ()
    before = None if on.is_taken else holder_before(turns, on)
    if before is None or before.person_id not in reachable:
        return (on.person_id,)
    return on.person_id, before.person_id


def overlapping(turns: Iterable[T], new: Turn) -> T | None:
    """The first turn of the same place that ``new`` would run into, not counting itself."""
    return min(
        (
            one
            for one in turns
            if one.place is new.place
            and one.number != new.number
            and one.starts_at < new.ends_at
            and new.starts_at < one.ends_at
        ),
        key=lambda one: one.starts_at,
        default=None,
    )


def gaps(turns: Iterable[Turn], *, begin: datetime, end: datetime) -> list[Gap]:
    """Stretches without duty that begin before ``end`` and are not over at ``begin``.

    Before the first turn there was no rota, so that is no gap.
    """
    duty = sorted(
        (one for one in turns if one.place is RotaPlace.DUTY), key=lambda one: one.starts_at
    )
    found = []
    for number, one in enumerate(duty):
        until = duty[number + 1].starts_at if number + 1 < len(duty) else None
        if until is not None and until <= max(one.ends_at, begin):
            continue
        if one.ends_at < end:
            found.append(Gap(one.ends_at, until, one.number))
    return found


def changes(first: date, at: time, weeks: int) -> list[datetime]:
    """The moments at which ``weeks`` weeks begin, and the last one ends: the same day and hour
    on the clock of the city, also where that clock goes forward or back."""
    return [
        datetime.combine(first + number * WEEK, at, AMSTERDAM).astimezone(UTC)
        for number in range(weeks + 1)
    ]


def next_change(day: int, after: date) -> date:
    """The first date that is this day of the week (0 is Monday), ``after`` itself included."""
    return after + timedelta(days=(day - after.weekday()) % 7)


def in_turn(place: RotaPlace, people: Sequence[int], moments: Sequence[datetime]) -> list[Period]:
    """One period between each two moments: the first person, the second …, and round again."""
    return [
        Period(place, people[number % len(people)], begin, end)
        for number, (begin, end) in enumerate(pairwise(moments))
    ]
