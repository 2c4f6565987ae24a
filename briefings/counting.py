"""Counts who a version will go to, for whoever looks before it goes.

A first text goes to a whole city, so it is counted in the store: the page and the chat show
numbers, and thousands of rows need not travel for them. What follows is counted from its plan.
``tests/test_counting.py`` holds both against the plan that is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import (
    Reader,
    RecipientPlan,
    invited,
    listed_audiences,
    plan_version,
    reader_columns,
    reader_of,
    received,
)
from briefings.plans import only_readers_of
from briefings.rows import Briefing, BriefingKind, covered
from contacts.call_list import is_to_call
from contacts.calling import CallItem
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Organisation,
    Person,
    first_audience,
)
from contacts.neighbours import neighbour_names
from contacts.outbox import Delivery, Message
from contacts.records import read_columns
from feeds.rows import Event

#: how somebody who gets no text is stored
NO_AUDIENCE = "[]"
Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan in numbers; only the people who cannot be reached are named.

    ``lonely``: organisations with a single person in the audience. ``doubles``: addresses that
    more than one gets it at. ``quiet``: how many keep which quiet hours. ``passed_over``: people
    without a channel whom the earlier text did not reach; what follows on it passes them too.
    ``still_to_call``: who stands on the list of calls of an earlier text and is not yet called.
    ``is_part``: some of the texts only, so that no organisation and no earlier text compares.
    ``neighbours``: how many people of which organisations of municipalities next door are in it.
    """

    by_channel: Mapping[ChannelKind, int] = field(default_factory=dict)
    by_audience: Mapping[Audience, int] = field(default_factory=dict)
    organisations: int = 0
    unreachable: Sequence[Reader] = ()
    lonely: Sequence[int] = ()
    doubles: int = 0
    quiet: Mapping[Hours, int] = field(default_factory=dict)
    passed_over: int = 0
    still_to_call: int = 0
    neighbours: Mapping[int, int] = field(default_factory=dict)
    is_part: bool = False

    @property
    def people(self) -> int:
        return sum(self.by_channel.values())


class _Group(NamedTuple):
    organisation_id: int
    audiences: str
    kind: ChannelKind | None
    quiet_from: time | None
    quiet_until: time | None
    people: int


async def read_overview(session: AsyncSession, event: Event, briefing: Briefing) -> Overview:
    """Who gets a version that is still to go, counted."""
    if briefing.kind is BriefingKind.FIRST and briefing.audiences is None:
        return await _count_everybody(session, event)
    return await _of_version(session, event, briefing, covered(briefing))


async def read_part(
    session: AsyncSession, event: Event, briefing: Briefing, audiences: Collection[Audience]
) -> Overview:
    """Who gets these texts of a version that is still to go, counted."""
    return await _of_version(session, event, briefing, audiences)


async def _of_version(
    session: AsyncSession, event: Event, briefing: Briefing, audiences: Collection[Audience]
) -> Overview:
    plan = only_readers_of(await plan_version(session, event, briefing), audiences)
    counted = await overview_of(session, plan)
    counted = replace(counted, is_part=set(audiences) != set(Audience))
    if briefing.kind is BriefingKind.FIRST:
        return counted
    everybody = _everybody(event)
    without = await _without_channel(session, everybody)
    called = {person.id for person in plan.unreachable}
    passed = [
        one
        for one in without
        if one.id not in called and first_audience(one.audiences) in audiences
    ]
    [(waiting,)] = await read_columns(
        session,
        select(func.count(col(CallItem.person_id).distinct())).where(
            col(CallItem.event_id) == briefing.event_id,
            is_to_call(),
            col(CallItem.person_id).not_in(called),
        ),
    )
    return replace(counted, passed_over=len(passed), still_to_call=waiting)


async def count_readers(session: AsyncSession, event: Event, briefing_ids: Collection[int]) -> int:
    """How many :func:`briefings.audience.plan_readers` reaches."""
    got = (
        select(col(Delivery.person_id), col(Delivery.kind), col(Delivery.address))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*received(briefing_ids))
        .cte("got")
    )
    way = select(col(Channel.id)).where(
        col(Channel.person_id) == col(Person.id),
        col(Channel.is_exercise) == event.is_exercise,
        col(Channel.status) == ChannelStatus.ACTIVE,
    )
    people = select(func.count()).where(
        col(Person.id).in_(select(got.c.person_id)),
        col(Person.is_exercise) == event.is_exercise,
        col(Person.left_at).is_(None),
        way.exists(),
    )
    own = select(got.c.kind, got.c.address).where(got.c.person_id.is_(None)).distinct().subquery()
    found = await read_columns(
        session,
        select(people.scalar_subquery(), select(func.count()).select_from(own).scalar_subquery()),
    )
    return sum(found[0])


async def overview_of(session: AsyncSession, plan: RecipientPlan) -> Overview:
    """The same numbers of a plan that is at hand."""
    wanted = {planned.recipient.person_id for planned in plan.recipients}
    hours = await read_columns(
        session,
        select(col(Person.id), col(Person.quiet_from), col(Person.quiet_until)).where(
            col(Person.quiet_from).is_not(None)
        ),
    )
    return Overview(
        by_channel=plan.by_channel,
        by_audience=dict(Counter(planned.audience for planned in plan.recipients)),
        organisations=plan.organisations,
        unreachable=plan.unreachable,
        lonely=lonely(plan),
        doubles=doubles(plan),
        quiet=dict(Counter((begin, end) for ident, begin, end in hours if ident in wanted)),
        neighbours=_of_those(
            await neighbour_names(session),
            ((planned.recipient.organisation_id, 1) for planned in plan.recipients),
        ),
    )


