"""What a correction or a retraction does to the versions that were wrong.

They are marked, and their messages are cancelled so that nothing plans the old text again
(the readers get the correction instead). Chat messages that arrived are edited to point to
it, and where that cannot be done a coördinator hears of it. A mail cannot be edited; the correction
follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.messages import pointer
from briefings.render import Form
from briefings.rows import BRIEFING_MOVES, Briefing, BriefingKind, BriefingStatus
from briefings.versions import followed_by, versions_of
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.outbox import (
    WAS_WRONG,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
    Priority,
)
from contacts.records import move
from contacts.sending import cancel_message, edit_sent
from contacts.verdicts import Untold
from feeds.rows import Event

_BECOMES = {
    BriefingKind.CORRECTION: (BriefingStatus.CORRECTED, Form.CORRECTION),
    BriefingKind.RETRACTION: (BriefingStatus.RETRACTED, Form.RETRACTION),
}


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
    await _cancel_messages(session, ids, now=now)
    await _point_to(session, event, ids, form, now=now)
    await _tell_what_stays(session, ids)
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


async def _cancel_messages(
    session: AsyncSession, briefing_ids: Sequence[int], *, now: datetime
) -> None:
    """Nobody gets the wrong text after the right one.

    Also what left already is cancelled: silence, a bounce or a person's second try would
    otherwise put the old text in the outbox again.
    """
    wrong = await session.exec(
        select(Message.id)
        .where(
            col(Message.briefing_id).in_(briefing_ids),
            col(Message.status) != MessageStatus.CANCELLED,
        )
        .order_by(col(Message.id))
    )
    for message_id in wrong.all():
        if message_id is not None:
            await cancel_message(session, message_id, who=SYSTEM, now=now, reason=WAS_WRONG)


async def _tell_what_stays(session: AsyncSession, briefing_ids: Sequence[int]) -> None:
    """In a chat where it is uncertain whether the wrong text arrived nothing can be changed, and
    of one that was sent again only the second copy: a coördinator hears whose these are."""
    wrong = select(Message.id).where(col(Message.briefing_id).in_(briefing_ids))
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.message_id).in_(wrong),
            col(Delivery.kind) == ChannelKind.TELEGRAM,
            col(Delivery.act) == DeliveryAct.SEND,
            (col(Delivery.status) == DeliveryStatus.UNKNOWN)
            | (col(Delivery.is_repeat) & (col(Delivery.status) == DeliveryStatus.SENT)),
        )
        .values(untold=Untold.OLD_TEXT.value)
        .execution_options(synchronize_session=False)
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
