"""Messages outside the briefings that may not have arrived: answers, alerts, conversations.

Each can be sent again or set aside, by a person; what belongs to a briefing stands with it,
under *Verzenden*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, StalePage, Visit
from contacts.arrival import resend_unknown, set_aside
from contacts.directory import Organisation, Person
from contacts.outbox import (
    DISTRIBUTED,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.permissions import Permission
from contacts.records import read_columns
from contacts.sending import cancel_message, resume_message
from contacts.texts import CHANNELS, OTHER_REASON, REASONS

MOST = 200
BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Doubt:
    """An uncertain message. ``who`` is empty where the way back is sealed."""

    id: int
    what: str
    who: str
    organisation: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """A message that was stopped, with the reason."""

    id: int
    what: str
    reason: str
    at: datetime


async def show_undelivered(visit: Visit) -> Response:
    """``GET /berichten``."""
    doubts = await _doubts(visit)
    return visit.show(
        "berichten.html",
        doubts=doubts[:MOST],
        more=len(doubts) > MOST,
        stopped=await _stopped(visit),
    )


async def _doubts(visit: Visit) -> list[Doubt]:
    statement = (
        sa.select(
            col(Delivery.id), col(Message.kind), col(Person.name), col(Organisation.name),
            col(Delivery.kind), col(Message.send_at),
        )
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Delivery.organisation_id))
        .where(
            col(Message.kind).not_in(DISTRIBUTED),
            col(Message.is_exercise) == visit.actor.is_exercise,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
        )
        .order_by(col(Delivery.id).desc())
        .limit(MOST + 1)
    )  # fmt: skip
    return [
        Doubt(ident, texts.MESSAGE_KINDS[kind], who or "", organisation or "", CHANNELS[way], at)
        for ident, kind, who, organisation, way, at in await read_columns(visit.session, statement)
    ]


async def _stopped(visit: Visit) -> list[Stopped]:
    found = await visit.session.exec(
        select(Message)
        .where(
            col(Message.status) == MessageStatus.HALTED,
            col(Message.kind).not_in(DISTRIBUTED),
            col(Message.is_exercise) == visit.actor.is_exercise,
        )
        .order_by(col(Message.id).desc())
        .limit(MOST)
    )
    return [
        Stopped(
            id=message.id or 0,
            what=texts.MESSAGE_KINDS[message.kind],
            reason=REASONS.get(message.halt_reason or "", OTHER_REASON),
            at=message.send_at,
        )
        for message in found.all()
    ]


async def _chosen(visit: Visit) -> Sequence[int]:
    """The shown ones that still are uncertain and are no briefing.

    :raises StalePage: none is any more.
    """
    shown = {int(value) for value in visit.fields.get("bericht", ()) if value.isdecimal()}
    found = await visit.session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.id).in_(shown),
            col(Delivery.status) == DeliveryStatus.UNKNOWN,
            col(Message.kind).not_in(DISTRIBUTED),
            col(Message.is_exercise) == visit.actor.is_exercise,
        )
    )
    ids = [ident for ident in found.all() if ident is not None]
    if not ids:
        raise StalePage
    return ids


async def send_again(visit: Visit) -> Response:
    """``POST /berichten/opnieuw``."""
    ids = await _chosen(visit)
    if not await resend_unknown(visit.session, ids, who=visit.actor.who, now=visit.now):
        raise StalePage
    return visit.back("/berichten", done="resent")


async def settle(visit: Visit) -> Response:
    """``POST /berichten/afgehandeld``: nothing more is sent for these."""
    ids = await _chosen(visit)
    await set_aside(visit.session, ids, who=visit.actor.who, now=visit.now)
    return visit.back("/berichten", done="set_aside")


async def release(visit: Visit) -> Response:
    """``POST /berichten/gestopt``: what was stopped goes on, or is called off."""
    message = await visit.session.get(Message, visit.number("bericht"))
    is_ours = message is not None and message.is_exercise == visit.actor.is_exercise
    if message is None or not is_ours or message.kind in DISTRIBUTED:
        raise LookupError("no such message")
    if message.status is not MessageStatus.HALTED:
        raise StalePage
    goes_on = visit.text("doe") == "doorgaan"
    act = resume_message if goes_on else cancel_message
    await act(visit.session, message.id or 0, who=visit.actor.who, now=visit.now, reason=BY_HAND)
    return visit.back("/berichten", done="resumed" if goes_on else "cancelled")


DOORS = (
    Door("/berichten", show_undelivered, Permission.SEE_STATUS),
    Door("/berichten/opnieuw", send_again, Permission.RESEND_DELIVERY, "POST"),
    Door("/berichten/afgehandeld", settle, Permission.RESEND_DELIVERY, "POST"),
    Door("/berichten/gestopt", release, Permission.RESEND_DELIVERY, "POST"),
)
