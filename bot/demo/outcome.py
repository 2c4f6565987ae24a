"""What the demo measured, read back from the database: the last line that ``--once`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.outbox import (
    Acknowledgement,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.tally import total
from feeds.rows import Event, Item
from signals.rows import Signal, SignalStatus

BRIEFING_KINDS = (
    MessageKind.BRIEFING,
    MessageKind.UPDATE,
    MessageKind.CORRECTION,
    MessageKind.CLOSING,
)


@dataclass
class Timing:
    """Seconds that matter on the evening; None where it did not happen."""

    alert_s: float | None = None
    poll_to_alert_s: float | None = None
    confirm_to_drafts_s: float | None = None
    drafts: int = 0


async def measure(session: AsyncSession, timing: Timing, *, ok: bool) -> dict[str, Any]:
    """The JSON object of the demo. ``planned`` counts all deliveries of briefings, updates,
    corrections and the closing text, edits of earlier messages not included."""
    statuses = await _deliveries(session)
    exercise_only = not await _count(session, Event, col(Event.is_exercise).is_(False))
    return {
        "ok": ok,
        "alert_s": _short(timing.alert_s),
        "poll_to_alert_s": _short(timing.poll_to_alert_s),
        "confirm_to_drafts_s": _short(timing.confirm_to_drafts_s),
        "drafts": timing.drafts,
        "planned": sum(statuses.values()),
        "sent": statuses.get(DeliveryStatus.SENT, 0),
        "failed": statuses.get(DeliveryStatus.FAILED, 0),
        "unknown": statuses.get(DeliveryStatus.UNKNOWN, 0),
        "acknowledged": await _count(session, Acknowledgement),
        "signals": await _count(session, Signal),
        "referred": sum(
            [await total(session, "referral", is_exercise=world) for world in (False, True)]
        ),
        "feedback": await _count(
            session, Signal, col(Signal.status) == SignalStatus.CLOSED,
            col(Signal.outcome_text).is_not(None),
        ),
        "exercise": exercise_only,
    }  # fmt: skip


async def _deliveries(session: AsyncSession) -> dict[DeliveryStatus, int]:
    found = await session.exec(
        select(Delivery.status, func.count())
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind).in_(BRIEFING_KINDS),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .group_by(col(Delivery.status))
    )
    return {DeliveryStatus(status): count for status, count in found.all()}


async def _count(session: AsyncSession, table: Any, *where: Any) -> int:
    found = await session.exec(select(func.count()).select_from(table).where(*where))
    return int(found.one())


async def count_items(session: AsyncSession) -> int:
    """Reports of the news; an event that somebody started is its own report, and no news."""
    return await _count(session, Item, col(Item.guid).not_like("event:%"))


async def count_events(session: AsyncSession) -> tuple[int, int]:
    """(events from the news, of which rang)"""
    news = await _count(session, Event, col(Event.origin) == "feed")
    rang = await _count(session, Event, col(Event.alerted_at).is_not(None))
    return news, rang


async def rung_events(session: AsyncSession) -> list[Event]:
    """The events from the news that rang, in the order in which they did."""
    found = await session.exec(
        select(Event)
        .where(col(Event.alerted_at).is_not(None))
        .order_by(col(Event.alerted_at), col(Event.id))
    )
    return list(found.all())


def _short(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
