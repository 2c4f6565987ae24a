"""Decides who gets a version, over which channel, and who cannot be reached.

A first version goes to everybody with an audience, in the world (exercise or real) of the
event. What follows goes to exactly those who got, or may have got, what went before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing, BriefingKind
from briefings.versions import followed_by, versions_of
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Organisation,
    Person,
    first_audience,
)
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.records import read_columns
from contacts.sending import Recipient
from feeds.rows import Event

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

Address = tuple[ChannelKind, str]


class Reader(NamedTuple):
    """What of a person decides whether they get a text, and what is shown of them if not.

    Only these columns are read: a city has thousands of people, and a page waits for them.
    """

    id: int
    organisation_id: int
    name: str
    function: str
    phone: str | None
    audiences: Sequence[str]
    is_exercise: bool
    left_at: datetime | None = None


class Way(NamedTuple):
    """A channel of somebody; ways are tried by ``rank``, then by ``id``."""

    id: int
    person_id: int
    kind: ChannelKind
    address: str
    rank: int
    status: ChannelStatus
    is_exercise: bool


class Planned(NamedTuple):
    """One message to one person: the text of the first audience, links to the ``extras``."""

    recipient: Recipient
    audience: Audience
    extras: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an earlier version went; ``person`` is None for an organisation's own address."""

    person_id: int | None
    organisation_id: int | None
    address: Address
    audience: Audience


@dataclass(frozen=True, slots=True)
class RecipientPlan:
    """Who gets it and who does not; planned and unreachable together are the whole audience.

    ``organisations`` counts those that at least one message goes to.
    """

    recipients: list[Planned] = field(default_factory=list)
    unreachable: list[Reader] = field(default_factory=list)

    @property
    def by_channel(self) -> dict[ChannelKind, int]:
        return dict(Counter(planned.recipient.kind for planned in self.recipients))

    @property
    def people(self) -> int:
        return len(self.recipients)

    @property
    def organisations(self) -> int:
        return len({planned.recipient.organisation_id for planned in self.recipients})

    def snapshot(self) -> list[str]:
        """The plan as the approval binds it: sorted, so that the order does not matter."""
        return sorted(
            ":".join(
                (
                    planned.recipient.kind.value,
                    planned.recipient.address,
                    planned.audience.value,
                    ",".join(extra.value for extra in planned.extras),
                )
            )
            for planned in self.recipients
        )


def plan_everybody(
    people: Sequence[Reader], channels: Mapping[int, Sequence[Way]], *, is_exercise: bool
) -> RecipientPlan:
    """Everybody with an audience, in one world, each through the first channel. Pure."""
    plan = RecipientPlan()
    for person in people:
        audience = first_audience(person.audiences)
        if audience is None or person.left_at is not None or person.is_exercise != is_exercise:
            continue
        _place(plan, person, audience, _usable(person, channels, is_exercise=is_exercise))
    return plan


def plan_followers(
    receipts: Sequence[Receipt],
    people: Mapping[int, Reader],
    channels: Mapping[int, Sequence[Way]],
    *,
    is_exercise: bool,
) -> RecipientPlan:
    """Exactly those who got it before, each once. Pure.

    The channel is the one that it came through while that is open, else the next one.
    An organisation's own address (a fallback) gets it there again.
    """
    plan = RecipientPlan()
    for receipt in {r.address: r for r in receipts if r.person_id is None}.values():
        recipient = Recipient(*receipt.address, None, receipt.organisation_id)
        plan.recipients.append(Planned(recipient, receipt.audience, ()))
    by_person: dict[int, list[Receipt]] = {}
    for receipt in receipts:
        if receipt.person_id is not None and receipt.person_id in people:
            by_person.setdefault(receipt.person_id, []).append(receipt)
    for person_id, got in sorted(by_person.items()):
        person = people[person_id]
        usable = _usable(person, channels, is_exercise=is_exercise)
        came_through = {receipt.address for receipt in got}
        usable.sort(key=lambda channel: (channel.kind, channel.address) not in came_through)
        _place(plan, person, first_audience(person.audiences) or got[-1].audience, usable)
    return plan


