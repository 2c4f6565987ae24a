"""A restored store believes that it is the moment of the backup. Nothing goes out twice for it
without saying so.

What had not left then may have left since. So no text to organisations goes on by itself: its
message is stopped until a person looks, and whatever does go out says "(herhaling)". Lines of
conversations are dropped. Whoever was signed in then is signed out.

Silence on what had left is followed up all the same, marked as a repeat too. Who reacted since may
be bothered once more; stopped, it would leave those out whom nothing reached, and nobody knows who
they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators_from
from bot.rows import WebSession
from contacts.journal import OPERATOR, write_journal
from contacts.messages import URGENT_SEVERITY
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
from contacts.outdated import HISTORY_AFTER
from contacts.overdue import FOLLOWED_UP, LONGEST_CHAIN, reacted
from contacts.restored import STORE_RESTORED
from contacts.sending import cancel_message, halt_message

RESTORED = "restored"
_LEFT = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Held:
    """How many deliveries of texts were stopped, how many lines of conversations were dropped, and
    of how many urgent texts that had left silence is followed up still."""

    halted: int
    dropped: int
    followed: int = 0


async def stop_after_restore(session: AsyncSession, *, taken_at: datetime, now: datetime) -> Held:
    """In the transaction of the restore; the coordinators hear of it, once."""
    halted = dropped = 0
    for message in await _with_something_to_go(session):
        assert message.id is not None
        if message.kind is MessageKind.DIALOGUE:
            await cancel_message(session, message.id, who=OPERATOR, now=now, reason=RESTORED)
            dropped += 1
        elif message.kind in DISTRIBUTED and message.status is MessageStatus.READY:
            await halt_message(session, message.id, who=OPERATOR, now=now, reason=RESTORED)
            halted += await _count_to_go(session, message.id)
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.status).in_(UNDER_WAY),
            col(Delivery.act) == DeliveryAct.SEND,
            # What was not due yet surely stayed here.
            col(Delivery.not_before) <= now,
        )
        .values(is_repeat=True)
        .execution_options(synchronize_session=False)
    )
    followed = await _mark_left(session, now=now)
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
        session, who=OPERATOR, action=STORE_RESTORED, subject="store",
        detail={"taken_at": taken_at.isoformat(), "halted": halted, "dropped": dropped,
                "followed": followed},
        now=now,
    )  # fmt: skip
    for is_exercise in (False, True):
        await tell_coordinators_from(
            session, "coordinator/restored.html", is_exercise=is_exercise, now=now,
            is_urgent=True, taken_at=taken_at, halted=halted, followed=followed,
        )  # fmt: skip
    return Held(halted, dropped, followed)


async def _mark_left(session: AsyncSession, *, now: datetime) -> int:
    """What may still follow on a text that had left, may have followed already.

    Returns about how many urgent texts somebody is silent.
    """
    lately = (
        col(Message.kind).in_(DISTRIBUTED),
        col(Message.status) != MessageStatus.CANCELLED,
        col(Message.send_at) > now - LONGEST_CHAIN,
    )
    still_open = (
        col(Delivery.status).in_(_LEFT),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.escalated_at).is_(None),
    )
    await session.exec(
        update(Delivery)
        .where(*still_open, col(Delivery.message_id).in_(select(Message.id).where(*lately)))
        .values(is_repeat=True)
        .execution_options(synchronize_session=False)
    )
    urgent = await session.exec(
        select(Message.id)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(*lately, *still_open, col(Message.kind).in_(FOLLOWED_UP))
        .where(
            col(Message.severity) >= URGENT_SEVERITY,
            col(Delivery.not_before) > now - HISTORY_AFTER,
            ~reacted(),
        )
        .distinct()
    )
    return len(urgent.all())


async def _count_to_go(session: AsyncSession, message_id: int) -> int:
    found = await session.exec(
        select(func.count()).where(
            col(Delivery.message_id) == message_id, col(Delivery.status).in_(TO_GO)
        )
    )
    return found.one()


async def _with_something_to_go(session: AsyncSession) -> list[Message]:
    waiting = select(col(Delivery.message_id)).where(col(Delivery.status).in_(TO_GO)).distinct()
    found = await session.exec(
        select(Message).where(
            col(Message.id).in_(waiting), col(Message.status) != MessageStatus.CANCELLED
        )
    )
    return list(found.all())
