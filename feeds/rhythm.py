"""Whether a source that answers well still brings what it usually brings.

A feed that gives the same old items for ever raises no error. It is held against its own
rhythm: the longest pause between two new items of the last weeks, nights and weekends included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds.rows import Item, Source, being_read

LOOKED_AT = timedelta(days=28)
#: fewer items, or fewer days, are no rhythm
LEAST_ITEMS, LEAST_DAYS = 20, timedelta(days=7)
#: silent for so many times the longest pause, and never told before half a day
TIMES_LONGEST, LEAST_SILENCE = 2, timedelta(hours=12)
#: dwindling: less than a quarter of what the two weeks before brought, when that was something
TWO_WEEKS, QUARTER, LEAST_BEFORE = timedelta(days=14), 4, 40


@dataclass(frozen=True, slots=True)
class Fading:
    """A source that brings less: ``recent`` items in two weeks, ``before`` in the two before."""

    source: Source
    recent: int
    before: int


def silent_after(moments: Sequence[datetime]) -> timedelta | None:
    """How long this source may be silent; None when it has no rhythm yet. Pure.

    :param moments: when its items came in, in order.
    """
    if len(moments) < LEAST_ITEMS or moments[-1] - moments[0] < LEAST_DAYS:
        return None
    longest = max(after - before for before, after in pairwise(moments))
    return max(LEAST_SILENCE, TIMES_LONGEST * longest)


def dwindles(recent: int, before: int) -> bool:
    """Whether a source that brought something brings hardly anything now. Pure."""
    return before >= LEAST_BEFORE and QUARTER * recent < before


async def silent_sources(session: AsyncSession, *, now: datetime) -> list[Source]:
    """Sources that answer, bring nothing new for longer than ever, and were not told of."""
    found = await session.exec(
        select(Source)
        .where(
            _answering(),
            col(Source.new_item_at) <= now - LEAST_SILENCE,
            col(Source.silent_told_at).is_(None),
        )
        .order_by(col(Source.key))
    )
    silent = []
    for source in found.all():
        assert source.new_item_at is not None
        moments = await session.exec(
            select(Item.first_seen_at)
            .where(
                col(Item.source_id) == source.id,
                col(Item.first_seen_at) >= source.new_item_at - LOOKED_AT,
            )
            .order_by(col(Item.first_seen_at))
        )
        patience = silent_after(moments.all())
        if patience is not None and now - source.new_item_at >= patience:
            silent.append(source)
    return silent


async def dwindling_sources(session: AsyncSession, *, now: datetime) -> list[Fading]:
    """Sources that bring much less than before; each is told of once in four weeks."""
    found = await session.exec(
        select(Source).where(
            _answering(),
            or_(
                col(Source.dwindling_told_at).is_(None),
                col(Source.dwindling_told_at) <= now - LOOKED_AT,
            ),
        )
    )
    sources = {source.id: source for source in found.all()}
    recent = await _counts(session, now - TWO_WEEKS, now)
    before = await _counts(session, now - 2 * TWO_WEEKS, now - TWO_WEEKS)
    return [
        Fading(source, recent.get(ident, 0), before[ident])
        for ident, source in sources.items()
        if ident in before and dwindles(recent.get(ident, 0), before[ident])
    ]


async def _counts(session: AsyncSession, since: datetime, until: datetime) -> dict[int, int]:
    found = await session.exec(
        select(Item.source_id, func.count())
        .where(col(Item.first_seen_at) >= since, col(Item.first_seen_at) < until)
        .group_by(col(Item.source_id))
    )
    return dict(found.all())


def _answering() -> ColumnElement[bool]:
    return and_(
        being_read(),
        col(Source.scene).is_(None),
        col(Source.failures) == 0,
        col(Source.error).is_(None),
    )