def _usable(
    person: Reader, channels: Mapping[int, Sequence[Way]], *, is_exercise: bool
) -> list[Way]:
    if person.left_at is not None or person.is_exercise != is_exercise:
        return []
    own = [
        channel
        for channel in channels.get(person.id, ())
        if channel.status is ChannelStatus.ACTIVE and channel.is_exercise == is_exercise
    ]
    own.sort(key=lambda channel: (channel.rank, channel.id))
    return own


def _place(plan: RecipientPlan, person: Reader, audience: Audience, usable: Sequence[Way]) -> None:
    if not usable:
        plan.unreachable.append(person)
        return
    recipient = Recipient(usable[0].kind, usable[0].address, person.id, person.organisation_id)
    extras = tuple(Audience(name) for name in person.audiences if name != audience.value)
    plan.recipients.append(Planned(recipient, audience, tuple(dict.fromkeys(extras))))


async def plan_recipients(
    session: AsyncSession, event: Event, *, now: datetime, only_of: int | None = None
) -> RecipientPlan:
    """Who gets a version of this event.

    :param only_of: None for everybody. The id of a version that has messages already: those
        who got, or may have got, that one. The id of one that is still to go: those whom it
        will go to (everybody for a first one, the earlier readers for what follows).
    """
    if only_of is None:
        return await _everybody(session, event)
    sent = await _receipts(session, [only_of])
    if sent:
        return await _followers(session, event, sent)
    briefing = await session.get_one(Briefing, only_of)
    return await plan_version(session, event, briefing)


async def plan_version(session: AsyncSession, event: Event, briefing: Briefing) -> RecipientPlan:
    """Who gets a version that is still to go."""
    if briefing.kind is BriefingKind.FIRST:
        return await _everybody(session, event)
    before = followed_by(briefing, await versions_of(session, briefing.event_id))
    ids = [version.id for version in before if version.id is not None]
    return await _followers(session, event, await _receipts(session, ids))


async def plan_some(
    session: AsyncSession, event: Event, briefing: Briefing, person_ids: Collection[int]
) -> RecipientPlan:
    """What :func:`plan_version` says of these people, for a page that shows a few of them."""
    if briefing.kind is BriefingKind.FIRST:
        return await _everybody(session, event, only=person_ids)
    before = followed_by(briefing, await versions_of(session, briefing.event_id))
    ids = [version.id for version in before if version.id is not None]
    receipts = await _receipts(session, ids, only=person_ids)
    return await _followers(session, event, receipts, only=person_ids)


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
        .where(col(Organisation.is_exercise) == event.is_exercise, col(Person.left_at).is_(None))
    )
    people = [reader_of(row) for row in await read_columns(session, asked)]
    channels = await _channels(session, event, only)
    return plan_everybody(people, channels, is_exercise=event.is_exercise)


async def _followers(
    session: AsyncSession,
    event: Event,
    receipts: Sequence[Receipt],
    only: Collection[int] | None = None,
) -> RecipientPlan:
    wanted = {receipt.person_id for receipt in receipts}
    found = (reader_of(row) for row in await read_columns(session, _readers(event, only)))
    return plan_followers(
        receipts,
        {person.id: person for person in found if person.id in wanted},
        await _channels(session, event, only),
        is_exercise=event.is_exercise,
    )


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


async def _receipts(
    session: AsyncSession, briefing_ids: Collection[int], only: Collection[int] | None = None
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
        .where(
            col(Message.briefing_id).in_(briefing_ids),
            col(Message.audience).is_not(None),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(GOT),
        )
        .order_by(col(Delivery.id))
    )
    if only is not None:
        asked = asked.where(col(Delivery.person_id).in_(only))
    return [
        Receipt(person_id, organisation_id, (kind, address), Audience(audience))
        for person_id, organisation_id, kind, address, audience in await read_columns(
            session, asked
        )
        if not address.startswith(_SEALED)
    ]
