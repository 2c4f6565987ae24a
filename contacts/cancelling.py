"""What becomes of deliveries that wait when their message is cancelled.

They are cancelled with it; but a repeat, as after a back-up was put back, is of what its reader may
have already. That stays uncertain: a correction is for them too, and nobody sends it once more as
if they had missed it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.any_of import any_of
from contacts.journal import SYSTEM, Who
from contacts.outbox import (
    DELIVERY_MOVES,
    DISTRIBUTED,
    TO_GO,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.records import move_many, read_columns

#: why a delivery is uncertain that did not leave from here
MAY_HAVE_IT = "repeat_called_off"
#: of a message that was cancelled before that said why
MEANWHILE = "message_cancelled"
_ACTIONS = {
    DeliveryStatus.CANCELLED: "deliveries_cancelled",
    DeliveryStatus.UNKNOWN: "deliveries_unknown",
}


async def cancel_waiting(
    session: AsyncSession, message: Message, *, who: Who, now: datetime, reason: str
) -> int:
    """Nothing of this message leaves any more; returns how many deliveries stopped."""
    stopped = 0
    while waiting := await _waiting(session, message.id or 0):
        for status in TO_GO:
            of_status = [one for one in waiting if one.status is status]
            for becomes, action in _ACTIONS.items():
                ids = [one.id for one in of_status if _becomes(one, message) is becomes]
                why = reason if becomes is DeliveryStatus.CANCELLED else MAY_HAVE_IT
                await move_many(
                    session, DELIVERY_MOVES, Delivery, ids, status, becomes,
                    who=who, action=action, now=now, reason=why, done_at=now,
                )  # fmt: skip
        stopped += len(waiting)
    return stopped


async def cancel_returned(
    session: AsyncSession, delivery_ids: Collection[int], *, now: datetime
) -> int:
    """These were under way and wait again: of a message that was cancelled meanwhile they stop as
    the others of it did; returns how many stopped."""
    if not delivery_ids:
        return 0
    found = await session.exec(_CANCELLED_MEANWHILE, params={"ids": [*delivery_ids]})
    return sum(
        [
            await cancel_waiting(
                session, message, who=SYSTEM, now=now, reason=message.halt_reason or MEANWHILE
            )
            for message in found.all()
        ]
    )


_CANCELLED_MEANWHILE = (
    select(Message)
    .where(
        col(Message.id).in_(select(Delivery.message_id).where(any_of(col(Delivery.id), "ids"))),
        col(Message.status) == MessageStatus.CANCELLED,
    )
    .order_by(col(Message.id))
)


def _becomes(waiting: Any, message: Message) -> DeliveryStatus:
    """Conversation and notices are nothing that a later text puts right. Pure."""
    is_text = message.kind in DISTRIBUTED and waiting.act is DeliveryAct.SEND
    return DeliveryStatus.UNKNOWN if is_text and waiting.is_repeat else DeliveryStatus.CANCELLED


async def _waiting(session: AsyncSession, message_id: int) -> Sequence[Any]:
    """As many as fit in one statement; planned and claimed together, or the second look would take
    rows before those of the first."""
    its_own = (col(Delivery.message_id) == message_id, col(Delivery.status).in_(TO_GO))
    columns = (Delivery.id, Delivery.status, Delivery.act, Delivery.is_repeat)
    asked = select(*(col(one) for one in columns)).where(*its_own).order_by("id")
    return await read_columns(session, asked.limit(5000).with_for_update())
