"""Keeps the rota: adds, changes and removes periods. Guarded by version, and journalled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person, Role
from contacts.journal import Who, note_dropped, write_journal
from contacts.permissions import people_with
from contacts.records import StaleMove
from contacts.rota import LONGEST, Period, RotaPlace, overlapping
from contacts.rota_rows import RotaTurn

#: who may stand where; the first role is asked first
ROLES: dict[RotaPlace, tuple[Role, ...]] = {
    RotaPlace.DUTY: (Role.COORDINATOR,),
    RotaPlace.BACKUP: (Role.COORDINATOR, Role.APPROVER),
}
#: after that a period says nothing that the journal does not; then a rota is no longer kept
KEEP_TURNS = timedelta(days=28)
#: two hosts that write the rota at the same time wait for each other
_LOCK = 7305002


class WhyNot(StrEnum):
    """Why a period is refused."""

    ORDER = "order"
    PAST = "past"
    LENGTH = "length"
    ROLE = "role"
    OVERLAP = "overlap"


class RotaRefused(Exception):
    """A period that cannot be, with what is in its way."""

    def __init__(self, why: WhyNot, other: RotaTurn | None = None) -> None:
        super().__init__(why.value)
        self.why, self.other = why, other


_TURNS = (
    select(RotaTurn)
    .where(col(RotaTurn.is_exercise) == bindparam("in_exercise"))
    .order_by(col(RotaTurn.starts_at), col(RotaTurn.place).desc(), col(RotaTurn.id))
)


async def turns_of(session: AsyncSession, *, is_exercise: bool) -> list[RotaTurn]:
    """The rota of one world, in order; what ended weeks ago is not there any more."""
    found = await session.exec(_TURNS, params={"in_exercise": is_exercise})
    return list(found.all())


async def may_stand(
    session: AsyncSession, place: RotaPlace, *, is_exercise: bool
) -> dict[int, Person]:
    """Who has a right for this place, by number, who had it longest first."""
    people: dict[int, Person] = {}
    for role in ROLES[place]:
        for person in await people_with(session, role, is_exercise=is_exercise):
            people.setdefault(person.id or 0, person)
    return people


async def add_turns(
    session: AsyncSession, new: Sequence[Period], *, is_exercise: bool, who: Who, now: datetime
) -> list[RotaTurn]:
    """Put these periods on the rota: all of them, or none.

    :raises RotaRefused: one of them cannot be.
    """
    await _alone(session)
    known = await turns_of(session, is_exercise=is_exercise)
    added = []
    for one in new:
        await _check(session, one, known, is_exercise=is_exercise, now=now)
        turn = RotaTurn(
            place=one.place, person_id=one.person_id, starts_at=one.starts_at,
            ends_at=one.ends_at, is_exercise=is_exercise,
        )  # fmt: skip
        session.add(turn)
        await session.flush()
        known.append(turn)
        added.append(turn)
        note_turn(session, turn, "rota_added", who=who, now=now)
    return added


async def change_turn(
    session: AsyncSession, turn: RotaTurn, new: Period, *, seen: int, who: Who, now: datetime
) -> None:
    """Another person or other hours for this period.

    :param seen: the version that whoever changes it had before them.
    :raises RotaRefused: it cannot be.
    :raises StaleMove: somebody else changed it meanwhile.
    """
    await _alone(session)
    known = await turns_of(session, is_exercise=turn.is_exercise)
    await _check(session, new, known, is_exercise=turn.is_exercise, now=now)
    values: dict[str, Any] = {
        "person_id": new.person_id, "starts_at": new.starts_at, "ends_at": new.ends_at,
        "offered_to_id": None,
    }  # fmt: skip
    if new.person_id != turn.person_id:
        values |= dict.fromkeys(("handed_at", "taken_at", "untaken_told_at", "unfit_told_at"), None)
    await guarded(session, turn, seen=seen, **values)
    note_turn(session, turn, "rota_changed", who=who, now=now)


async def remove_turn(
    session: AsyncSession, turn: RotaTurn, *, seen: int, who: Who, now: datetime
) -> None:
    """Take a period off the rota.

    :raises StaleMove: somebody else changed it meanwhile.
    """
    note_turn(session, turn, "rota_removed", who=who, now=now)
    await session.flush()
    result = await session.exec(
        delete(RotaTurn)
        .where(col(RotaTurn.id) == turn.id, col(RotaTurn.version) == seen)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:
        raise StaleMove(f"rota_turn {turn.id}: no longer version {seen}")
    session.expunge(turn)


async def guarded(session: AsyncSession, turn: RotaTurn, *, seen: int, **values: Any) -> None:
    """Write these values if the row is still the version that was seen.

    :raises StaleMove: it is not.
    """
    await write_if(session, turn, col(RotaTurn.version) == seen, version=seen + 1, **values)


async def write_if(
    session: AsyncSession, turn: RotaTurn, *conditions: ColumnElement[bool], **values: Any
) -> None:
    """Write these values if the row is still as these conditions say.

    :raises StaleMove: it is not.
    """
    result = await session.exec(
        update(RotaTurn)
        .where(col(RotaTurn.id) == turn.id, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:
        raise StaleMove(f"rota_turn {turn.id}: not as it was seen")
    await session.refresh(turn)


async def forget_turns(session: AsyncSession, *, now: datetime) -> int:
    """Delete what ended weeks ago; returns how many."""
    result = await session.exec(
        delete(RotaTurn)
        .where(col(RotaTurn.ends_at) <= now - KEEP_TURNS)
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, result.rowcount, "rota_forgotten", "rota_turn", now)


async def _check(
    session: AsyncSession,
    new: Period,
    known: Sequence[RotaTurn],
    *,
    is_exercise: bool,
    now: datetime,
) -> None:
    if new.ends_at <= new.starts_at:
        raise RotaRefused(WhyNot.ORDER)
    if new.ends_at <= now:
        raise RotaRefused(WhyNot.PAST)
    if new.ends_at - new.starts_at > LONGEST:
        raise RotaRefused(WhyNot.LENGTH)
    if new.person_id not in await may_stand(session, new.place, is_exercise=is_exercise):
        raise RotaRefused(WhyNot.ROLE)
    if (other := overlapping(known, new)) is not None:
        raise RotaRefused(WhyNot.OVERLAP, other)


async def _alone(session: AsyncSession) -> None:
    """Two periods that are added at once see each other: SQLite has one writer anyway."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def note_turn(
    session: AsyncSession, turn: RotaTurn, action: str, *, who: Who, now: datetime,
    person_id: int | None = None,
) -> None:  # fmt: skip
    """In the journal: what became of this period, and for whom (by default whose it is)."""
    write_journal(
        session, who=who, action=action, subject=f"rota_turn:{turn.id}", now=now,
        detail={"place": turn.place.value, "person": person_id or turn.person_id},
    )  # fmt: skip
