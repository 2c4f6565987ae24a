"""Stops a version on its way, lets it go on, or calls it off.

What was stopped before its moment waits for no moment any more: it does not count as sent when
that comes. Called off before anybody had it, a version is withdrawn, as if it never was. One that
part of its readers have stays sent: the others can still be sent it, or read it in the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.asked_texts import keep_asked
from briefings.closing import unheard
from briefings.lapsed import drop_past_promises
from briefings.rows import BRIEFING_MOVES, Briefing, BriefingKind, BriefingStatus
from briefings.versions import versions_of, waits
from contacts.calling import call_off_calls
from contacts.journal import SYSTEM, Who
from contacts.outbox import TO_GO, Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.records import ids_of, move
from contacts.sending import cancel_message, halt_message, resume_message

BY_HAND = "by_hand"
#: these left nothing
NOT_LEFT = (*TO_GO, DeliveryStatus.CANCELLED)


async def stop(session: AsyncSession, briefing: Briefing, *, who: Who, now: datetime) -> int:
    """What was not sent yet waits; returns how many messages. Its moment is no more."""
    ids = await _messages(session, briefing, MessageStatus.READY)
    for ident in ids:
        await halt_message(session, ident, who=who, now=now, reason=BY_HAND)
    if ids and waits(briefing, now=now):
        await _hold(session, briefing)
    return len(ids)


async def hold(session: AsyncSession, briefing: Briefing, *, reason: str, now: datetime) -> int:
    """The machine stops a version before anybody has it, until a person decides; returns how many
    messages. ``reason`` is a code, kept with them."""
    if await _left(session, briefing):
        return 0
    ids = await _messages(session, briefing, MessageStatus.READY)
    for ident in ids:
        await halt_message(session, ident, who=SYSTEM, now=now, reason=reason)
    if ids:
        await _hold(session, briefing)
    return len(ids)


async def may_not_go_on(session: AsyncSession, briefing: Briefing) -> str:
    """Why a version that was stopped before its moment stays where it is; empty when it may go:
    a closing text, as :func:`briefings.closing.unheard`."""
    return await unheard(session, briefing) if is_held(briefing) else ""


async def go_on(session: AsyncSession, briefing: Briefing, *, who: Who, now: datetime) -> int:
    """What was stopped goes, at its own moment if that is still to come; returns how many.

    A promised update that is over meanwhile is not promised any more.
    """
    if await may_not_go_on(session, briefing):
        return 0
    ids = await _messages(session, briefing, MessageStatus.HALTED)
    for ident in ids:
        await resume_message(session, ident, who=who, now=now, reason=BY_HAND)
    if ids and is_held(briefing):
        moments = [(await session.get_one(Message, ident)).send_at for ident in ids]
        briefing.send_at = max(moments)
        session.add(briefing)
        await session.flush()
    if ids:
        await drop_past_promises(session, now=now, briefing_id=briefing.id)
    return len(ids)


async def call_off(session: AsyncSession, briefing: Briefing, *, who: Who, now: datetime) -> int:
    """What was stopped, or still waits for its moment, will never go; returns how many messages.

    The version is withdrawn when nobody has it. One that counts as sent only if it is a first
    text: what it told, closed or put right at that moment cannot be taken back in silence.
    """
    ids = [*await _messages(session, briefing, MessageStatus.HALTED)]
    if waits(briefing, now=now):
        ids += await _messages(session, briefing, MessageStatus.READY)
    for ident in ids:
        await cancel_message(session, ident, who=who, now=now, reason=BY_HAND)
    if ids and await _may_end(session, briefing) and not await _goes_or_went(session, briefing):
        await _end(session, briefing, who=who, now=now)
    return len(ids)


def is_held(briefing: Briefing) -> bool:
    """Whether it was approved for a moment and then stopped. Pure."""
    return briefing.status is BriefingStatus.APPROVED and briefing.send_at is None


async def is_halted(session: AsyncSession, briefing: Briefing) -> bool:
    """Whether some of its readers do not have it because it was stopped."""
    return bool(await _messages(session, briefing, MessageStatus.HALTED))


async def count_called_off(session: AsyncSession, messages: Sequence[Message]) -> int:
    """How many deliveries a person called off, so that the others are not taken for all."""
    ids = [one.id for one in messages if one.status is MessageStatus.CANCELLED]
    if not ids:
        return 0
    found = await session.exec(
        select(func.count()).where(
            col(Delivery.message_id).in_(ids),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) == DeliveryStatus.CANCELLED,
            col(Delivery.reason) == BY_HAND,
        )
    )
    return found.one()


async def may_leave(session: AsyncSession, briefing: Briefing, *, now: datetime) -> bool:
    """Whether a version whose moment has come goes out.

    Its messages may have been called off or stopped one by one, by the end of an exercise or after
    a restored backup: then it is withdrawn, or waits for whoever lets it go on.
    """
    messages = await session.exec(select(Message).where(col(Message.briefing_id) == briefing.id))
    states = {message.status for message in messages.all()}
    if not states or MessageStatus.READY in states or await _left(session, briefing):
        return True
    if MessageStatus.HALTED in states:
        await _hold(session, briefing)
    else:
        await _end(session, briefing, who=SYSTEM, now=now)
    return False


async def _may_end(session: AsyncSession, briefing: Briefing) -> bool:
    if briefing.status is not BriefingStatus.DISTRIBUTED:
        return briefing.status is BriefingStatus.APPROVED
    if briefing.kind is not BriefingKind.FIRST:
        return False
    # Nothing was built on it yet.
    versions = await versions_of(session, briefing.event_id)
    later = [one for one in versions if one.version > briefing.version]
    return all(
        one.kind is BriefingKind.FIRST or one.status is BriefingStatus.WITHDRAWN for one in later
    )


async def _hold(session: AsyncSession, briefing: Briefing) -> None:
    briefing.send_at = None
    session.add(briefing)
    await session.flush()


async def _end(session: AsyncSession, briefing: Briefing, *, who: Who, now: datetime) -> None:
    await move(
        session, BRIEFING_MOVES, briefing, BriefingStatus.WITHDRAWN,
        who=who, action="briefing_called_off", now=now, distributed_at=None,
    )  # fmt: skip
    await keep_asked(session, briefing, briefing.submitted_at)
    # Nobody has to be rung about what nobody will get.
    await call_off_calls(session, briefing.id or 0, who=who, now=now)


async def _goes_or_went(session: AsyncSession, briefing: Briefing) -> bool:
    """Whether some of its messages can still go, or somebody may have it."""
    open_ones = [MessageStatus.READY, MessageStatus.HALTED]
    found = await session.exec(
        select(Message.id)
        .where(col(Message.briefing_id) == briefing.id, col(Message.status).in_(open_ones))
        .limit(1)
    )
    return found.first() is not None or await _left(session, briefing)


async def _left(session: AsyncSession, briefing: Briefing) -> bool:
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == briefing.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).not_in(NOT_LEFT),
        )
        .limit(1)
    )
    return found.first() is not None


async def _messages(
    session: AsyncSession, briefing: Briefing, status: MessageStatus
) -> Sequence[int]:
    found = await session.exec(
        select(Message)
        .where(col(Message.briefing_id) == briefing.id, col(Message.status) == status)
        .order_by(col(Message.id))
    )
    return ids_of(found.all())
