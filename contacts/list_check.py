"""*Klopt dit nog?*: twice a year everybody on the list is asked by their own channel.

One tap says that it is right, another that somebody left. Silence is no answer and is never
followed by a second question within the half year: it only shows on the page of gaps.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Select, func
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelStatus, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.records import Row, choice

#: somebody who was asked has this long before their silence counts as a gap
PATIENCE = timedelta(days=30)


class CheckAnswer(StrEnum):
    """What somebody said about their own place on the list."""

    RIGHT = "right"
    LEFT = "left"


class ListCheck(Row, table=True):
    """One question to one person, and the answer when there is one."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    is_exercise: bool = Field(default=False)
    asked_at: datetime
    answered_at: datetime | None = None
    answer: CheckAnswer | None = choice(CheckAnswer)


def is_fresh(confirmed_at: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether an organisation counts as confirmed: within a period and the patience. Pure."""
    return confirmed_at is not None and (not every or confirmed_at > now - every - PATIENCE)


async def due_for_check(
    session: AsyncSession, every: timedelta, *, is_exercise: bool, limit: int, now: datetime
) -> list[Person]:
    """Who is asked now: on the list with a channel that works, longest ago first."""
    if not every:
        return []
    last = (
        select(func.max(col(ListCheck.asked_at)))
        .where(col(ListCheck.person_id) == col(Person.id))
        .scalar_subquery()
    )
    since = func.coalesce(last, col(Person.created_at))
    reachable = (
        select(Channel.id)
        .where(
            col(Channel.person_id) == col(Person.id),
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
        .exists()
    )
    found = await session.exec(
        select(Person)
        .where(
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == is_exercise,
            since <= now - every,
            reachable,
        )
        .order_by(since, col(Person.id))
        .limit(limit)
    )
    return list(found.all())


async def note_asked(
    session: AsyncSession, people: Sequence[Person], *, who: Who, now: datetime
) -> None:
    """These people get the question in the same transaction."""
    for person in people:
        assert person.id is not None
        session.add(
            ListCheck(
                person_id=person.id,
                organisation_id=person.organisation_id,
                is_exercise=person.is_exercise,
                asked_at=now,
            )
        )
    write_journal(
        session, who=who, action="list_check_asked", subject="person",
        detail={"count": len(people)}, now=now,
    )  # fmt: skip
    await session.flush()


async def answer_check(
    session: AsyncSession, person: Person, answer: CheckAnswer, *, who: Who, now: datetime
) -> None:
    """Keep what somebody said about themselves; *right* also confirms their organisation.

    Somebody who says so without being asked counts just the same.
    """
    assert person.id is not None
    found = await session.exec(
        select(ListCheck)
        .where(col(ListCheck.person_id) == person.id, col(ListCheck.answered_at).is_(None))
        .order_by(col(ListCheck.id).desc())
    )
    check = found.first() or ListCheck(
        person_id=person.id,
        organisation_id=person.organisation_id,
        is_exercise=person.is_exercise,
        asked_at=now,
    )
    check.answered_at, check.answer = now, answer
    session.add(check)
    if answer is CheckAnswer.RIGHT:
        organisation = await session.get_one(Organisation, person.organisation_id)
        organisation.confirmed_at = now
        session.add(organisation)
    write_journal(
        session, who=who, action="list_check_answered", subject=f"person:{person.id}",
        detail={"answer": answer.value}, now=now,
    )  # fmt: skip
    await session.flush()


async def confirm_organisation(
    session: AsyncSession, organisation: Organisation, *, who: Who, now: datetime
) -> None:
    """Somebody at the desk asked the organisation itself."""
    organisation.confirmed_at = now
    session.add(organisation)
    write_journal(
        session, who=who, action="organisation_confirmed",
        subject=f"organisation:{organisation.id}", now=now,
    )  # fmt: skip
    await session.flush()


def silent_people(
    within: Collection[int] | Select[Any], *, before: datetime | BindParameter[Any]
) -> Select[Any]:
    """Asks who heard the question before this, the patience ago, and never answered the newest."""
    newest = (
        select(func.max(col(ListCheck.id)))
        .where(col(ListCheck.organisation_id).in_(within))
        .group_by(col(ListCheck.person_id))
    )
    return select(ListCheck.person_id).where(
        col(ListCheck.id).in_(newest),
        col(ListCheck.answered_at).is_(None),
        col(ListCheck.asked_at) <= before,
    )
