"""Did it arrive? Taps, replies, bounces, and a person's word on what is uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import open_address
from contacts.elsewhere import stands_better
from contacts.fallback import plan_fallback, spare_fallbacks, stop_fallbacks
from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import (
    DELIVERY_MOVES,
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.outcomes import close_address
from contacts.outdated import is_outdated
from contacts.preparing import SET_ASIDE
from contacts.records import ids_of, move, move_many
from contacts.sealing import Sealer, is_sealed
from contacts.sending import original_of
from contacts.verdicts import Fallback, Untold


async def prove_arrival(
    session: AsyncSession, delivery_id: int, *, now: datetime, external_id: str | None = None
) -> bool:
    """Somebody tapped, replied or opened the link: it arrived. True if that was uncertain.

    :param external_id: the id of the message under the tapped button, when known; with it the
        message can be edited later, and a tap that overtakes the answer to our own request
        counts at once.
    """
    delivery = await original_of(session, delivery_id)
    overtaken = delivery.status is DeliveryStatus.SENDING and external_id is not None
    if delivery.status is not DeliveryStatus.UNKNOWN and not overtaken:
        return False
    await move(
        session, DELIVERY_MOVES, delivery, DeliveryStatus.SENT,
        who=SYSTEM, action="arrival_proved", now=now,
        done_at=now, untold=None, external_id=external_id or delivery.external_id,
    )  # fmt: skip
    await spare_fallbacks(session, ids_of([delivery]), now=now)
    return True


async def acknowledge(
    session: AsyncSession, delivery_id: int, kind: AcknowledgementKind, *, now: datetime
) -> bool:
    """Note *gelezen* or *begrepen*, once; it also proves arrival. True if it is new."""
    delivery = await original_of(session, delivery_id)
    assert delivery.id is not None
    await prove_arrival(session, delivery.id, now=now)
    known = await session.exec(
        select(Acknowledgement.id).where(
            col(Acknowledgement.delivery_id) == delivery.id, col(Acknowledgement.kind) == kind
        )
    )
    if known.first() is not None:
        return False
    message = await session.get_one(Message, delivery.message_id)
    session.add(
        Acknowledgement(
            delivery_id=delivery.id,
            message_id=delivery.message_id,
            organisation_id=delivery.organisation_id,
            event_id=message.event_id,
            kind=kind,
            at=now,
        )
    )
    write_journal(
        session, who=SYSTEM, action="acknowledged", subject=f"delivery:{delivery.id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def record_bounce(
    session: AsyncSession,
    delivery_id: int,
    reason: str,
    *,
    now: datetime,
    sealer: Sealer | None = None,
    closes_channel: bool = True,
) -> bool:
    """A mail came back: failed after all, its channel closes, the next channel is planned unless
    the text is of the past by now.

    False when it was not sent or uncertain (a bounce that comes twice). ``reason`` is a code.
    A sealed way back needs the ``sealer``; without it only the delivery is marked. A full
    mailbox fails the mail but does not close the channel.
    """
    delivery = await session.get(Delivery, delivery_id)
    if delivery is None or delivery.status not in {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}:
        return False
    message = await session.get_one(Message, delivery.message_id)
    told = None if message.kind is MessageKind.NOTICE else Untold.BOUNCED
    await move(
        session, DELIVERY_MOVES, delivery, DeliveryStatus.FAILED,
        who=SYSTEM, action="delivery_bounced", now=now, detail={"reason": reason[:80]},
        reason=reason[:200], done_at=now, untold=told,
    )  # fmt: skip
    chat = _in_the_clear(delivery, sealer)
    if chat is not None:
        if closes_channel:
            await close_address(session, delivery.kind, chat, reason=reason, now=now)
        if not await is_outdated(session, delivery, message, now=now):
            await plan_fallback(
                session, delivery, message, Fallback.NEXT, sealer=sealer, chat=chat, now=now
            )
    return True


def _in_the_clear(delivery: Delivery, sealer: Sealer | None) -> str | None:
    if not is_sealed(delivery.address):
        return delivery.address
    return None if sealer is None else open_address(delivery.address, delivery.kind, sealer)


async def may_go_again(session: AsyncSession, delivery_ids: Sequence[int]) -> list[int]:
    """Those whose message was neither stopped nor called off nor put right, and that did not
    arrive by another channel."""
    ready = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.id).in_(delivery_ids),
            col(Message.status) == MessageStatus.READY,
            ~stands_better(),
        )
    )
    return [ident for ident in ready.all() if ident is not None]


async def resend_unknown(
    session: AsyncSession, delivery_ids: Sequence[int], *, who: Who, now: datetime
) -> int:
    """A person decides: send the uncertain ones again, marked "(herhaling)".

    Returns how many will go: those that were still uncertain, of a message that is neither
    cancelled (it was put right meanwhile) nor halted. Once one arrives, what was to go by another
    channel besides is spared; until then nobody knows, so it keeps its moment.
    """
    ready = await may_go_again(session, delivery_ids)
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, ready,
        DeliveryStatus.UNKNOWN, DeliveryStatus.PLANNED,
        who=who, action="deliveries_resent", now=now,
        is_repeat=True, not_before=now, attempts=0, untold=None, done_at=None,
    )  # fmt: skip
    return len(moved)


async def set_aside(
    session: AsyncSession, delivery_ids: Sequence[int], *, who: Who, now: datetime
) -> int:
    """A person settled these uncertain ones in another way, by telephone for one.

    Nothing more is sent for them, by another channel neither, and nobody is called about them.
    Returns how many they were.
    """
    moved = await move_many(
        session, DELIVERY_MOVES, Delivery, delivery_ids,
        DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED,
        who=who, action="deliveries_set_aside", now=now, reason=SET_ASIDE, untold=None,
    )  # fmt: skip
    await stop_fallbacks(session, moved, reason=SET_ASIDE, now=now)
    return len(moved)
