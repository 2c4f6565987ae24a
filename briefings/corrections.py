"""What a correction or a retraction does to the versions that were wrong.

They are marked, what still waits in the outbox is cancelled (their readers get the
correction instead), and chat messages that arrived are edited to point to it. A mail cannot
be edited; the correction follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.messages import pointer
from briefings.render import Form
from briefings.rows import BRIEFING_MOVES, Briefing, BriefingKind, BriefingStatus
from briefings.versions import followed_by, versions_of
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, Priority
from contacts.records import move
from contacts.sending import cancel_message, edit_sent
from feeds.rows import Event

_BECOMES = {
    BriefingKind.CORRECTION: (BriefingStatus.CORRECTED, Form.CORRECTION),
    BriefingKind.RETRACTION: (BriefingStatus.RETRACTED, Form.RETRACTION),
}
_STOPPABLE = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED)


async def mark_wrong_versions(
    session: AsyncSession, event: Event, briefing: Briefing, *, now: datetime
) -> list[int]:
    """Mark the versions that ``briefing`` puts right; returns their ids. Others: nothing."""
    if briefing.kind not in _BECOMES:
        return []
    status, form = _BECOMES[briefing.kind]
    wrong = followed_by(briefing, await versions_of(session, briefing.event_id))
    ids = [version.id for version in wrong if version.id is not None]
    for version in wrong:
        await _mark(session, version, status, by=briefing, now=now)
    await _stop_waiting(session, ids, now=now)
    await _point_to(session, event, ids, form, now=now)
    return ids


async def _mark(
    session: AsyncSession,
    version: Briefing,
    status: BriefingStatus,
    *,
    by: Briefing,
    now: datetime,
) -> None:
    """A version that was marked before keeps its mark; one that is just due went out."""
    if version.status is BriefingStatus.APPROVED:
        await move(
            session, BRIEFING_MOVES, version, BriefingStatus.DISTRIBUTED,
            who=SYSTEM, action="briefing_distributed", now=now, distributed_at=now,
        )  # fmt: skip
    if version.status is BriefingStatus.DISTRIBUTED:
        await move(
            session, BRIEFING_MOVES, version, status,
            who=SYSTEM, action=f"briefing_{status}", now=now, detail={"by": by.id},
        )  # fmt: skip


async def _stop_waiting(
    session: AsyncSession, briefing_ids: Sequence[int], *, now: datetime
) -> None:
    """Cancel what did not leave yet: nobody gets the wrong text after the right one."""
    waiting = await session.exec(
        select(Message.id)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(col(Message.briefing_id).in_(briefing_ids), col(Delivery.status).in_(_STOPPABLE))
        .distinct()
    )
    for message_id in waiting.all():
        if message_id is not None:
            await cancel_message(
                session, message_id, who=SYSTEM, now=now, reason="version_was_wrong"
            )


async def _point_to(
    session: AsyncSession, event: Event, briefing_ids: Sequence[int], form: Form, *, now: datetime
) -> None:
    arrived = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id).in_(briefing_ids),
            col(Delivery.kind) == ChannelKind.TELEGRAM,
            col(Delivery.status) == DeliveryStatus.SENT,
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .order_by(col(Delivery.id))
    )
    content = pointer(form, place=event.place or "", now=now)
    for delivery_id in arrived.all():
        if delivery_id is not None:
            await edit_sent(session, delivery_id, content, now=now, priority=Priority.BULK)
