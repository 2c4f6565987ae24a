"""A restored store believes that it is the moment of the backup. Nothing goes out twice for it.

What had not left then may have left since. So no text to organisations goes on by itself: its
message is stopped until a person looks, and whatever does go out says "(herhaling)". Lines of
conversations are dropped. Whoever was signed in then is signed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators
from bot.rows import WebSession
from contacts.journal import OPERATOR, write_journal
from contacts.outbox import (
    DISTRIBUTED,
    TO_GO,
    UNDER_WAY,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.sending import cancel_message, halt_message

RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages were stopped, and how many lines of conversations were dropped."""

    halted: int
    dropped: int


async def hold_back(session: AsyncSession, *, taken_at: datetime, now: datetime) -> Held:
    """In the transaction of the restore; the coordinators hear of it, once."""
    halted = dropped = 0
    for message in await _with_something_to_go(session):
        assert message.id is not None
        if message.kind is MessageKind.DIALOGUE:
            await cancel_message(session, message.id, who=OPERATOR, now=now, reason=RESTORED)
            dropped += 1
        elif message.kind in DISTRIBUTED and message.status is MessageStatus.READY:
            await halt_message(session, message.id, who=OPERATOR, now=now, reason=RESTORED)
            halted += 1
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.status).in_(UNDER_WAY),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .values(is_repeat=True)
        .execution_options(synchronize_session=False)
    )
    # What a file beside the store knows of that run is of later than the backup.
    await session.exec(
        update(Delivery)
        .where(col(Delivery.status) == DeliveryStatus.SENDING)
        .values(lease_owner=None)
        .execution_options(synchronize_session=False)
    )
    await session.exec(
        update(WebSession).where(col(WebSession.ended_at).is_(None)).values(ended_at=now)
    )
    write_journal(
        session, who=OPERATOR, action="store_restored", subject="store",
        detail={"taken_at": taken_at.isoformat(), "halted": halted, "dropped": dropped}, now=now,
    )  # fmt: skip
    for is_exercise in (False, True):
        await tell_coordinators(
            session, "coordinator/restored.html", is_exercise=is_exercise, now=now,
            taken_at=taken_at, halted=halted,
        )  # fmt: skip
    return Held(halted, dropped)


async def _with_something_to_go(session: AsyncSession) -> list[Message]:
    waiting = select(col(Delivery.message_id)).where(col(Delivery.status).in_(TO_GO)).distinct()
    found = await session.exec(
        select(Message).where(
            col(Message.id).in_(waiting), col(Message.status) != MessageStatus.CANCELLED
        )
    )
    return list(found.all())
