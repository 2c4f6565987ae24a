"""How the sending of each event stands: how far, how fast, how long still, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Case, ColumnElement, case, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.outbox import (
    DISTRIBUTED,
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


@dataclass(frozen=True, slots=True)
class Progress:
    """Deliveries of one event's briefings, edits and cancelled ones left out.

    ``due``: may leave now. ``later``: waits for its moment or for the end of quiet hours.
    ``halted``: a person stopped it. ``rate``: settled per second lately.
    ``reasons``: how many failed or are uncertain, by code.
    """

    event_id: int
    due: int = 0
    later: int = 0
    halted: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    rate: float = 0.0
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.due + self.later + self.halted + self.done

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
    found: dict[int, dict[str, int]] = {}
    reasons: dict[int, dict[str, int]] = {}
    place = _place(now)
    rows = await read_columns(
        session,
        select(col(Message.event_id), place, func.count(), col(Delivery.reason))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*_of(event_ids))
        .group_by(col(Message.event_id), place, col(Delivery.reason)),
    )
    for event_id, where, count, reason in rows:
        tally = found.setdefault(event_id, {})
        tally[where] = tally.get(where, 0) + count
        if where in _WRONG:
            codes = reasons.setdefault(event_id, {})
            codes[reason or ""] = codes.get(reason or "", 0) + count
    rates = await _rates(session, event_ids, now=now)
    return [
        Progress(
            event_id,
            rate=rates.get(event_id, 0.0),
            reasons=dict(sorted(reasons.get(event_id, {}).items(), key=lambda one: -one[1])),
            **found.get(event_id, {}),
        )
        for event_id in event_ids
    ]


def _place(now: datetime) -> Case[str]:
    status = col(Delivery.status)
    return case(
        (status.in_([*_WRONG, DeliveryStatus.SENT]), status),
        (col(Message.status) == MessageStatus.HALTED, "halted"),
        (col(Delivery.not_before) > now, "later"),
        else_="due",
    )


def _of(event_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Message.event_id).in_(event_ids),
        col(Message.kind).in_(DISTRIBUTED),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) != DeliveryStatus.CANCELLED,
    )


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
