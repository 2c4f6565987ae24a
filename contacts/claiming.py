"""Which deliveries go next: due, in order, claimed under a lease.

One delivery per chat is under way at a time, and what came back for another try holds up
what was planned for that chat after it: a conversation keeps its order. One mail that a server
puts off for minutes keeps back only what is distributed about the same event, such as its closing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.any_of import any_of
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.limiter import AHEAD, MINUTE, Waiting, is_busy
from contacts.outbox import (
    DELIVERY_MOVES,
    DISTRIBUTED,
    IS_HALTED,
    UNDER_WAY,
    ChannelPause,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
    Priority,
)
from contacts.records import ids_of, move_many, read_columns
from contacts.sealing import Sealer, UnsealError, is_sealed

# Made once: making them costs more than asking the question.
_ORIGINAL, _EARLIER, _EARLIER_MESSAGE = aliased(Delivery), aliased(Delivery), aliased(Message)
_LATER_MESSAGE = aliased(Message)


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
    look = _Look(session, kind, sealer, patience, now, await _halted(session))
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
    halted: Sequence[int]

    async def first(
        self, limit: int, *, busy: Collection[str] = (), only: Priority | None = None
    ) -> list[Waiting]:
        question = _due(
            one_priority=only is not None, no_busy=bool(busy),
            no_halted=bool(self.halted), is_chat=self.kind is ChannelKind.TELEGRAM,
        )  # fmt: skip
        domains = [one for one in busy if one.startswith("@")]
        if domains:
            address = func.lower(col(Delivery.address))
            question = question.where(
                *(~address.endswith(domain, autoescape=True) for domain in domains)
            )
        asked = {
            "kind": self.kind, "now": self.now, "given_up": self.now - self.patience,
            "at_most": limit, "only": only, "halted": self.halted,
            "busy": [one for one in busy if not one.startswith("@")],
        }  # fmt: skip
        return [
            Waiting(ident, open_address(address, self.kind, self.sealer) or address, priority)
            for ident, address, priority in await read_columns(self.session, question, asked)
        ]


_HALTED = select(Message.id).where(text(IS_HALTED))


async def _halted(session: AsyncSession) -> list[int]:
    """Messages that wait for a person. Seldom any, but the deliveries of one may be all there are,
    and asking of each of them whether its message is ready costs more than leaving them out."""
    return ids_of(await read_columns(session, _HALTED))


@cache
def _due(*, one_priority: bool, no_busy: bool, no_halted: bool, is_chat: bool) -> Any:
    """What may go, in order.

    Its own parameters: ``kind``, ``now``, ``given_up``, ``at_most``; with ``one_priority`` also
    ``only``, and with ``no_busy`` and ``no_halted`` the ``busy`` and ``halted`` to leave out.
    """
    question = (
        select(Delivery.id, Delivery.address, Delivery.priority)
        .where(*_may_go(col(Message.send_at) <= bindparam("now"), no_halted=no_halted))
        .where(~(_held_up() if is_chat else _held_up_by_its_event()))
        .order_by(col(Delivery.priority), col(Delivery.not_before), col(Delivery.id))
        .limit(bindparam("at_most"))
        .with_for_update(skip_locked=True, of=Delivery)
    )
    if one_priority:
        question = question.where(col(Delivery.priority) == bindparam("only"))
    if no_busy:
        question = question.where(~any_of(col(Delivery.address), "busy"))
    return question


@cache
def _anything(*, no_halted: bool) -> Any:
    """Parameters: ``kind``, ``now``, ``given_up``, ``halted``."""
    return select(Delivery.id).where(*_may_go(no_halted=no_halted)).limit(1)


def _may_go(*of_message: ColumnElement[bool], no_halted: bool) -> Sequence[ColumnElement[bool]]:
    is_ready = select(Message.id).where(
        col(Message.id) == col(Delivery.message_id),
        col(Message.status) == MessageStatus.READY,
        *of_message,
    )
    return (
        col(Delivery.status) == DeliveryStatus.PLANNED,
        col(Delivery.kind) == bindparam("kind"),
        col(Delivery.not_before) <= bindparam("now"),
        *([~any_of(Delivery.message_id, "halted")] if no_halted else ()),
        _for_each(is_ready),
        ~_waits_for_original(),
    )


def _for_each(question: Any) -> ColumnElement[bool]:
    """Whether there is one, asked of row after row in the order of the outbox until enough are
    found. Without its OFFSET PostgreSQL makes a join of it, and for each batch of hundred reads,
    joins and sorts everything that waits."""
    exists: ColumnElement[bool] = question.offset(0).exists()
    return exists


def _waits_for_original() -> ColumnElement[bool]:
    """An edit of what is not sent yet, or of what may have arrived and is not given up yet.

    Claiming it would be in vain, and would be journalled each time.
    """
    original = _ORIGINAL
    uncertain = col(original.status) == DeliveryStatus.UNKNOWN
    return _for_each(
        select(original.id).where(
            col(original.id) == col(Delivery.edits_delivery_id),
            col(Delivery.act) == DeliveryAct.EDIT,
            col(original.status).in_(UNDER_WAY)
            | (uncertain & (col(Delivery.planned_at) >= bindparam("given_up"))),
        )
    )


def _held_up() -> ColumnElement[bool]:
    """A message before it in the same chat came back for another try; an edit changes what stands
    there, whatever came after it."""
    return _came_back(col(_EARLIER.priority) == col(Delivery.priority))


def _held_up_by_its_event() -> ColumnElement[bool]:
    """An earlier text about the same event came back for another try at the same address, and is
    as urgent at least: what is more urgent than that waits for nothing."""
    earlier, its_message, own = _EARLIER, _EARLIER_MESSAGE, _LATER_MESSAGE
    is_of_its_event = select(own.id).where(
        col(own.id) == col(Delivery.message_id),
        col(own.kind).in_(DISTRIBUTED),
        col(own.event_id) == col(its_message.event_id),
    )
    return _came_back(
        # Not as a range of priorities: SQLite would read all that waits by it, for each row.
        col(Delivery.priority) - col(earlier.priority) >= 0,
        of_message=(
            col(its_message.kind).in_(DISTRIBUTED),
            _for_each(is_of_its_event.correlate(Delivery, its_message)),
        ),
    )


def _came_back(
    *which: ColumnElement[bool], of_message: Sequence[ColumnElement[bool]] = ()
) -> ColumnElement[bool]:
    """Something that waits for another try at the same address."""
    earlier, its_message = _EARLIER, _EARLIER_MESSAGE
    is_ready = select(its_message.id).where(
        col(its_message.id) == col(earlier.message_id),
        col(its_message.status) == MessageStatus.READY,
        *of_message,
    )
    return _for_each(
        select(earlier.id).where(
            col(earlier.kind) == bindparam("kind"),
            col(earlier.address) == col(Delivery.address),
            col(earlier.status) == DeliveryStatus.PLANNED,
            col(earlier.act) == DeliveryAct.SEND,
            col(earlier.attempts) > 0,
            col(earlier.id) < col(Delivery.id),
            *which,
            _for_each(is_ready),
        )
    )


async def anything_due(
    session: AsyncSession, kind: ChannelKind, *, patience: timedelta, now: datetime
) -> bool:
    """A look without the lock: whether a claim could find something."""
    halted = await _halted(session)
    asked = {"kind": kind, "now": now, "given_up": now - patience, "halted": halted}
    return bool(await read_columns(session, _anything(no_halted=bool(halted)), asked))


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
    found = await read_columns(session, _PAUSES, {"kind": kind, "now": now})
    return max((until for (until,) in found), default=None)


_PAUSES = select(ChannelPause.until).where(
    col(ChannelPause.kind) == bindparam("kind"), col(ChannelPause.until) > bindparam("now")
)


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
        )
        .order_by(col(Delivery.sending_at))
    )
    return [
        # It left some time before its answer was there.
        (open_address(address, kind, sealer) or address, max(began + ahead, done or began))
        for address, began, done in found.all()
        if began is not None
    ]
