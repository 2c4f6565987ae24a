"""What came back too late to go anywhere else: old by itself, or because something newer came.

A mail server may try for five days before it says that it gave up.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.outbox import (
    TO_GO,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import ids_of

#: what was due longer ago than this is history, not an alarm
HISTORY_AFTER = timedelta(hours=24)
_WENT = (DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


def came_back_late(delivery: Delivery, message: Message, *, now: datetime) -> bool:
    """Whether it failed so long after it left that only a person can say what is still of use.

    Pure. An answer to a signal was promised, and keeps its worth.
    """
    if delivery.status is not DeliveryStatus.FAILED or message.kind is MessageKind.FEEDBACK:
        return False
    return now - (delivery.sending_at or delivery.not_before) >= HISTORY_AFTER


def has_newer(now: datetime) -> ColumnElement[bool]:
    """A later version of the same event went to the same person, or is under way by now. Should
    that fail as well, it is followed up by itself.

    What is kept for the morning or was halted is no version that they have: until then the old
    text is all there is, and a halted one may never go.
    """
    newer, its_message = aliased(Delivery), aliased(Message)
    is_on_its_way = and_(
        col(newer.status).in_(TO_GO),
        col(newer.not_before) <= now,
        col(its_message.status) == MessageStatus.READY,
        col(its_message.send_at) <= now,
    )
    return (
        select(newer.id)
        .join(its_message, col(its_message.id) == col(newer.message_id))
        .where(
            col(newer.person_id) == col(Delivery.person_id),
            col(its_message.event_id) == col(Message.event_id),
            col(its_message.briefing_id) > col(Message.briefing_id),
            col(newer.act) == DeliveryAct.SEND,
            col(newer.status).in_(_WENT) | is_on_its_way,
        )
        .exists()
    )


async def having_newer(
    session: AsyncSession, delivery_ids: Collection[int], *, now: datetime
) -> set[int]:
    """Of these deliveries those whose reader got a later version, or is about to."""
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Delivery.id).in_(delivery_ids), has_newer(now))
    )
    return {ident for ident in found.all() if ident is not None}


async def is_outdated(
    session: AsyncSession, delivery: Delivery, message: Message, *, now: datetime
) -> bool:
    """Whether what came back goes nowhere else any more."""
    if came_back_late(delivery, message, now=now):
        return True
    return bool(await having_newer(session, ids_of([delivery]), now=now))
