"""Municipalities next door: on the list, apart from the city, and asked along by a person only."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, Integer, bindparam, cast, func
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person
from contacts.records import read_columns

#: as long as the column
LONGEST = 60
ALL_KINDS = frozenset(ChannelKind)


class NextDoor(NamedTuple):
    """How many organisations of other municipalities are on the list, and can be reached."""

    organisations: int
    reachable: int


def of_the_city() -> ColumnElement[bool]:
    """Organisations of the own city. A condition on ``Organisation``."""
    return col(Organisation.municipality).is_(None)


def works_in_the_city() -> ColumnElement[bool]:
    """People of those organisations. A condition on ``Person`` alone."""
    elsewhere = select(Organisation.id).where(col(Organisation.municipality).is_not(None))
    return col(Person.organisation_id).not_in(elsewhere)


def of_kinds(sends_by: frozenset[ChannelKind]) -> list[ColumnElement[bool]]:
    """Channels of these kinds; no condition for all of them, which would make the store read each
    row beside its index."""
    return [] if sends_by == ALL_KINDS else [col(Channel.kind).in_(sends_by)]


def somebody_reachable(sends_by: frozenset[ChannelKind] = ALL_KINDS) -> ColumnElement[bool]:
    """Organisations where at least one person has a channel that works.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    return (
        select(Channel.id)
        .join(Person, col(Person.id) == col(Channel.person_id))
        .where(
            col(Person.organisation_id) == col(Organisation.id),
            col(Person.left_at).is_(None),
            col(Channel.status) == ChannelStatus.ACTIVE,
            *of_kinds(sends_by),
        )
        .exists()
    )


@cache
def _next_door(sends_by: frozenset[ChannelKind]) -> Executable:
    reachable = func.sum(cast(somebody_reachable(sends_by), Integer))
    return sql_select(func.count(), reachable).where(
        col(Organisation.municipality).is_not(None),
        col(Organisation.is_exercise) == bindparam("is_exercise"),
    )


async def next_door(
    session: AsyncSession, *, is_exercise: bool, sends_by: frozenset[ChannelKind] = ALL_KINDS
) -> NextDoor:
    """Counted apart, so that the share of the city stays the share of the city."""
    asked = _next_door(sends_by)
    ((total, reachable),) = await read_columns(session, asked, {"is_exercise": is_exercise})
    return NextDoor(int(total), int(reachable or 0))


async def neighbour_names(session: AsyncSession) -> dict[int, str]:
    """The number of each organisation next door, with its municipality."""
    found = await session.exec(
        select(Organisation.id, Organisation.municipality).where(
            col(Organisation.municipality).is_not(None)
        )
    )
    return {ident: str(name) for ident, name in found.all() if ident is not None}
