"""Somebody left: the organisation names who comes in their place, and the desk agrees.

Whoever is on the list of the same organisation may propose; only the desk adds people. The
successor takes over texts, language and groups. Rights of Schakel are never handed over.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cells import clean
from contacts.directory import LONGEST_ADDRESS, ChannelKind, GroupMember, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.people import open_channel
from contacts.records import MoveTable, Row, choice, move

MAIL_RANK = 10


class SuccessionStatus(StrEnum):
    """Where a vacant place stands."""

    ASKED = "asked"
    PROPOSED = "proposed"
    FILLED = "filled"
    DROPPED = "dropped"


SUCCESSION_MOVES: MoveTable[SuccessionStatus] = {
    SuccessionStatus.ASKED: frozenset(
        {SuccessionStatus.PROPOSED, SuccessionStatus.FILLED, SuccessionStatus.DROPPED}
    ),
    SuccessionStatus.PROPOSED: frozenset({SuccessionStatus.FILLED, SuccessionStatus.DROPPED}),
    SuccessionStatus.FILLED: frozenset(),
    SuccessionStatus.DROPPED: frozenset(),
}
OPEN = (SuccessionStatus.ASKED, SuccessionStatus.PROPOSED)


class Succession(Row, table=True):
    """A place that somebody left, until it is filled or given up.

    What was proposed is emptied once the desk decided.
    """

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    left_person_id: int = Field(foreign_key="person.id", index=True)
    status: SuccessionStatus = choice(SuccessionStatus, default=SuccessionStatus.ASKED, index=True)
    asked_at: datetime
    name: str | None = Field(default=None, max_length=120)
    function: str | None = Field(default=None, max_length=120)
    email: str | None = Field(default=None, max_length=LONGEST_ADDRESS)
    successor_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    is_exercise: bool = Field(default=False)


class AddressTaken(ValueError):
    """The mail address belongs to somebody else on the list."""


async def open_succession(session: AsyncSession, person: Person, *, now: datetime) -> Succession:
    """A place is vacant from now on; the same one is not opened twice."""
    assert person.id is not None
    found = await session.exec(
        select(Succession).where(col(Succession.left_person_id) == person.id)
    )
    place = found.first()
    if place is None:
        place = Succession(
            organisation_id=person.organisation_id,
            left_person_id=person.id,
            asked_at=now,
            is_exercise=person.is_exercise,
        )
        session.add(place)
        await session.flush()
    return place


async def open_successions(
    session: AsyncSession, within: Collection[int] | Select[Any]
) -> list[tuple[Succession, Person]]:
    """Vacant places of these organisations with who left, oldest first."""
    found = await session.exec(
        select(Succession, Person)
        .join(Person, col(Person.id) == col(Succession.left_person_id))
        .where(
            col(Succession.organisation_id).in_(within),
            col(Succession.status).in_(OPEN),
        )
        .order_by(col(Succession.asked_at), col(Succession.id))
    )
    return list(found.all())


async def propose(
    session: AsyncSession,
    place: Succession,
    *,
    name: str,
    function: str,
    email: str,
    who: Who,
    now: datetime,
) -> None:
    """A colleague says who it is; nothing goes to that address until the desk agrees.

    :raises ValueError: of the name nothing is left that may stand on a list.
    """
    name, function = clean(name), clean(function)
    if not name:
        raise ValueError("not a name")
    if place.status is SuccessionStatus.PROPOSED:
        place.name, place.function, place.email = name, function, email
        session.add(place)
        await session.flush()
        return
    await move(
        session, SUCCESSION_MOVES, place, SuccessionStatus.PROPOSED,
        who=who, action="successor_proposed", now=now,
        name=name, function=function, email=email,
    )  # fmt: skip


async def accept(session: AsyncSession, place: Succession, *, who: Who, now: datetime) -> Person:
    """The desk agrees: the successor comes on the list in the place of who left.

    :raises AddressTaken: somebody else has this address.
    :raises ValueError: nobody was proposed.
    """
    # Once more: it may have been proposed before names were cleaned.
    name = clean(place.name or "")
    if not name or not place.email:
        raise ValueError("nobody was proposed")
    left = await session.get_one(Person, place.left_person_id)
    person = Person(
        organisation_id=place.organisation_id,
        name=name,
        function=clean(place.function or "") or left.function,
        audiences=list(left.audiences),
        language=left.language,
        is_exercise=left.is_exercise,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    channel = await open_channel(
        session, person, ChannelKind.EMAIL, place.email, rank=MAIL_RANK, now=now
    )
    if channel is None:
        raise AddressTaken(place.email)
    await _take_over_groups(session, left, person)
    await move(
        session, SUCCESSION_MOVES, place, SuccessionStatus.FILLED,
        who=who, action="successor_accepted", now=now,
        successor_id=person.id, decided_at=now, name=None, function=None, email=None,
    )  # fmt: skip
    organisation = await session.get_one(Organisation, place.organisation_id)
    organisation.confirmed_at = now
    session.add(organisation)
    write_journal(session, who=who, action="contact_added", subject=f"person:{person.id}", now=now)
    await session.flush()
    return person


async def drop_succession(
    session: AsyncSession, place: Succession, *, who: Who, now: datetime
) -> None:
    """Nobody comes in this place, or it was filled another way."""
    await move(
        session, SUCCESSION_MOVES, place, SuccessionStatus.DROPPED,
        who=who, action="succession_dropped", now=now,
        decided_at=now, name=None, function=None, email=None,
    )  # fmt: skip


async def _take_over_groups(session: AsyncSession, left: Person, person: Person) -> None:
    groups = await session.exec(select(GroupMember).where(col(GroupMember.person_id) == left.id))
    for member in groups.all():
        assert person.id is not None
        session.add(GroupMember(group_id=member.group_id, person_id=person.id))
        await session.delete(member)
    await session.flush()
