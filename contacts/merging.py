"""The same person twice on the list: found by likeness, put together by a person, with history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, GroupMember, Organisation, Person
from contacts.journal import Who, write_journal
from contacts.people import mark_left, replace_backup
from contacts.records import read_columns

#: from so alike (0 to 100) two names are shown as perhaps the same
ALIKE = 88
SHOWN = 100
#: people who are read first; then four times as many
PORTION = 400
Kind = TypeVar("Kind", Person, Organisation)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of one organisation who may be the same."""

    first: Person
    second: Person
    organisation: Organisation


class Listed(NamedTuple):
    """What of somebody on the list tells whether two are the same; no more columns are read."""

    id: int
    organisation_id: int
    name: str
    function: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class _Words:
    """Somebody with the words as they are compared: each is made ready once, not per pair."""

    listed: Listed
    name: str
    function: str


def in_order(words: str) -> str:
    """Small letters, no signs, and the words in the order of the alphabet. Pure."""
    from rapidfuzz import utils

    return " ".join(sorted(utils.default_process(words).split()))


def alike(people: Sequence[Listed]) -> list[tuple[Listed, Listed]]:
    """Pairs with the same telephone, or with names and functions that look the same. Pure."""
    ready = [_Words(each, in_order(each.name), in_order(each.function)) for each in people]
    return [
        (one.listed, other.listed)
        for one, other in combinations(ready, 2)
        if (one.listed.phone and one.listed.phone == other.listed.phone) or _same(one, other)
    ]


def _same(one: _Words, other: _Words) -> bool:
    """A name may be a function: two teachers with other functions are two people."""
    from rapidfuzz import fuzz

    if (
        one.function
        and other.function
        and not fuzz.ratio(one.function, other.function, score_cutoff=ALIKE)
    ):
        return False
    return bool(fuzz.ratio(one.name, other.name, score_cutoff=ALIKE))


async def find_pairs(session: AsyncSession, *, is_exercise: bool) -> list[Pair]:
    """Who may be on the list twice, within each organisation; the first hundred.

    Read by portions: where many are, a whole city is not read for the first hundred.
    """
    found: list[tuple[Listed, Listed]] = []
    after: str | None = None
    most = PORTION
    while len(found) < SHOWN:
        rows = await _portion(session, after, most, is_exercise=is_exercise)
        places = [(name, list(people)) for name, people in groupby(rows, itemgetter(0))]
        is_last = len(rows) < most
        # Of the last one more people may follow.
        for name, people in places if is_last else places[:-1]:
            found += alike([Listed(*row[1:]) for row in people])
            after = name
            if len(found) >= SHOWN:
                break
        if is_last:
            break
        most *= 4
    return await _as_pairs(session, found[:SHOWN])


async def _portion(
    session: AsyncSession, after: str | None, most: int, *, is_exercise: bool
) -> Sequence[Any]:
    """The name of an organisation behind this one with somebody of it, by name."""
    asked = (
        sql_select(col(Organisation.name), *(col(getattr(Person, one)) for one in Listed._fields))
        .join(Person, col(Person.organisation_id) == col(Organisation.id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == is_exercise)
        .order_by(col(Organisation.name), col(Person.id))
        .limit(most)
    )
    if after is not None:
        asked = asked.where(col(Organisation.name) > after)
    return await read_columns(session, asked)


async def _as_pairs(session: AsyncSession, found: Sequence[tuple[Listed, Listed]]) -> list[Pair]:
    """The whole rows of those who are shown."""
    people = await _by_id(session, Person, {each.id for pair in found for each in pair})
    places = await _by_id(session, Organisation, {one.organisation_id for one, _ in found})
    return [
        Pair(people[one.id], people[other.id], places[one.organisation_id]) for one, other in found
    ]


async def _by_id(session: AsyncSession, kind: type[Kind], ids: Collection[int]) -> dict[int, Kind]:
    rows = (await session.exec(select(kind).where(col(kind.id).in_(ids)))).all()
    return {row.id: row for row in rows if row.id is not None}


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
    await _stand_in(session, keep, gone, who=who, now=now)
    await mark_left(session, gone, who=who, now=now, reads_on=True)
    write_journal(
        session, who=who, action="contact_merged", subject=f"person:{keep.id}",
        detail={"merged": gone.id}, now=now,
    )  # fmt: skip
    await session.flush()


async def _stand_in(
    session: AsyncSession, keep: Person, gone: Person, *, who: Who, now: datetime
) -> None:
    """Whose back-up ``gone`` was keeps one: it is the same person."""
    await replace_backup(session, [gone.id or 0], keep, who=who, now=now)
    people = await session.exec(select(Person).where(col(Person.backup_person_id) == gone.id))
    for person in people.all():
        person.backup_person_id = None if person.id == keep.id else keep.id
        session.add(person)
    await session.flush()
