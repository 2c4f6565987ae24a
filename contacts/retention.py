"""Wipes what need not be kept: words of messages, the log of deliveries, links that are over.

Every wipe is journalled with how many and of what, never with what it said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, literal, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.calling import CallItem, CallStatus
from contacts.directory import AccessLink, Invitation, Person, PersonLink
from contacts.journal import SYSTEM, note_dropped
from contacts.outbox import (
    DELIVERY_MOVES,
    DISTRIBUTED,
    TO_GO,
    UNDER_WAY,
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.records import move_many
from contacts.sealing import PREFIX

#: a conversation is over by then; its words are in the chat of whoever had it
KEEP_WORDS = timedelta(hours=1)
#: an answer to a reporter, and the sealed address it went to
KEEP_ANSWERS = timedelta(days=30)
#: who got what, and what became of it
KEEP_LOG = timedelta(days=183)
#: until then a link that is over can still be told from one that never was
KEEP_LINKS = timedelta(days=30)
#: an address that is no address any more; unique, as the outbox asks
WIPED = "wiped:"


async def wipe_dialogue(
    session: AsyncSession, *, now: datetime, keep: timedelta = KEEP_WORDS, only_sealed: bool = False
) -> int:
    """Empty the content of dialogue that is settled for ``keep``; returns how many.

    A signal's note is shown to whoever answers it; its copy in the outbox may not outlive
    that conversation.
    """
    old = [col(Message.kind) == MessageKind.DIALOGUE, col(Message.created_at) <= now - keep]
    if only_sealed:
        old.append(cast(col(Message.content), String).contains(PREFIX))
    return await _wipe_words(session, old, "dialogue_wiped", now=now)


async def wipe_words(session: AsyncSession, *, now: datetime) -> int:
    """Empty old answers to reporters, and with time all that was no briefing; returns how many.

    Briefings, corrections and closings are what the municipality said in public, and stay.
    """
    answers = await _wipe_words(
        session,
        [col(Message.kind) == MessageKind.FEEDBACK, col(Message.created_at) <= now - KEEP_ANSWERS],
        "answers_wiped", now=now,
    )  # fmt: skip
    others = await _wipe_words(
        session,
        [col(Message.kind).not_in(DISTRIBUTED), col(Message.created_at) <= now - KEEP_LOG],
        "notices_wiped", now=now,
    )  # fmt: skip
    return answers + others


async def _wipe_words(
    session: AsyncSession, which: Sequence[ColumnElement[bool]], action: str, *, now: datetime
) -> int:
    under_way = (
        select(Delivery.id)
        .where(col(Delivery.message_id) == col(Message.id), col(Delivery.status).in_(UNDER_WAY))
        .exists()
    )
    result = await session.exec(
        update(Message)
        .where(col(Message.wiped_at).is_(None), ~under_way, *which)
        .values(content=Content().to_json(), wiped_at=now)
        .returning(col(Message.id))
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, len(result.scalars().all()), action, "message", now)


async def wipe_addresses(session: AsyncSession, *, now: datetime) -> int:
    """Take addresses and persons out of old deliveries; what they were about stays to be counted.

    Sealed ones (a way back to a reporter) after a month, the others after half a year, also of
    what stayed uncertain or was held up for ever.
    """
    over = func.coalesce(Delivery.done_at, Delivery.planned_at)
    erased = select(Person.id).where(col(Person.erased_at).is_not(None))
    result = await session.exec(
        update(Delivery)
        .where(
            or_(
                and_(col(Delivery.address).startswith(PREFIX), over <= now - KEEP_ANSWERS),
                and_(col(Delivery.address).not_like(f"{WIPED}%"), over <= now - KEEP_LOG),
                # It was on its way when its person was erased.
                col(Delivery.person_id).in_(erased),
            ),
            # What is on its way this very moment is over at the next round.
            col(Delivery.status) != DeliveryStatus.SENDING,
        )
        .values(address=literal(WIPED) + cast(col(Delivery.id), String), person_id=None,
                external_id=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    await cancel_without_address(session, now=now)
    return note_dropped(session, result.rowcount, "addresses_wiped", "delivery", now)


async def cancel_without_address(session: AsyncSession, *, now: datetime) -> None:
    """It can go nowhere any more, and may not stay in the queue as if it could."""
    for status in TO_GO:
        found = await session.exec(
            select(Delivery.id).where(
                col(Delivery.address).startswith(WIPED), col(Delivery.status) == status
            )
        )
        await move_many(
            session, DELIVERY_MOVES, Delivery, [i for i in found.all() if i is not None],
            status, DeliveryStatus.CANCELLED,
            who=SYSTEM, action="deliveries_cancelled", now=now, reason="too_late", done_at=now,
        )  # fmt: skip


async def drop_old_call_items(session: AsyncSession, *, now: datetime) -> int:
    """Delete who had to be called, half a year later; returns how many."""
    result = await session.exec(
        delete(CallItem)
        .where(col(CallItem.added_at) <= now - KEEP_LOG, col(CallItem.status) != CallStatus.OPEN)
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, result.rowcount, "call_items_dropped", "call_item", now)


async def drop_old_links(session: AsyncSession, *, now: datetime) -> int:
    """Delete links and invitations that were over a month ago; returns how many."""
    dropped = 0
    tables: Collection[type[AccessLink | PersonLink | Invitation]]
    tables = (AccessLink, PersonLink, Invitation)
    for table in tables:
        result = await session.exec(
            delete(table)
            .where(col(table.expires_at) < now - KEEP_LINKS)
            .execution_options(synchronize_session=False)
        )
        dropped += result.rowcount
    return note_dropped(session, dropped, "links_dropped", "link", now)
