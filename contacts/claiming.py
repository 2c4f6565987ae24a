"""Which deliveries go next: due, in order, claimed under a lease.

One delivery per chat is under way at a time, and what came back for another try holds up
what was planned for that chat after it: a conversation keeps its order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.limiter import AHEAD, MINUTE, Waiting, is_busy
from contacts.outbox import (
    DELIVERY_MOVES,
    ChannelPause,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
    Priority,
)
from contacts.records import move_many
from contacts.sealing import Sealer, UnsealError, is_sealed

# Made once: making them costs more than asking the question.
_ORIGINAL, _EARLIER, _EARLIER_MESSAGE = aliased(Delivery), aliased(Delivery), aliased(Message)
_ON_ITS_WAY = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, and until when the claim holds."""

    owner: str
    until: datetime


def owned_by(owner: str, run: str) -> str:
    """How a run of this owner signs its rows. Pure."""
    return f"{owner}:{run}" if run else owner


def open_address(address: str, kind: ChannelKind, sealer: Sealer) -> str | None:
    """The address to send to; a sealed one is opened. None when it cannot be.

    A sealed text is the address, or ``<kind>:<address>``.
    """
    if not is_sealed(address):
        return address
    try:
        opened = sealer.unseal(address)
    except UnsealError:
        return None
    head, mark, rest = opened.partition(":")
    if mark and head in set(ChannelKind):
        return rest if head == kind else None
    return opened


def _waits_for_original(patience: timedelta, *, now: datetime) -> ColumnElement[bool]:
    """An edit of what is not sent yet, or of what may have arrived and is not given up yet.

    Claiming it would be in vain, and would be journalled each time.
    """
    original = _ORIGINAL
    uncertain = col(original.status) == DeliveryStatus.UNKNOWN
    return (
        select(original.id)
        .where(
            col(original.id) == col(Delivery.edits_delivery_id),
            col(Delivery.act) == DeliveryAct.EDIT,
            col(original.status).in_(_ON_ITS_WAY)
            | (uncertain & (col(Delivery.planned_at) >= now - patience)),
        )
        .exists()
    )


