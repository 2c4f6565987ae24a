"""Who of a version does not have it, or may not: uncertain, refused, still waiting, and why.

Each reader stands once, by what is known best of them; who has it by another channel not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.moments import clock
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.directory import ChannelKind, Organisation, Person
from contacts.elsewhere import stands_better
from contacts.outbox import (
    DISTRIBUTED,
    UNDER_WAY,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.quiet import QUIET_HOURS
from contacts.reason_texts import known_reason, reason_of
from contacts.records import ids_of, read_columns
from contacts.texts import CHANNELS

#: so many of each kind; the page has them all
SHOWN = 10
RESTS = "rusttijd tot {at} uur"
TRIED_AGAIN = "nieuwe poging om {at} uur: {why}"
LATER = "gaat om {at} uur"
GOES_ALSO = "{channel} gaat om {at} uur"
STANDS_STILL = "gestopt"
IS_LEAVING = "gaat nu weg"
ITS_TURN = "aan de beurt"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody without it. ``who`` is empty for an organisation's own address."""

    delivery_id: int
    who: str
    organisation: str
    channel: ChannelKind
    why: str


@dataclass(frozen=True, slots=True)
class WithoutIt:
    """At most ``SHOWN`` of each; ``counts`` says how many there are."""

    counts: DeliveryCounts
    unsure: Sequence[Reader]
    refused: Sequence[Reader]
    waiting: Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A version that so many readers may not have, and so many do not, or not yet."""

    event_id: int
    briefing_id: int
    unsure: int
    without: int


async def without_it(session: AsyncSession, briefing_id: int, *, now: datetime) -> WithoutIt:
    """Of one version, in the order in which it was planned."""
    messages = await read_columns(
        session, sa.select(col(Message.id)).where(col(Message.briefing_id) == briefing_id)
    )
    ids = ids_of(messages)
    return WithoutIt(
        counts=await count_deliveries(session, message_ids=ids),
        unsure=await _with_next(
            session, await _readers(session, ids, [DeliveryStatus.UNKNOWN], now=now)
        ),
        refused=await _readers(session, ids, [DeliveryStatus.FAILED], now=now),
        waiting=await _readers(session, ids, UNDER_WAY, now=now),
    )


async def not_received(session: AsyncSession, event_ids: Collection[int]) -> list[Lacking]:
    """Of these events the versions that somebody does not have, or may not; the newest first. What
    simply has its turn to come is left out, what was put off is not."""
    rows = await read_columns(
        session,
        sa.select(
            col(Message.event_id), col(Message.briefing_id),
            sa.func.count(sa.case((col(Delivery.status) == DeliveryStatus.UNKNOWN, 1))),
            sa.func.count(sa.case((col(Delivery.status) != DeliveryStatus.UNKNOWN, 1))),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.event_id).in_(event_ids),
            col(Message.kind).in_(DISTRIBUTED),
            col(Message.status) != MessageStatus.CANCELLED,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_([DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED])
            | ((col(Delivery.status) == DeliveryStatus.PLANNED) & (col(Delivery.attempts) > 0)),
            ~stands_better(),
        )
        .group_by(col(Message.event_id), col(Message.briefing_id))
        .order_by(col(Message.briefing_id).desc()),
    )  # fmt: skip
    return [Lacking(*row) for row in rows]


async def _with_next(session: AsyncSession, readers: Sequence[Reader]) -> list[Reader]:
    """With the moment at which the text goes to them by another channel as well."""
    found = await read_columns(
        session,
        sa.select(col(Delivery.fallback_of_id), col(Delivery.kind), col(Delivery.not_before)).where(
            col(Delivery.fallback_of_id).in_([one.delivery_id for one in readers]),
            col(Delivery.status) == DeliveryStatus.PLANNED,
        ),
    )
    others = {of: (kind, at) for of, kind, at in found}
    return [
        replace(one, why=f"{one.why}; {_said(*others[one.delivery_id])}")
        if one.delivery_id in others
        else one
        for one in readers
    ]


def _said(kind: ChannelKind, at: datetime) -> str:
    return GOES_ALSO.format(channel=CHANNELS[kind], at=clock(at))


async def _readers(
    session: AsyncSession,
    messages: Collection[int],
    statuses: Sequence[DeliveryStatus],
    *,
    now: datetime,
) -> list[Reader]:
    statement = (
        sa.select(
            col(Delivery.id), col(Person.name), col(Organisation.name), col(Delivery.kind),
            col(Delivery.status), col(Delivery.reason), col(Delivery.not_before),
            col(Delivery.attempts), col(Message.status),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Delivery.organisation_id))
        .where(
            col(Delivery.message_id).in_(messages),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(statuses),
            ~stands_better(),
        )
        # In words that no index answers: in the order of its index all deliveries would be read.
        .order_by(col(Delivery.id) + 0)
        .limit(SHOWN)
    )  # fmt: skip
    return [
        Reader(ident, who or "", organisation or "", kind, why(*stand, now=now))
        for ident, who, organisation, kind, *stand in await read_columns(session, statement)
    ]


def why(
    status: DeliveryStatus, reason: str | None, not_before: datetime, attempts: int,
    message: MessageStatus, *, now: datetime,
) -> str:  # fmt: skip
    """Why this reader does not have it, or since what nobody knows. Pure."""
    if status not in UNDER_WAY:
        return reason_of(reason)
    if status is DeliveryStatus.SENDING:
        return IS_LEAVING
    if message is MessageStatus.HALTED:
        return STANDS_STILL
    if not_before <= now:
        return (known_reason(reason) if reason else None) or ITS_TURN
    if reason == QUIET_HOURS:
        return RESTS.format(at=clock(not_before))
    if attempts:
        return TRIED_AGAIN.format(at=clock(not_before), why=reason_of(reason))
    return LATER.format(at=clock(not_before))
