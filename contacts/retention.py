"""Wipes what need not be kept: the words of delivered conversations, and links that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import AccessLink, Invitation, PersonLink
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Content, Delivery, DeliveryStatus, Message, MessageKind

#: a conversation is over by then; its words are in the chat of whoever had it
KEEP_WORDS = timedelta(hours=1)
#: until then a link that is over can still be told from one that never was
KEEP_LINKS = timedelta(days=30)
UNDER_WAY = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING)


async def wipe_dialogue(session: AsyncSession, *, now: datetime) -> int:
    """Empty the content of dialogue that is settled for an hour; returns how many.

    A signal's note is shown to whoever answers it; its copy in the outbox may not outlive
    that conversation.
    """
    waiting = (
        select(Delivery.id)
        .where(col(Delivery.message_id) == col(Message.id), col(Delivery.status).in_(UNDER_WAY))
        .exists()
    )
    result = await session.exec(
        update(Message)
        .where(
            col(Message.kind) == MessageKind.DIALOGUE,
            col(Message.wiped_at).is_(None),
            col(Message.created_at) < now - KEEP_WORDS,
            ~waiting,
        )
        .values(content=Content().to_json(), wiped_at=now)
        .returning(col(Message.id))
        .execution_options(synchronize_session=False)
    )
    wiped = len(result.scalars().all())
    if wiped:
        write_journal(
            session, who=SYSTEM, action="dialogue_wiped", subject="message",
            detail={"count": wiped}, now=now,
        )  # fmt: skip
    return wiped


async def drop_old_links(session: AsyncSession, *, now: datetime) -> int:
    """Delete links and invitations that were over a month ago; returns how many."""
    dropped = 0
    for table in (AccessLink, PersonLink, Invitation):
        result = await session.exec(
            delete(table)
            .where(col(table.expires_at) < now - KEEP_LINKS)
            .execution_options(synchronize_session=False)
        )
        dropped += result.rowcount
    if dropped:
        write_journal(
            session, who=SYSTEM, action="links_dropped", subject="link",
            detail={"count": dropped}, now=now,
        )  # fmt: skip
    return dropped
