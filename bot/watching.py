"""Silence is a bug: parts that stand still, sources that fail, and Telegram that is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators
from bot.chat import texts
from bot.rows import Heartbeat
from contacts.directory import ChannelKind
from contacts.outbox import Delivery, DeliveryStatus
from feeds.polling import mark_told, untold_faults
from feeds.texts import FAULTS

if TYPE_CHECKING:
    from bot.house import House

#: How long Telegram may be away before somebody hears of it.
PATIENCE = timedelta(seconds=60)
#: A tick is late when its last round is older than this many rounds, plus PATIENCE.
LATE_ROUNDS = 3


async def start_beats(session: AsyncSession, names: Sequence[str], *, now: datetime) -> None:
    """Everything is on time when the house starts.

    A part that never does its first round is then late like any other, and the time that
    the house was down is nobody's silence.
    """
    for name in names:
        beat = await session.get(Heartbeat, name) or Heartbeat(name=name, at=now)
        beat.at, beat.told_at = now, None
        session.add(beat)


async def tell_trouble(house: House, *, now: datetime) -> int:
    """Tell the coordinators what is wrong and was not told yet; returns how many things."""
    told = 0
    async with house.db.begin() as session:
        told += await _tell_sources(session, house, now)
        told += await _tell_telegram(session, house, now)
        told += await _tell_late_ticks(session, house, now)
    return told


async def _tell_sources(session: AsyncSession, house: House, now: datetime) -> int:
    faults = await untold_faults(session, house.config.feeds, now=now)
    for source in faults:
        await tell_coordinators(
            session,
            "coordinator/feed_fault.html",
            is_exercise=house.config.is_exercise,
            now=now,
            source=source.name,
            why=FAULTS.get(source.error or "", FAULTS["unknown"]),
            since=source.ok_at or source.polled_at or now,
            last=source.new_item_at,
        )
        await mark_told(session, source, now=now)
    return len(faults)


async def _tell_telegram(session: AsyncSession, house: House, now: datetime) -> int:
    """One message when the poller has been in trouble for a minute, and not again until it
    recovered; it reaches people by mail when Telegram is the thing that is away."""
    beat = await session.get(Heartbeat, "poller")
    if beat is None:
        beat = Heartbeat(name="poller", at=house.poller.round_at or now)
        session.add(beat)
    if house.poller.trouble is None:
        beat.at, beat.told_at = now, None
        return 0
    if beat.told_at is not None or now - beat.at < PATIENCE:
        return 0
    waiting = (
        await session.exec(
            select(func.count())
            .select_from(Delivery)
            .where(
                col(Delivery.status) == DeliveryStatus.PLANNED,
                col(Delivery.kind) == ChannelKind.TELEGRAM,
            )
        )
    ).one()
    await tell_coordinators(
        session,
        "coordinator/trouble.html",
        is_exercise=house.config.is_exercise,
        now=now,
        avoid=ChannelKind.TELEGRAM,
        what=texts.TELEGRAM_TROUBLE[house.poller.trouble],
        since=beat.at,
        waiting=waiting,
    )
    beat.told_at = now
    return 1


async def _tell_late_ticks(session: AsyncSession, house: House, now: datetime) -> int:
    from bot.ticks import TICKS

    told = 0
    for tick in TICKS:
        beat = await session.get(Heartbeat, tick.name)
        pace = timedelta(seconds=tick.seconds(house.config.ticks))
        if (
            beat is None
            or beat.told_at is not None
            or now - beat.at < LATE_ROUNDS * pace + PATIENCE
        ):
            continue
        await tell_coordinators(
            session,
            "coordinator/tick_late.html",
            is_exercise=house.config.is_exercise,
            now=now,
            what=texts.TICKS.get(tick.name, tick.name),
            since=beat.at,
        )
        beat.told_at = now
        told += 1
    return told
