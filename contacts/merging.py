"""The same person twice on the list: found by likeness, put together by a person, with history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, GroupMember, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.people import mark_left

#: from so alike (0 to 100) two names are shown as perhaps the same
ALIKE = 88
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of one organisation who may be the same."""

    first: Person
    second: Person
    organisation: Organisation


def likeness(one: str, other: str) -> float:
    """How alike two names are, whatever the order of their words: 0 to 100. Pure."""
    from rapidfuzz import fuzz, utils

    return fuzz.token_sort_ratio(one, other, processor=utils.default_process)


def alike(people: Sequence[Person]) -> list[tuple[Person, Person]]:
    """Pairs with the same telephone, or with names and functions that look the same. Pure."""
    return [
        (one, other)
        for one, other in combinations(people, 2)
        if (one.phone and one.phone == other.phone) or _same_words(one, other)
    ]


def _same_words(one: Person, other: Person) -> bool:
    """A name may be a function: two teachers with other functions are two people."""
    if one.function and other.function and likeness(one.function, other.function) < ALIKE:
        return False
    return likeness(one.name, other.name) >= ALIKE


async def find_pairs(session: AsyncSession, *, is_exercise: bool) -> list[Pair]:
    """Who may be on the list twice, within each organisation; the first hundred."""
    found = await session.exec(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == is_exercise)
        .order_by(col(Organisation.name), col(Person.id))
    )
    together: dict[int, tuple[Organisation, list[Person]]] = {}
    for person, organisation in found.all():
        together.setdefault(person.organisation_id, (organisation, []))[1].append(person)
    return [
        Pair(one, other, organisation)
        for organisation, people in together.values()
        for one, other in alike(people)
    ][:SHOWN]


async def merge_people(
    session: AsyncSession, keep: Person, gone: Person, *, who: Who, now: datetime
) -> None:
    """``gone`` becomes part of ``keep``: addresses, groups and what was empty there.

    What ``gone`` did and got stays where it is, under a number that is no longer on the list.
    Rights are not handed over.

    :raises ValueError: they are the same, of two organisations, or one of them left.
    """
    is_possible = (
        keep.id != gone.id
        and keep.organisation_id == gone.organisation_id
        and keep.left_at is None
        and gone.left_at is None
    )
    if not is_possible:
        raise ValueError("these two cannot be merged")
    assert keep.id is not None
    channels = await session.exec(select(Channel).where(col(Channel.person_id) == gone.id))
    for channel in channels.all():
        channel.person_id = keep.id
        session.add(channel)
    mine = await session.exec(
        select(GroupMember.group_id).where(col(GroupMember.person_id) == keep.id)
    )
    known = set(mine.all())
    members = await session.exec(select(GroupMember).where(col(GroupMember.person_id) == gone.id))
    for member in members.all():
        if member.group_id not in known:
            session.add(GroupMember(group_id=member.group_id, person_id=keep.id))
        await session.delete(member)
    keep.function = keep.function or gone.function
    keep.phone = keep.phone or gone.phone
    keep.audiences = [*keep.audiences, *(a for a in gone.audiences if a not in keep.audiences)]
    session.add(keep)
    await session.flush()
    await mark_left(session, gone, who=who, now=now)
    write_journal(
        session, who=who, action="contact_merged", subject=f"person:{keep.id}",
        detail={"merged": gone.id}, now=now,
    )  # fmt: skip
    await session.flush()