def _of_those(
    next_door: Collection[int], people: Iterable[tuple[int | None, int]]
) -> dict[int, int]:
    """How many people of each organisation that is in ``next_door``. Pure."""
    return {ident: count for ident, count in _summed(people).items() if ident in next_door}


def lonely(plan: RecipientPlan) -> list[int]:
    """Organisations with a single person in the audience, reachable or not. Pure."""
    people: Counter[int] = Counter(person.organisation_id for person in plan.unreachable)
    for planned in plan.recipients:
        if planned.recipient.organisation_id is not None:
            people[planned.recipient.organisation_id] += 1
    return sorted(ident for ident, count in people.items() if count == 1)


def doubles(plan: RecipientPlan) -> int:
    """Addresses that more than one recipient has, whatever their capitals. Pure."""
    seen = Counter(
        (planned.recipient.kind, planned.recipient.address.strip().lower())
        for planned in plan.recipients
    )
    return sum(count > 1 for count in seen.values())


async def _count_everybody(session: AsyncSession, event: Event) -> Overview:
    everybody = _everybody(event)
    rows = await _groups(session, everybody)
    people: Counter[int] = Counter()
    for group in rows:
        people[group.organisation_id] += group.people
    reached = [group for group in rows if group.kind is not None]
    return Overview(
        by_channel=_summed((group.kind, group.people) for group in reached),
        by_audience=_summed((_first(group.audiences), group.people) for group in reached),
        organisations=len({group.organisation_id for group in reached}),
        unreachable=await _unreachable(
            session, everybody, {group.organisation_id for group in rows if group.kind is None}
        ),
        lonely=sorted(ident for ident, count in people.items() if count == 1),
        doubles=await _doubles(session, everybody, is_exercise=event.is_exercise),
        quiet=_summed(
            ((group.quiet_from, group.quiet_until), group.people)
            for group in reached
            if group.quiet_from is not None
        ),
        neighbours=_of_those(
            await neighbour_names(session),
            ((group.organisation_id, group.people) for group in reached),
        ),
    )


def _summed(counted: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    sums: Counter[Any] = Counter()
    for key, count in counted:
        sums[key] += count
    return dict(sums)


def _first(stored: str) -> Audience:
    audience = first_audience(listed_audiences(stored))
    assert audience is not None
    return audience


def _everybody(event: Event) -> CTE:
    """Everybody in the audience, each with the first channel that works, if any."""
    way = aliased(Channel)
    first_way = (
        select(col(way.id))
        .where(
            col(way.person_id) == col(Person.id),
            col(way.is_exercise) == event.is_exercise,
            col(way.status) == ChannelStatus.ACTIVE,
        )
        .order_by(col(way.rank), col(way.id))
        .limit(1)
        .scalar_subquery()
    )
    columns = reader_columns()
    stored = columns[Reader._fields.index("audiences")]
    return (
        select(
            *(column.label(name) for name, column in zip(Reader._fields, columns, strict=True)),
            col(Person.quiet_from).label("quiet_from"),
            col(Person.quiet_until).label("quiet_until"),
            col(Channel.kind).label("kind"),
            col(Channel.address).label("address"),
        )
        .select_from(Person)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(Channel, col(Channel.id) == first_way)
        .where(
            col(Person.is_exercise) == event.is_exercise,
            col(Organisation.is_exercise) == event.is_exercise,
            invited(event),
            col(Person.left_at).is_(None),
            stored != NO_AUDIENCE,
        )
        .cte("everybody")
    )


async def _groups(session: AsyncSession, everybody: CTE) -> list[_Group]:
    """People who are alike, per organisation: in a city a quarter of the people's rows."""
    alike = [everybody.c[name] for name in _Group._fields[:-1]]
    asked = select(*alike, func.count()).group_by(*alike)
    return [_Group(*row) for row in await read_columns(session, asked)]


async def _unreachable(
    session: AsyncSession, everybody: CTE, organisations: Collection[int]
) -> list[Reader]:
    """:param organisations: where somebody cannot be reached; only there it is looked up who."""
    if not organisations:
        return []
    return await _without_channel(
        session, everybody, everybody.c.organisation_id.in_(organisations)
    )


async def _without_channel(
    session: AsyncSession, everybody: CTE, *where: ColumnElement[bool]
) -> list[Reader]:
    asked = (
        select(*(everybody.c[name] for name in Reader._fields))
        .where(everybody.c.kind.is_(None), *where)
        .order_by(everybody.c.id)
    )
    return [reader_of(row) for row in await read_columns(session, asked)]


async def _doubles(session: AsyncSession, everybody: CTE, *, is_exercise: bool) -> int:
    """An address is unique as it is written, so a double has capitals or spaces in one of them.

    That is asked first: in nearly every city nobody has, and the whole audience need not be
    gone through once more.
    """
    plain: Any = func.lower(func.trim(col(Channel.address)))
    odd = select(plain).where(
        col(Channel.is_exercise) == is_exercise,
        col(Channel.status) == ChannelStatus.ACTIVE,
        col(Channel.address) != plain,
    )
    if not await read_columns(session, odd.limit(1)):
        return 0
    same: Any = func.lower(func.trim(everybody.c.address))
    shared = (
        select(same)
        .where(everybody.c.kind.is_not(None), same.in_(odd))
        .group_by(everybody.c.kind, same)
        .having(func.count() > 1)
        .subquery()
    )
    found = await read_columns(session, select(func.count()).select_from(shared))
    return int(found[0][0])
