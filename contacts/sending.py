"""Puts messages in the outbox, in the transaction that decided to send them.

Nothing here touches the network: all that is written are rows; the pump sends after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cancelling import cancel_waiting
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person
from contacts.gathering import gather
from contacts.journal import SYSTEM, Who
from contacts.messages import default_priority, journal_planned, store_message, write_planned
from contacts.outbox import (
    DELIVERY_MOVES,
    MESSAGE_MOVES,
    SUPERSEDED,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
    Priority,
)
from contacts.quiet import hold_back
from contacts.records import move, move_many


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address, and whose it is. A sealed way back has ``person_id=None``."""

    kind: ChannelKind
    address: str
    person_id: int | None
    organisation_id: int | None


async def post(
    session: AsyncSession,
    *,
    kind: MessageKind,
    content: Content,
    to: Sequence[Recipient],
    now: datetime,
    event_id: int | None = None,
    briefing_id: int | None = None,
    audience: str | None = None,
    severity: int = 0,
    priority: Priority | None = None,
    is_exercise: bool = False,
    send_at: datetime | None = None,
    may_rest: bool = False,
    useful_until: datetime | None = None,
) -> list[Delivery]:
    """Write a message and one delivery per recipient; returns the deliveries with their ids.

    An address that is named twice gets the message once. What ``may_rest``, as a digest always may,
    comes when somebody's quiet hours are over, or at once when ``useful_until`` is before that.
    """
    message = await store_message(
        session, kind=kind, content=content, now=now, event_id=event_id, briefing_id=briefing_id,
        audience=audience, severity=severity, priority=priority, is_exercise=is_exercise,
        send_at=send_at,
    )  # fmt: skip
    once = {(recipient.kind, recipient.address): recipient for recipient in reversed(to)}
    deliveries = [_delivery(message, recipient, now=now) for recipient in reversed(once.values())]
    session.add_all(deliveries)
    await session.flush()
    journal_planned(session, message, len(deliveries), now=now)
    if may_rest or message.priority == Priority.DIGEST:
        await _let_rest(session, message, useful_until=useful_until, now=now)
    return deliveries


async def _let_rest(
    session: AsyncSession, message: Message, *, useful_until: datetime | None, now: datetime
) -> None:
    if await hold_back(session, message, may_rest=True, useful_until=useful_until, now=now):
        fresh = select(Delivery).where(col(Delivery.message_id) == message.id)
        await session.exec(fresh.execution_options(populate_existing=True))


def post_soon(
    session: AsyncSession,
    *,
    kind: MessageKind,
    content: Content,
    to: Recipient,
    now: datetime,
    event_id: int | None = None,
    is_exercise: bool = False,
) -> None:
    """As :func:`post` for one recipient, for whoever does not ask for its number in this
    transaction: it is written together with others, before anything else is."""
    priority = int(default_priority(kind, 0))
    message = {
        "kind": kind, "status": MessageStatus.READY, "priority": priority, "severity": 0,
        "event_id": event_id, "content": content.to_json(), "is_exercise": is_exercise,
        "created_at": now, "send_at": now,
    }  # fmt: skip
    delivery = {
        "person_id": to.person_id, "organisation_id": to.organisation_id, "kind": to.kind,
        "address": to.address, "status": DeliveryStatus.PLANNED, "act": DeliveryAct.SEND,
        "priority": priority, "not_before": now, "attempts": 0, "is_repeat": False,
        "is_backup": False, "is_exercise": is_exercise, "planned_at": now,
    }  # fmt: skip
    gather(session, write_planned, (message, delivery))


def _delivery(message: Message, recipient: Recipient, *, now: datetime) -> Delivery:
    assert message.id is not None
    return Delivery(
        message_id=message.id,
        person_id=recipient.person_id,
        organisation_id=recipient.organisation_id,
        kind=recipient.kind,
        address=recipient.address,
        priority=message.priority,
        not_before=max(now, message.send_at),
        is_exercise=message.is_exercise,
        planned_at=now,
    )


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
    edit = _delivery(message, recipient, now=now)
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
        who=SYSTEM, action="edit_superseded", now=now, reason=SUPERSEDED, done_at=now,
    )  # fmt: skip