async def due_deliveries(
    session: AsyncSession,
    kind: ChannelKind,
    *,
    busy: Collection[str],
    limit: int,
    sealer: Sealer,
    patience: timedelta,
    now: datetime,
) -> list[Waiting]:
    """The first ``limit`` deliveries that may go, in order, with their chats in the clear.

    When there may be more, a few of every lower priority come with them, because the limiter
    lets nothing wait for ever.

    :param patience: how long an edit waits for an original of which nobody knows.
    """
    look = _Look(session, kind, sealer, patience, now)
    first = await look.first(limit)
    if len(first) < limit:
        return first
    # The list of busy chats costs more than the rest, and seldom holds one of these.
    if sum(not is_busy(one.chat, busy) for one in first) < limit / 2:
        first = await look.first(limit, busy=busy)
    if len(first) < limit:
        return first
    lowest = first[-1].priority
    for priority in Priority:
        if priority > lowest:
            few = limit // AHEAD + 1
            first += await look.first(few, busy=busy, only=priority)
    return first


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at what may go on a channel."""

    session: AsyncSession
    kind: ChannelKind
    sealer: Sealer
    patience: timedelta
    now: datetime

    async def first(
        self, limit: int, *, busy: Collection[str] = (), only: Priority | None = None
    ) -> list[Waiting]:
        question = (
            select(Delivery.id, Delivery.address, Delivery.priority)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(
                col(Delivery.status) == DeliveryStatus.PLANNED,
                col(Delivery.kind) == self.kind,
                col(Delivery.not_before) <= self.now,
                col(Message.status) == MessageStatus.READY,
                col(Message.send_at) <= self.now,
                ~_held_up(self.kind),
                ~_waits_for_original(self.patience, now=self.now),
            )
            .order_by(col(Delivery.priority), col(Delivery.not_before), col(Delivery.id))
            .limit(limit)
            .with_for_update(skip_locked=True, of=Delivery)
        )
        if only is not None:
            question = question.where(col(Delivery.priority) == int(only))
        if busy:
            address = col(Delivery.address)
            domains = [one for one in busy if one.startswith("@")]
            question = question.where(
                address.not_in([one for one in busy if not one.startswith("@")]),
                *(~func.lower(address).endswith(domain, autoescape=True) for domain in domains),
            )
        found = await self.session.exec(question)
        return [
            Waiting(ident, open_address(address, self.kind, self.sealer) or address, priority)
            for ident, address, priority in found.all()
            if ident is not None
        ]


def _held_up(kind: ChannelKind) -> ColumnElement[bool]:
    """Something before it in the same chat came back for another try."""
    earlier, its_message = _EARLIER, _EARLIER_MESSAGE
    return (
        select(earlier.id)
        .join(its_message, col(its_message.id) == col(earlier.message_id))
        .where(
            col(earlier.kind) == kind,
            col(earlier.address) == col(Delivery.address),
            col(earlier.status) == DeliveryStatus.PLANNED,
            col(earlier.priority) == col(Delivery.priority),
            col(earlier.attempts) > 0,
            col(earlier.id) < col(Delivery.id),
            col(its_message.status) == MessageStatus.READY,
        )
        .exists()
    )


async def anything_due(
    session: AsyncSession, kind: ChannelKind, *, patience: timedelta, now: datetime
) -> bool:
    """A look without the lock: whether a claim could find something."""
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.kind) == kind,
            col(Delivery.not_before) <= now,
            col(Message.status) == MessageStatus.READY,
            ~_waits_for_original(patience, now=now),
        )
        .limit(1)
    )
    return found.first() is not None


async def claim(
    session: AsyncSession, ids: Sequence[int], lease: Lease, *, now: datetime
) -> list[int]:
    """planned → claimed, under the lease; returns what is ours."""
    return await move_many(
        session, DELIVERY_MOVES, Delivery, ids,
        DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED,
        who=SYSTEM, action="deliveries_claimed", now=now,
        lease_owner=lease.owner, lease_until=lease.until,
    )  # fmt: skip


async def give_back(
    session: AsyncSession, ids: Sequence[int], *, action: str, now: datetime
) -> list[int]:
    """claimed → planned: certainly not sent, no attempt was made."""
    return await move_many(
        session, DELIVERY_MOVES, Delivery, ids,
        DeliveryStatus.CLAIMED, DeliveryStatus.PLANNED,
        who=SYSTEM, action=action, now=now, lease_owner=None, lease_until=None,
    )  # fmt: skip


async def paused_until(
    session: AsyncSession, kind: ChannelKind, *, now: datetime
) -> datetime | None:
    """Until when the whole channel waits, or None when it may be used."""
    found = await session.exec(
        select(ChannelPause.until).where(
            col(ChannelPause.kind) == kind, col(ChannelPause.until) > now
        )
    )
    return max(found.all(), default=None)


async def sent_lately(
    session: AsyncSession,
    kind: ChannelKind,
    *,
    within: timedelta,
    ahead: timedelta,
    sealer: Sealer,
    now: datetime,
) -> list[tuple[str, datetime]]:
    """(chat, time) of what left just now, so that a restart does not forget the limits: what is
    younger than ``within``, and of groups and mail what is younger than a minute.

    :param ahead: so long before its slot something is marked at the most.
    """
    by_the_minute = col(Delivery.sending_at) > now - MINUTE
    if kind is ChannelKind.TELEGRAM:
        by_the_minute &= col(Delivery.address).startswith("-")
    found = await session.exec(
        select(Delivery.address, Delivery.sending_at, Delivery.done_at)
        .where(
            col(Delivery.kind) == kind,
            (col(Delivery.sending_at) > now - within) | by_the_minute,
            col(Delivery.act).in_([DeliveryAct.SEND, DeliveryAct.EDIT]),
        )
        .order_by(col(Delivery.sending_at))
    )
    return [
        # It left some time before its answer was there.
        (open_address(address, kind, sealer) or address, max(began + ahead, done or began))
        for address, began, done in found.all()
        if began is not None
    ]
