"""What a coördinator hears of a channel that is silent for a while, and works again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts import texts
from contacts.away_texts import advice
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM
from contacts.local_time import AMSTERDAM
from contacts.notices import as_content, tell_everywhere
from contacts.outbox import (
    DELIVERY_MOVES,
    ChannelPause,
    Content,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
)
from contacts.pauses import count_held, is_long
from contacts.reason_texts import reason_of
from contacts.records import move_many, read_columns

#: it said something that is not so any more
IS_OVER = "is_over"


async def tell_pauses(
    session: AsyncSession, *, sends_by: Collection[ChannelKind], now: datetime
) -> tuple[int, int]:
    """Tell once of each channel that is silent for more than a minute; returns how many were told,
    and how many are left because nobody can hear it now."""
    found = await session.exec(
        select(ChannelPause).where(
            col(ChannelPause.told_at).is_(None), col(ChannelPause.until) > now
        )
    )
    told = left = 0
    for pause in found.all():
        if not is_long(pause.since, pause.until, now=now):
            continue
        content = await _pause(session, pause, sends_by)
        if await tell_everywhere(session, content, avoid=pause.kind, now=now):
            pause.told_at = now
            told += 1
        else:
            left += 1
    return told, left


async def tell_pause_over(session: AsyncSession, pause: ChannelPause, *, now: datetime) -> None:
    """The channel of which we said that it was silent works again.

    What said so and waits, or may not have arrived, is over: nobody needs it any more.
    """
    await _let_go(session, pause, now=now)
    values = {"channel": texts.CHANNELS[pause.kind], "since": _clock(pause.since)}
    content = as_content(
        texts.PAUSE_OVER_TITLE.format(**values), [texts.PAUSE_OVER.format(**values)]
    )
    await tell_everywhere(session, content, avoid=None, now=now)


async def _let_go(session: AsyncSession, pause: ChannelPause, *, now: datetime) -> None:
    subject = texts.PAUSE_TITLE.format(channel=texts.CHANNELS[pause.kind])
    found = await read_columns(
        session,
        select_columns(col(Delivery.id), col(Delivery.status))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind) == MessageKind.NOTICE,
            col(Message.created_at) >= pause.since,
            col(Message.content)["email"]["subject"].as_string() == subject,
            col(Delivery.status).in_([DeliveryStatus.PLANNED, DeliveryStatus.UNKNOWN]),
        ),
    )
    for status, left, action in (
        (DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED, "deliveries_void"),
        (DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED, "deliveries_set_aside"),
    ):
        ids = [ident for ident, stands in found if stands == status]
        await move_many(
            session, DELIVERY_MOVES, Delivery, ids, status, left, who=SYSTEM, action=action,
            now=now, reason=IS_OVER, untold=None, done_at=now,
        )  # fmt: skip


async def _pause(
    session: AsyncSession, pause: ChannelPause, sends_by: Collection[ChannelKind]
) -> Content:
    waiting = await count_held(session, pause.kind, by=pause.until)
    line = texts.PAUSE.format(
        channel=texts.CHANNELS[pause.kind],
        advice=advice(pause.reason, pause.kind, sends_by),
        since=_clock(pause.since),
        reason=reason_of(pause.reason),
        waiting=texts.telt(waiting, "bericht wacht", "berichten wachten"),
    )
    return as_content(texts.PAUSE_TITLE.format(channel=texts.CHANNELS[pause.kind]), [line])


def _clock(at: datetime) -> str:
    return at.astimezone(AMSTERDAM).strftime("%H.%M")