async def channels_of(session: AsyncSession, person_id: int) -> list[Recipient]:
    """A person's channels in use, the one to try first in front."""
    found = await session.exec(
        select(Channel, Person.organisation_id)
        .join(Person, col(Person.id) == col(Channel.person_id))
        .where(
            col(Channel.person_id) == person_id,
            col(Channel.status) == ChannelStatus.ACTIVE,
            col(Person.left_at).is_(None),
        )
        .order_by(col(Channel.rank), col(Channel.id))
    )
    return [
        Recipient(channel.kind, channel.address, person_id, organisation_id)
        for channel, organisation_id in found.all()
    ]


async def first_channel(session: AsyncSession, person_id: int) -> Recipient | None:
    """The channel to try first, or None for somebody without one."""
    channels = await channels_of(session, person_id)
    return channels[0] if channels else None


async def without_channel(session: AsyncSession, people: Collection[int]) -> set[int]:
    """Who of them cannot be written to: no channel that works."""
    found = await session.exec(
        select(Channel.person_id).where(
            col(Channel.person_id).in_(people), col(Channel.status) == ChannelStatus.ACTIVE
        )
    )
    return set(people) - set(found.all())


def has_form(content: Content, kind: ChannelKind) -> bool:
    """Whether the message exists in the form that this kind of channel carries."""
    return (content.telegram if kind is ChannelKind.TELEGRAM else content.email) is not None


async def tell_people(
    session: AsyncSession, people: Sequence[Person], content: Content, *,
    kind: MessageKind, now: datetime, event_id: int | None = None, severity: int = 0,
    is_exercise: bool, avoid: ChannelKind | None = None, may_rest: bool = False,
    useful_until: datetime | None = None,
) -> list[Delivery]:  # fmt: skip
    """One message to each person's first channel that can carry it.

    ``avoid``: a kind of channel that does not work now; it is used only by those who have
    nothing else. People without a channel are left out; with nobody left nothing is written.
    """
    to = []
    for person in people:
        assert person.id is not None
        channels = await channels_of(session, person.id)
        usable = [channel for channel in channels if has_form(content, channel.kind)]
        usable.sort(key=lambda channel: channel.kind is avoid)
        to += usable[:1]
    if not to:
        return []
    return await post(
        session, kind=kind, content=content, to=to, now=now,
        event_id=event_id, severity=severity, is_exercise=is_exercise,
        may_rest=may_rest, useful_until=useful_until,
    )  # fmt: skip


async def halt_message(
    session: AsyncSession, message_id: int, *, who: Who, now: datetime, reason: str
) -> bool:
    """Nobody gets it any more until a person resumes it. False if it was not ready.

    ``reason`` is a code, it is journalled.
    """
    return await _move_message(
        session, message_id, MessageStatus.READY, MessageStatus.HALTED, who=who, reason=reason,
        now=now,
    )  # fmt: skip


async def resume_message(
    session: AsyncSession, message_id: int, *, who: Who, now: datetime, reason: str
) -> bool:
    """The rest of a halted message goes out after all. False if it was not halted."""
    return await _move_message(
        session, message_id, MessageStatus.HALTED, MessageStatus.READY, who=who, reason=reason,
        now=now,
    )  # fmt: skip


async def cancel_message(
    session: AsyncSession, message_id: int, *, who: Who, now: datetime, reason: str
) -> int:
    """The message goes to nobody who did not get it yet; returns how many deliveries stopped.

    What is being sent at this moment is not called back; a repeat stays uncertain.
    """
    message = await session.get_one(Message, message_id)
    if message.status is not MessageStatus.CANCELLED:
        await move(
            session, MESSAGE_MOVES, message, MessageStatus.CANCELLED,
            who=who, action="message_cancelled", now=now, detail={"reason": reason},
            halt_reason=reason[:200],
        )  # fmt: skip
    return await cancel_waiting(session, message, who=who, now=now, reason=reason)


async def _move_message(
    session: AsyncSession,
    message_id: int,
    old: MessageStatus,
    new: MessageStatus,
    *,
    who: Who,
    reason: str,
    now: datetime,
) -> bool:
    message = await session.get_one(Message, message_id)
    if message.status is not old:
        return False
    await move(
        session, MESSAGE_MOVES, message, new,
        who=who, action=f"message_{'halted' if new is MessageStatus.HALTED else 'resumed'}",
        now=now, detail={"reason": reason},
        halt_reason=reason if new is MessageStatus.HALTED else None,
    )  # fmt: skip
    return True
