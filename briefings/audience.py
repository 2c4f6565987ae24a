"""Decides who gets a version, over which channel, and who cannot be reached.

A first version goes to everybody with an audience, in the world (exercise or real) of the
event. What follows goes to exactly those who got, or may have got, what went before; a correction
or a retraction also to those who were told by telephone. A retraction tells nobody who surely got
nothing: what waits for them is stopped.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, true
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.plans import (
    Planned,
    Reader,
    Receipt,
    RecipientPlan,
    Way,
    only_readers_of,
    plan_everybody,
    plan_followers,
    restricted,
)
from briefings.rows import CORRECTING, Briefing, BriefingKind
from briefings.versions import followed_by, left_out, versions_of
from contacts.calling import CallItem, CallStatus
from contacts.directory import (
    Audience,
    Channel,
    ChannelStatus,
    Organisation,
    Person,
)
from contacts.neighbours import of_the_city
from contacts.outbox import SUPERSEDED, WAS_WRONG, Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.records import read_columns
from feeds.rows import Event

__all__ = [
    "GOT",
    "Planned",
    "Reader",
    "Receipt",
    "RecipientPlan",
    "Way",
    "invited",
    "listed_audiences",
    "listed_for",
    "plan_everybody",
    "plan_followers",
    "plan_listed",
    "plan_readers",
    "plan_some",
    "plan_version",
    "reader_columns",
    "reader_of",
    "received",
    "restricted",
]

#: a sealed way back belongs to one answer, never to a briefing
_SEALED = "sealed:"
#: it arrived, may have arrived, or is on its way and can no longer surely be stopped
GOT = frozenset(
    {
        DeliveryStatus.SENT,
        DeliveryStatus.UNKNOWN,
        DeliveryStatus.SENDING,
        DeliveryStatus.CLAIMED,
        DeliveryStatus.PLANNED,
    }
)

#: what leaves this soon may be on its way before it is stopped
_SOON = timedelta(minutes=5)


async def plan_readers(
    session: AsyncSession, event: Event, briefing_ids: Collection[int]
) -> RecipientPlan:
    """Who got, or may have got, at least one of these versions; each once."""
    return await _followers(session, event, await _receipts(session, briefing_ids))


async def plan_version(session: AsyncSession, event: Event, briefing: Briefing) -> RecipientPlan:
    """Who gets a version that is still to go."""
    return await _plan(session, event, briefing)


async def plan_some(
    session: AsyncSession, event: Event, briefing: Briefing, person_ids: Collection[int]
) -> RecipientPlan:
    """What :func:`plan_version` says of these people, for a page that shows a few of them."""
    return await _plan(session, event, briefing, only=person_ids)


async def listed_for(
    session: AsyncSession, event: Event, briefing: Briefing, plan: RecipientPlan
) -> list[str]:
    """Who is on the list for a version, as the approval binds it.

    Whom an earlier text reached in the end changes by itself while this one lies with the
    approvers: a bounce, a refusal, a repeat. Who it was meant for does not.

    :param plan: of :func:`plan_version`.
    """
    if briefing.kind is BriefingKind.FIRST:
        return plan.listed()
    return (await _plan(session, event, briefing, is_meant=True)).listed()


async def _plan(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    only: Collection[int] | None = None,
    *,
    is_meant: bool = False,
) -> RecipientPlan:
    """:param is_meant: whoever earlier texts were meant for, whatever became of those."""
    if briefing.kind is BriefingKind.FIRST:
        return restricted(await _everybody(session, event, only), briefing)
    versions = await versions_of(session, briefing.event_id)
    ids = [version.id for version in followed_by(briefing, versions) if version.id is not None]
    got = true() if is_meant else _got(briefing)
    receipts = await _receipts(session, ids, only, got=got)
    # What was wrong is put right where it was read; what is new goes where they read now.
    as_it_came = briefing.kind in CORRECTING
    followers = await _followers(session, event, receipts, only, as_it_came=as_it_came)
    plan = restricted(followers, briefing)
    if missed := left_out(briefing, versions):
        _add(plan, only_readers_of(await _everybody(session, event, only), missed))
    if phoned := await _by_telephone(session, briefing, ids, only, is_meant=is_meant):
        _add(plan, restricted(await _everybody(session, event, phoned), briefing))
    return plan


def _add(plan: RecipientPlan, more: RecipientPlan) -> None:
    """Who is not in the plan yet."""
    known = {planned.recipient.person_id for planned in plan.recipients}
    known |= {one.id for one in plan.unreachable}
    plan.recipients.extend(one for one in more.recipients if one.recipient.person_id not in known)
    plan.unreachable.extend(one for one in more.unreachable if one.id not in known)


async def _by_telephone(
    session: AsyncSession,
    briefing: Briefing,
    briefing_ids: Collection[int],
    only: Collection[int] | None,
    *,
    is_meant: bool,
) -> set[int]:
    """Who was told of these versions by telephone, and has to hear that something was wrong.

    Whom nobody called yet is to hear the right text instead; what was taken back, not at all.
    """
    if briefing.kind not in CORRECTING:
        return set()
    told = {CallStatus.CALLED}
    if briefing.kind is BriefingKind.CORRECTION:
        told.add(CallStatus.OPEN)
    told = set(CallStatus) if is_meant else told
    asked = sql_select(col(CallItem.person_id)).where(
        col(CallItem.briefing_id).in_(briefing_ids), col(CallItem.status).in_(told)
    )
    if only is not None:
        asked = asked.where(col(CallItem.person_id).in_(only))
    return {person_id for (person_id,) in await read_columns(session, asked)}


async def plan_listed(
    session: AsyncSession, event: Event, person_ids: Collection[int]
) -> RecipientPlan:
    """These people, each with their own text through their first channel."""
    return await _everybody(session, event, only=person_ids)


async def _everybody(
    session: AsyncSession, event: Event, only: Collection[int] | None = None
) -> RecipientPlan:
    asked = (
        _readers(event, only)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Organisation.is_exercise) == event.is_exercise,
            col(Person.left_at).is_(None),
            invited(event),
        )
    )
    people = [reader_of(row) for row in await read_columns(session, asked)]
    channels = await _channels(session, event, only)
    return plan_everybody(people, channels, is_exercise=event.is_exercise)


async def _followers(
    session: AsyncSession,
    event: Event,
    receipts: Sequence[Receipt],
    only: Collection[int] | None = None,
    *,
    as_it_came: bool = True,
) -> RecipientPlan:
    wanted = {receipt.person_id for receipt in receipts}
    found = (reader_of(row) for row in await read_columns(session, _readers(event, only)))
    return plan_followers(
        receipts,
        {person.id: person for person in found if person.id in wanted},
        await _channels(session, event, only),
        is_exercise=event.is_exercise,
        as_it_came=as_it_came,
    )


def invited(event: Event) -> ColumnElement[bool]:
    """Organisations that an event is for: of the city, and next door if somebody chose so."""
    return true() if event.with_neighbours else of_the_city()


def reader_of(row: Sequence[Any]) -> Reader:
    """A row of :func:`reader_columns`."""
    person = Reader(*row)
    return person._replace(audiences=listed_audiences(str(person.audiences)))


@cache
def listed_audiences(stored: str) -> tuple[str, ...]:
    """Thousands of people share a handful of lists, and reading each anew takes half the time."""
    return tuple(json.loads(stored))


def _readers(event: Event, only: Collection[int] | None) -> Select[Any]:
    asked = (
        sql_select(*reader_columns())
        .where(col(Person.is_exercise) == event.is_exercise)
        .order_by(col(Person.id))
    )
    return asked if only is None else asked.where(col(Person.id).in_(only))


def reader_columns() -> list[Any]:
    """What is read of a person, in the order of :class:`Reader`."""
    columns = {name: col(getattr(Person, name)) for name in Reader._fields}
    return list((columns | {"audiences": cast(columns["audiences"], String)}).values())


async def _channels(
    session: AsyncSession, event: Event, only: Collection[int] | None
) -> dict[int, list[Way]]:
    asked = sql_select(*(col(getattr(Channel, name)) for name in Way._fields)).where(
        col(Channel.is_exercise) == event.is_exercise,
        col(Channel.status) == ChannelStatus.ACTIVE,
    )
    if only is not None:
        asked = asked.where(col(Channel.person_id).in_(only))
    channels: dict[int, list[Way]] = {}
    for row in await read_columns(session, asked):
        way = Way(*row)
        channels.setdefault(way.person_id, []).append(way)
    return channels


def _got(briefing: Briefing) -> ColumnElement[bool]:
    """Which deliveries of earlier versions make somebody a reader of what follows.

    What still waits for long was never read: a retraction stops it, and that is all. An update
    after that is for them too, and for whom a newer text in its place was called off.
    """
    got = col(Delivery.status).in_(GOT)
    if briefing.kind is BriefingKind.RETRACTION:
        waits = col(Delivery.status) == DeliveryStatus.PLANNED
        return and_(got, ~and_(waits, col(Delivery.not_before) > briefing.edited_at + _SOON))
    if briefing.kind is BriefingKind.UPDATE:
        stopped = col(Delivery.status) == DeliveryStatus.CANCELLED
        is_theirs = col(Delivery.reason).in_([WAS_WRONG, SUPERSEDED])
        return or_(got, and_(stopped, is_theirs, col(Delivery.person_id).is_not(None)))
    return got


async def _receipts(
    session: AsyncSession,
    briefing_ids: Collection[int],
    only: Collection[int] | None = None,
    got: ColumnElement[bool] | None = None,
) -> list[Receipt]:
    asked = (
        sql_select(
            col(Delivery.person_id),
            col(Delivery.organisation_id),
            col(Delivery.kind),
            col(Delivery.address),
            col(Message.audience),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*received(briefing_ids, got))
        .order_by(col(Delivery.id))
    )
    if only is not None:
        asked = asked.where(col(Delivery.person_id).in_(only))
    return [
        Receipt(person_id, organisation_id, (kind, address), Audience(audience))
        for person_id, organisation_id, kind, address, audience in await read_columns(
            session, asked
        )
    ]


def received(
    briefing_ids: Collection[int], got: ColumnElement[bool] | None = None
) -> tuple[ColumnElement[bool], ...]:
    """Which deliveries, joined to their messages, brought a text of these versions."""
    return (
        col(Message.briefing_id).in_(briefing_ids),
        col(Message.audience).is_not(None),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status).in_(GOT) if got is None else got,
        ~col(Delivery.address).startswith(_SEALED, autoescape=True),
    )
