"""How the sending of each event stands: how far, how fast, how long still, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Case, ColumnElement, bindparam, case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.elsewhere import surpassed, when
from contacts.outbox import (
    DISTRIBUTED,
    UNDER_WAY,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.records import read_columns

#: the rate is looked at over at most so long
WINDOW = timedelta(seconds=30)
_WRONG = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN)
#: a person stopped it; it was put off and is tried again
HALTED, AGAIN = "halted", "again"


@dataclass(frozen=True, slots=True)
class Progress:
    """Readers of one event's briefings, each once a text: by the better one of two channels.

    ``due``: may leave now. ``later``: waits for its moment or for the end of quiet hours.
    ``again``: was put off, and is tried again, the first of them at ``next_try``.
    ``halted``: a person stopped it. ``rate``: deliveries settled per second lately.
    ``reasons``: how many failed or are uncertain, by code; ``retries``: how many were put off.
    """

    event_id: int
    due: int = 0
    later: int = 0
    again: int = 0
    halted: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    rate: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)
    retries: Mapping[str, int] = field(default_factory=dict)
    next_try: datetime | None = None

    @property
    def total(self) -> int:
        return self.due + self.later + self.again + self.halted + self.done

    @property
    def done(self) -> int:
        return self.sent + self.failed + self.unknown

    @property
    def left(self) -> timedelta | None:
        """Until what is due has gone at this rate; None when nothing moves or nothing is due."""
        return timedelta(seconds=self.due / self.rate) if self.due and self.rate else None


async def read_progress(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> list[Progress]:
    """One for each of these events, in their order."""
    found: dict[int, Counter[tuple[str, str]]] = {ident: Counter() for ident in event_ids}
    rows = await read_columns(
        session,
        select(col(Message.event_id), _PLACE, col(Delivery.reason), func.count())
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*_of(event_ids))
        .group_by(col(Message.event_id), _PLACE, col(Delivery.reason)),
        {"after": now},
    )
    for event_id, place, reason, count in rows:
        found[event_id][place, reason or ""] += count
    for event_id, place, reason, count in await _counted_better(session, event_ids, now=now):
        found[event_id][place, reason] -= count
    rates = await _rates(session, event_ids, now=now)
    tries = await _next_tries(session, event_ids, now=now)
    return [
        _progress(ident, found[ident], rates.get(ident, 0.0), tries.get(ident))
        for ident in event_ids
    ]


def _progress(
    event_id: int, found: Counter[tuple[str, str]], rate: float, next_try: datetime | None
) -> Progress:
    tally, wrong, again = Counter[str](), Counter[str](), Counter[str]()
    for (place, reason), count in (+found).items():
        tally[place] += count
        if place in _WRONG:
            wrong[reason] += count
        elif place == AGAIN:
            again[reason] += count
    return Progress(
        event_id, rate=rate, reasons=dict(wrong.most_common()),
        retries=dict(again.most_common()), next_try=next_try if again else None, **tally,
    )  # fmt: skip


_STATUS = col(Delivery.status)
_PLACE: Case[str] = case(
    (_STATUS.in_([*_WRONG, DeliveryStatus.SENT]), _STATUS),
    (col(Message.status) == MessageStatus.HALTED, HALTED),
    else_=when(Delivery, bindparam("after")),
)


async def _counted_better(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> list[tuple[int, str, str, int]]:
    """Per event, place and reason: what is left out, because its reader stands better."""
    found = await session.exec(
        select(Message.id, Message.event_id, Message.status).where(*_messages_of(event_ids))
    )
    messages = {ident: (event_id or 0, status) for ident, event_id, status in found.all()}
    left_out = []
    for one in await surpassed(session, [ident or 0 for ident in messages], now=now):
        event_id, status = messages[one.message_id]
        place = one.status.value
        if one.status in UNDER_WAY:
            place = HALTED if status is MessageStatus.HALTED else one.when
        left_out.append((event_id, place, one.reason or "", one.number))
    return left_out


async def _next_tries(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> dict[int, datetime]:
    """When the first is tried again of what was put off, per event."""
    rows = await read_columns(
        session,
        select(col(Message.event_id), func.min(col(Delivery.not_before)))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            *_of(event_ids),
            col(Delivery.status) == DeliveryStatus.PLANNED,
            when(Delivery, bindparam("after")) == AGAIN,
        )
        .group_by(col(Message.event_id)),
        {"after": now},
    )
    return dict(rows)


def _of(event_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        *_messages_of(event_ids),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) != DeliveryStatus.CANCELLED,
    )


def _messages_of(event_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return col(Message.event_id).in_(event_ids), col(Message.kind).in_(DISTRIBUTED)


async def _rates(
    session: AsyncSession, event_ids: Sequence[int], *, now: datetime
) -> dict[int, float]:
    rows = await read_columns(
        session,
        select(col(Message.event_id), func.count(), func.min(col(Delivery.done_at)))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*_of(event_ids), col(Delivery.done_at) > now - WINDOW)
        .group_by(col(Message.event_id)),
    )
    return {
        event_id: rate_of(count, now - first)
        for event_id, count, first in rows
        if first is not None
    }


def rate_of(count: int, span: timedelta) -> float:
    """Per second over the time since the first of them, of which at least one second. Pure."""
    return count / max(1.0, span.total_seconds())
