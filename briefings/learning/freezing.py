"""Freezes a quarter when it ends, before its signals become counts; a pack never changes after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.packs import read_figures
from briefings.learning.rows import QuarterPack
from contacts.directory import ChannelKind
from contacts.journal import SYSTEM, write_journal
from contacts.neighbours import ALL_KINDS
from contacts.records import Database
from feeds.rows import Event
from signals.quarters import Quarter, quarter_of
from signals.rows import Signal

#: so far back quarters are made up for
MOST_BACK = 8


async def frozen_packs(session: AsyncSession) -> list[QuarterPack]:
    """Every quarter that is over, the newest first."""
    found = await session.exec(select(QuarterPack).order_by(col(QuarterPack.quarter).desc()))
    return list(found.all())


async def pack_of(session: AsyncSession, quarter: Quarter) -> QuarterPack | None:
    found = await session.exec(select(QuarterPack).where(col(QuarterPack.quarter) == quarter.name))
    return found.first()


async def freeze_due(
    db: Database, *, now: datetime, sends_by: frozenset[ChannelKind] = ALL_KINDS
) -> list[str]:
    """Freeze every quarter that is over and was not yet; returns their names, oldest first.

    Each is read without the write lock and kept in a short transaction of its own: an evening
    waits for none of them, and what was frozen stays when a later one fails. Only the real world
    has quarters: an exercise is forgotten after a month.

    :param sends_by: the kinds of channel that this installation has set up.
    """
    frozen = []
    for quarter in await _due(db, now):
        async with db.read() as session:
            figures = await read_figures(
                session, quarter, is_exercise=False, now=now, sends_by=sends_by
            )
        async with db.begin() as session:
            session.add(QuarterPack(quarter=quarter.name, frozen_at=now, figures=figures))
            write_journal(
                session, who=SYSTEM, action="quarter_frozen",
                subject=f"quarter_pack:{quarter.name}", now=now,
            )  # fmt: skip
        frozen.append(quarter.name)
    return frozen


async def _due(db: Database, now: datetime) -> list[Quarter]:
    async with db.read() as session:
        first = await _first_quarter(session)
        if first is None:
            return []
        known = {pack.quarter for pack in await frozen_packs(session)}
    return [one for one in over_before(quarter_of(now), first) if one.name not in known]


def over_before(running: Quarter, first: Quarter) -> list[Quarter]:
    """The quarters from the first until the running one, oldest first, not too many. Pure."""
    found: list[Quarter] = []
    quarter = running.before
    while quarter >= first and len(found) < MOST_BACK:
        found.append(quarter)
        quarter = quarter.before
    return found[::-1]


async def _first_quarter(session: AsyncSession) -> Quarter | None:
    events = await session.exec(
        select(func.min(Event.detected_at)).where(
            col(Event.is_exercise).is_(False), col(Event.confirmed_at).is_not(None)
        )
    )
    signals = await session.exec(
        select(func.min(Signal.received_at)).where(col(Signal.is_exercise).is_(False))
    )
    moments = [at for at in (events.one(), signals.one()) if at is not None]
    return quarter_of(min(moments)) if moments else None
