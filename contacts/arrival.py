"""Did it arrive? Taps, replies, bounces, and a person's word on what is uncertain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import open_address
from contacts.elsewhere import Surpassed, stands_better, surpassed
from contacts.fallback import plan_fallback, spare_fallbacks, stop_fallbacks
from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import (
    DELIVERY_MOVES,
    DISTRIBUTED,
    TO_GO,
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.outcomes import close_address
from contacts.outdated import is_outdated
from contacts.preparing import SET_ASIDE
from contacts.records import ids_of, move, move_many, read_columns
from contacts.sealing import Sealer, is_sealed
from contacts.sending import original_of
from contacts.verdicts import Fallback, Untold


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many readers stand where, each once: by the better one of two channels.

    ``planned`` includes what is claimed. ``elsewhere``: of ``sent``, those who have it by another
    channel than the one that was tried first. ``to_go``: deliveries that may still leave, also
    where a better one counts. ``acknowledged``: deliveries with at least one acknowledgement.
    """

    planned: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    acknowledged: int = 0
    elsewhere: int = 0
    to_go: int = 0

    @property
    def total(self) -> int:
        """Whom it was to reach, those left out whose message was called off."""
        return self.planned + self.sending + self.sent + self.failed + self.unknown

    @property
    def done(self) -> int:
        """Of whom it is known how it ended, or will not be known."""
        return self.sent + self.failed + self.unknown


def counts_of(
    by_status: Iterable[tuple[str, int]],
    better_known: Iterable[Surpassed],
    *,
    acknowledged: int = 0,
) -> DeliveryCounts:
    """From deliveries by status, and what of them is not to be counted. Pure."""
    tally = Counter[DeliveryStatus]()
    for status, count in by_status:
        tally[DeliveryStatus(status)] += count
    to_go, elsewhere = sum(tally[status] for status in TO_GO), 0
    for one in better_known:
        tally[one.status] -= one.number
        elsewhere += one.number if one.is_there else 0
    return DeliveryCounts(
        planned=sum(tally[status] for status in TO_GO),
        sending=tally[DeliveryStatus.SENDING],
        sent=tally[DeliveryStatus.SENT],
        failed=tally[DeliveryStatus.FAILED],
        unknown=tally[DeliveryStatus.UNKNOWN],
        cancelled=tally[DeliveryStatus.CANCELLED],
        acknowledged=acknowledged,
        elsewhere=elsewhere,
        to_go=to_go,
    )


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


_OF_EVENT = sql_select(col(Message.id)).where(
    col(Message.event_id) == bindparam("of_event"), col(Message.kind).in_(DISTRIBUTED)
)
_MESSAGES: BindParameter[Any] = bindparam("messages", expanding=True)
# By message, so that both are counted from an index alone.
_BY_STATUS = (
    sql_select(col(Delivery.status), func.count())
    .where(col(Delivery.message_id).in_(_MESSAGES), col(Delivery.act) == DeliveryAct.SEND)
    .group_by(col(Delivery.status))
)
_ACKNOWLEDGED = sql_select(func.count(func.distinct(col(Acknowledgement.delivery_id)))).where(
    col(Acknowledgement.message_id).in_(_MESSAGES)
)


async def count_deliveries(
    session: AsyncSession,
    *,
    event_id: int | None = None,
    message_ids: Sequence[int] | None = None,
) -> DeliveryCounts:
    """Deliveries by status, edits left out: of an event's briefings, or of these messages."""
    ids = message_ids or ()
    if event_id is not None:
        ids = ids_of(await read_columns(session, _OF_EVENT, {"of_event": event_id}))
    by_status = await read_columns(session, _BY_STATUS, {"messages": ids})
    ((acknowledged,),) = await read_columns(session, _ACKNOWLEDGED, {"messages": ids})
    return counts_of(
        by_status,
        await surpassed(session, ids),
        acknowledged=acknowledged,
    )
