"""Whether a text came due while nobody looked. Light: a house asks it before it sends, and what
follows from a yes loads most of the product."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import and_, col, or_, select

from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.records import Database

log = logging.getLogger(__name__)

#: the pump may take a message in the very second of its moment, before a round comes by
LOOKS_AHEAD = timedelta(minutes=1)
#: what waits for longer than this is no news any more
LOOKS_BACK = timedelta(days=7)
#: deliveries that may leave and did not
STILL_WAITS = (
    col(Delivery.status) == DeliveryStatus.PLANNED,
    col(Delivery.act) == DeliveryAct.SEND,
)


def closing_due(by: datetime) -> tuple[Any, ...]:
    """Of closing texts that are approved for a moment up to ``by``."""
    return (
        col(Briefing.kind) == BriefingKind.CLOSING,
        col(Briefing.status) == BriefingStatus.APPROVED,
        col(Briefing.send_at) <= by,
    )


def promise_over(now: datetime) -> tuple[Any, ...]:
    """Of a message with its version: it waits, and what it promises is over."""
    return (
        col(Message.briefing_id) == col(Briefing.id),
        col(Briefing.promised_at) <= now,
        col(Briefing.promised_at) > now - LOOKS_BACK,
        col(Message.status) == MessageStatus.READY,
        select(Delivery.id)
        .where(col(Delivery.message_id) == col(Message.id), *STILL_WAITS)
        .exists(),
    )


async def came_due(db: Database, *, now: datetime) -> bool:
    """Whether there is a closing text to look at once more, or a promise to drop; also when that
    cannot be told, which is for who looks to say."""
    over = select(Message.id).where(*promise_over(now)).correlate(Briefing).exists()
    closing = and_(*closing_due(now + LOOKS_AHEAD))
    try:
        async with db.read() as session:
            found = await session.exec(select(Briefing.id).where(or_(closing, over)).limit(1))
            return found.first() is not None
    except Exception:
        log.exception("What came due is not known", extra={"action": "step_failed"})
        return True
