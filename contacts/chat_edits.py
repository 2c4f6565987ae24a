"""Edits of what stands in a chat already; the newest text wins."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.messages import journal_planned
from contacts.outbox import (
    DELIVERY_MOVES,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    Priority,
)
from contacts.records import move, move_many
from contacts.sending import Recipient, new_delivery


async def edit_sent(
    session: AsyncSession,
    delivery_id: int,
    content: Content,
    *,
    now: datetime,
    priority: Priority = Priority.DIALOGUE,
) -> Delivery:
    """Plan an edit of what an earlier delivery put in a chat.

    Earlier edits of the same message that are still planned are cancelled: the newest text
    wins. A mail cannot be edited; its edit is cancelled at once. Edits of many people's
    messages pass ``priority=Priority.BULK``.
    """
    original = await original_of(session, delivery_id)
    assert original.id is not None
    await _cancel_edits(session, original.id, now=now)
    before = await session.get_one(Message, original.message_id)
    message = Message(
        kind=before.kind,
        priority=int(priority),
        severity=before.severity,
        event_id=before.event_id,
        briefing_id=before.briefing_id,
        audience=before.audience,
        content=content.to_json(),
        is_exercise=before.is_exercise,
        created_at=now,
        send_at=now,
    )
    session.add(message)
    await session.flush()
    recipient = Recipient(
        original.kind, original.address, original.person_id, original.organisation_id
    )
    edit = new_delivery(message, recipient, now=now)
    edit.act, edit.edits_delivery_id = DeliveryAct.EDIT, original.id
    session.add(edit)
    await session.flush()
    journal_planned(session, message, 1, now=now)
    if original.kind is ChannelKind.EMAIL:
        await move(
            session, DELIVERY_MOVES, edit, DeliveryStatus.CANCELLED,
            who=SYSTEM, action="edit_cancelled", now=now, reason="mail_is_final", done_at=now,
        )  # fmt: skip
    return edit


async def original_of(session: AsyncSession, delivery_id: int) -> Delivery:
    """The delivery that put the message in the chat: itself, or what an edit edits.

    :raises sqlalchemy.exc.NoResultFound: there is no such delivery.
    """
    delivery = await session.get_one(Delivery, delivery_id)
    while delivery.edits_delivery_id is not None:
        delivery = await session.get_one(Delivery, delivery.edits_delivery_id)
    return delivery


async def _cancel_edits(session: AsyncSession, original_id: int, *, now: datetime) -> None:
    older = await session.exec(
        select(Delivery.id).where(
            col(Delivery.edits_delivery_id) == original_id,
            col(Delivery.status) == DeliveryStatus.PLANNED,
        )
    )
    await move_many(
        session, DELIVERY_MOVES, Delivery, [i for i in older.all() if i is not None],
        DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
        who=SYSTEM, action="edit_superseded", now=now, reason="superseded", done_at=now,
    )  # fmt: skip
