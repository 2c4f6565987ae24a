"""Messages that may not have arrived, and those outside the briefings that were stopped.

Answers, alerts, conversations: what belongs to a briefing stands with it. A person sends them
again or sets them aside, at the desk and on a phone by the same rules, which stand here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind, Organisation, Person
from contacts.elsewhere import stands_better
from contacts.outbox import (
    DISTRIBUTED,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.permissions import Actor
from contacts.reason_texts import reason_of
from contacts.records import read_columns
from contacts.sending import cancel_message, resume_message

MOST = 200
BY_HAND = "by_hand"
#: these are about the work itself; their subject tells one from the other
_OURS = (MessageKind.ALERT, MessageKind.APPROVAL, MessageKind.NOTICE)
_ABOUT = sa.case(
    (col(Message.kind).in_(_OURS), col(Message.content)["email"]["subject"].as_string()), else_=None
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An uncertain message. ``who`` is empty where the way back is sealed, and ``about`` unless it
    is to a coördinator or an approver: what others are told stays closed."""

    id: int
    kind: MessageKind
    who: str
    organisation: str
    channel: ChannelKind
    at: datetime
    about: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A message that was stopped, with the reason in words."""

    id: int
    kind: MessageKind
    reason: str
    at: datetime


async def doubts_of(session: AsyncSession, *, is_exercise: bool, most: int = MOST) -> list[Doubt]:
    """What is uncertain in this world and arrived no other way, the newest first."""
    return await _doubts(
        session, col(Message.kind).not_in(DISTRIBUTED), col(Message.is_exercise) == is_exercise,
        most=most,
    )  # fmt: skip


async def doubts_of_version(session: AsyncSession, briefing_id: int) -> list[Doubt]:
    """All that is uncertain of this version and arrived no other way, the newest first."""
    return await _doubts(session, col(Message.briefing_id) == briefing_id, most=None)


async def _doubts(
    session: AsyncSession, *of: sa.ColumnElement[bool], most: int | None
) -> list[Doubt]:
    statement = (
        sa.select(
            col(Delivery.id), col(Message.kind), col(Person.name), col(Organisation.name),
            col(Delivery.kind), col(Message.send_at), _ABOUT,
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Delivery.organisation_id))
        .where(
            *of,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
            ~stands_better(),
        )
        .order_by(col(Delivery.id).desc())
        .limit(most)
    )  # fmt: skip
    return [
        Doubt(ident, kind, who or "", organisation or "", way, at, about or "")
        for ident, kind, who, organisation, way, at, about in await read_columns(session, statement)
    ]


async def stopped_of(session: AsyncSession, *, is_exercise: bool) -> list[Stopped]:
    """What waits for a person to let it go on or call it off, the newest first."""
    found = await session.exec(
        select(Message)
        .where(
            col(Message.status) == MessageStatus.HALTED,
            col(Message.kind).not_in(DISTRIBUTED),
            col(Message.is_exercise) == is_exercise,
        )
        .order_by(col(Message.id).desc())
        .limit(MOST)
    )
    return [
        Stopped(
            id=message.id or 0,
            kind=message.kind,
            reason=reason_of(message.halt_reason),
            at=message.send_at,
        )
        for message in found.all()
    ]


async def still_in_doubt(
    session: AsyncSession, shown: Collection[int], *, is_exercise: bool
) -> Sequence[int]:
    """Of these deliveries those that still are uncertain, of no briefing and of this world."""
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.id).in_(shown),
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
            ~stands_better(),
            col(Message.kind).not_in(DISTRIBUTED),
            col(Message.is_exercise) == is_exercise,
        )
    )
    return [ident for ident in found.all() if ident is not None]


async def release_stopped(
    session: AsyncSession, message_id: int, actor: Actor, *, goes_on: bool, now: datetime
) -> bool:
    """What was stopped goes on, or is called off. False when it is not stopped any more.

    :raises LookupError: there is no such message in this world, or it is of a briefing.
    """
    message = await session.get(Message, message_id)
    is_ours = message is not None and message.is_exercise == actor.is_exercise
    if message is None or not is_ours or message.kind in DISTRIBUTED:
        raise LookupError("no such message")
    if message.status is not MessageStatus.HALTED:
        return False
    act = resume_message if goes_on else cancel_message
    await act(session, message_id, who=actor.who, now=now, reason=BY_HAND)
    return True
