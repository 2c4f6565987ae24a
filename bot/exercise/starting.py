"""Before an exercise runs: who is on its list, whether it may begin, and the start of its clock.

The pages and the chat begin and start by the same rules, which stand here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.leading import begin, set_off
from bot.exercise.machine import seat_machine
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole, SeatStatus
from bot.exercise.scripts import Script
from bot.exercise.seats import seats_of
from contacts.directory import Organisation, Person
from contacts.journal import Who

#: what the machine can play; leading an evening it cannot
MACHINE = (SeatRole.APPROVER, SeatRole.READER)


class NotBegun(StrEnum):
    """Why an exercise did not begin."""

    NO_CAST = "no_cast"
    ONE_RUNS = "one_runs"


@dataclass(frozen=True, slots=True)
class Gathered:
    """How many said yes so far, and the roles that nobody took yet."""

    joined: int
    missing: tuple[SeatRole, ...]

    @property
    def for_machine(self) -> tuple[SeatRole, ...]:
        """What the machine can still play: more readers always, an approver when there is none.
        Pure."""
        return tuple(
            role for role in MACHINE if role is SeatRole.READER or role in self.missing
        )  # fmt: skip


async def cast_of(session: AsyncSession) -> tuple[int, int]:
    """(people, organisations) on the list of the exercise."""
    people = await session.exec(
        select(func.count())
        .select_from(Person)
        .where(col(Person.is_exercise).is_(True), col(Person.left_at).is_(None))
    )
    organisations = await session.exec(
        select(func.count()).select_from(Organisation).where(col(Organisation.is_exercise))
    )
    return people.one(), organisations.one()


async def begin_with(
    session: AsyncSession,
    script: Script,
    *,
    speed: float,
    is_gathering: bool,
    who: Who,
    now: datetime,
) -> Exercise | NotBegun:
    """Begin with who is on the list, or ask people first.

    :raises ValueError: a speed that nobody can follow.
    """
    people, _ = await cast_of(session)
    if not people and not is_gathering:
        return NotBegun.NO_CAST
    exercise = await begin(
        session, script, speed=speed, who=who, is_gathering=is_gathering, now=now
    )
    return exercise if exercise is not None else NotBegun.ONE_RUNS


async def gathered_of(session: AsyncSession, exercise: Exercise) -> Gathered:
    """Who said yes, in numbers."""
    joined = [
        seat for seat in await seats_of(session, exercise) if seat.status is SeatStatus.JOINED
    ]
    taken = {seat.role for seat in joined}
    return Gathered(len(joined), tuple(role for role in SeatRole if role not in taken))


async def start_clock_of(
    session: AsyncSession,
    exercise: Exercise,
    machine: Collection[SeatRole],
    *,
    who: Who,
    now: datetime,
) -> bool:
    """Whoever said yes is in; False while nobody did.

    :param machine: the roles that the machine plays.
    :raises contacts.records.IllegalMove, StaleMove: it ran already, or is over.
    """
    is_gathering = exercise.status is ExerciseStatus.GATHERING
    if is_gathering and not (await gathered_of(session, exercise)).joined:
        return False
    await seat_machine(session, exercise, set(machine) & set(MACHINE), now=now)
    await set_off(session, exercise, who=who, now=now)
    return True
