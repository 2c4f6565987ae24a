"""A reminder of a meeting that changes does not go any more, as far as it still waits."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.overleg.rows import Overleg, OverlegInvitation
from contacts.journal import Who
from contacts.outbox import TO_GO, Delivery, Message
from contacts.sending import cancel_message

#: why something about a meeting that waited does not go any more
CHANGED = "overleg_changed"


async def stop_reminder(
    session: AsyncSession, overleg: Overleg, *, who: Who, now: datetime
) -> None:
    """What still waits of a reminder says what does not hold any more; also that of the host,
    which was written beside it."""
    if overleg.reminder_id is None:
        return
    written = select(Message.send_at).where(col(Message.id) == overleg.reminder_id)
    beside = await session.exec(
        select(Message.id)
        .join(OverlegInvitation, col(OverlegInvitation.message_id) == col(Message.id))
        .where(
            col(OverlegInvitation.overleg_id) == overleg.id,
            col(Message.send_at) == written.scalar_subquery(),
        )
    )
    waiting = await session.exec(
        select(Delivery.message_id)
        .where(
            col(Delivery.message_id).in_([overleg.reminder_id, *beside.all()]),
            col(Delivery.status).in_(TO_GO),
        )
        .distinct()
    )
    for message_id in waiting.all():
        await cancel_message(session, message_id, who=who, now=now, reason=CHANGED)
    overleg.reminder_id = None
    session.add(overleg)
