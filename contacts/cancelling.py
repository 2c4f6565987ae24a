"""What becomes of deliveries that wait when their message is cancelled.

They are cancelled with it; but a repeat, as after a back-up was put back, is of what its reader may
have already. That stays uncertain: a correction is for them too, and nobody sends it once more as
if they had missed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who
from contacts.outbox import (
    DELIVERY_MOVES,
    DISTRIBUTED,
    TO_GO,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.records import move_many, read_columns

#: why a delivery is uncertain that did not leave from here
MAY_HAVE_IT = "repeat_called_off"
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
