"""How many organisations lack the same, counted by the store, and one page of them by name.

A city has thousands of organisations and most are alike: the same people, the same reach. The page
of gaps used to read them all to say how many there are of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    union_all,
)
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Domain, Organisation, Person
from contacts.gaps import BLOCKED, CHOSEN, Gap, Place, Standing, gaps_of, standings_of
from contacts.list_check import PATIENCE, silent_people
from contacts.neighbours import ALL_KINDS, of_kinds, of_the_city
from contacts.records import read_columns
from contacts.successors import OPEN, Succession

#: confirmed after this is confirmed at all
EVER = timedelta(days=365 * 100)
#: so many organisations are looked at for one page before all that follow are
AHEAD = 50

_MINE = and_(col(Organisation.is_exercise) == bindparam("is_exercise"), of_the_city())
#: a row's organisation, in words that no index answers: by its index each is read apart
_OF_PERSON = cast(col(Person.organisation_id), Integer)


def _people(sends_by: frozenset[ChannelKind]) -> Any:
    """Who did not leave, per organisation, how many of them can be reached, and how many could be
    if their kind of channel were set up."""
    active = sql_select(col(Channel.person_id)).where(col(Channel.status) == ChannelStatus.ACTIVE)
    can = active.where(*of_kinds(sends_by))
    reachable, has_address = (
        func.sum(cast(col(Person.id).in_(one), Integer)) for one in (can, active)
    )
    unset = literal(0, Integer) if sends_by == ALL_KINDS else has_address - reachable
    return (
        sql_select(
            _OF_PERSON.label("id"),
            func.count().label("people"),
            reachable.label("reachable"),
            unset.label("unset"),
        )
        .where(col(Person.left_at).is_(None))
        .group_by(_OF_PERSON)
        .subquery()
    )


def _troubles() -> Any:
    """What few organisations have: addresses that closed themselves, silence, a vacant place."""
    none, one = literal(0, Integer), literal(1, Integer)
    reason = func.coalesce(col(Channel.closed_reason), "")
    closed = (
        sql_select(
            _OF_PERSON.label("id"),
            case((reason.not_in(CHOSEN), 1), else_=0).label("bouncing"),
            case((reason.in_(BLOCKED), 1), else_=0).label("blocked"),
            none.label("silent"),
            none.label("vacant"),
        )
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(col(Person.left_at).is_(None), col(Channel.status) == ChannelStatus.CLOSED)
    )
    within = sql_select(col(Organisation.id)).where(_MINE)
    silent = sql_select(col(Person.organisation_id), none, none, one, none).where(
        col(Person.id).in_(silent_people(within, before=bindparam("asked_before"))),
        col(Person.left_at).is_(None),
    )
    vacant = sql_select(col(Succession.organisation_id), none, none, none, one).where(
        col(Succession.status).in_(OPEN)
    )
    each = union_all(closed, silent, vacant).subquery()
    sums = [func.sum(each.c[name]).label(name) for name in _TROUBLES]
    return sql_select(each.c.id, *sums).group_by(each.c.id).subquery()


_TROUBLES = ("bouncing", "blocked", "silent", "vacant")
_COUNTS = ("people", "reachable", "unset", *_TROUBLES)


@cache
def _kinds(sends_by: frozenset[ChannelKind]) -> Select[Any]:
    people, troubles = _people(sends_by), _troubles()
    counts = [
        func.coalesce((troubles if name in _TROUBLES else people).c[name], 0).label(name)
        for name in _COUNTS
    ]
    each = (
        sql_select(
            col(Organisation.domain),
            case((col(Organisation.confirmed_at) > bindparam("confirmed_after"), 1), else_=0)
            .label("is_fresh"),
            case((col(Organisation.backup_person_id).is_(None), 0), else_=1).label("has_backup"),
            *counts,
        )
        .outerjoin(people, people.c.id == col(Organisation.id))
        .outerjoin(troubles, troubles.c.id == col(Organisation.id))
        .where(_MINE)
        .subquery()
    )  # fmt: skip
    return sql_select(*each.c, func.count().label("organisations")).group_by(*each.c)


async def kinds_of_standing(
    session: AsyncSession, every: timedelta, *, is_exercise: bool, now: datetime,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> list[tuple[Standing, int]]:  # fmt: skip
    """Every organisation of the city in a world: one of each kind, and how many are like it.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    rows = await read_columns(
        session,
        _kinds(sends_by),
        {
            "is_exercise": is_exercise,
            "asked_before": now - PATIENCE,
            "confirmed_after": now - (every + PATIENCE if every else EVER),
        },
    )
    found = []
    for one in rows:
        backup, confirmed_at = 0 if one.has_backup else None, now if one.is_fresh else None
        standing = Standing(
            Place(0, "", one.domain, backup, confirmed_at), one.people, int(one.reachable),
            int(one.unset), int(one.bouncing), int(one.blocked), int(one.silent), int(one.vacant),
        )  # fmt: skip
        standing.gaps = gaps_of(standing, every, now=now)
        found.append((standing, one.organisations))
    return found


async def gaps_by_name(
    session: AsyncSession, every: timedelta, *, is_exercise: bool, now: datetime,
    gap: Gap | None = None, domain: Domain | None = None, after: str = "", limit: int | None = None,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> list[Standing]:  # fmt: skip
    """Organisations of the city with this gap, or with any, by name.

    :param domain: of this domain only.
    :param after: only those behind this name.
    :param limit: the first so many.
    :param sends_by: as for :func:`kinds_of_standing`.
    """
    mine = [col(Organisation.is_exercise) == is_exercise, of_the_city()]
    if domain is not None:
        mine.append(col(Organisation.domain) == domain)
    found: list[Standing] = []
    # Most have something: a page is full soon. Of what is rare the rest is read at once.
    for most in [None] if limit is None else [limit + AHEAD, None]:
        here = [*mine, col(Organisation.name) > after]
        places = await _places(session, here, most)
        within = (
            [one.id for one in places] if most else sql_select(col(Organisation.id)).where(*here)
        )
        found += [
            one
            for one in await standings_of(
                session, places, within, every, now=now, sends_by=sends_by
            )
            if (gap in one.gaps if gap else one.gaps)
        ]
        if most is None or len(places) < most or len(found) >= most - AHEAD:
            break
        after = places[-1].name
    return found[:limit]


async def _places(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]], most: int | None
) -> list[Place]:
    columns = [col(getattr(Organisation, name)) for name in Place._fields]
    asked = sql_select(*columns).where(*conditions).order_by(col(Organisation.name)).limit(most)
    return [Place(*row) for row in await read_columns(session, asked)]
