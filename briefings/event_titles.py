"""The machine's own neutral title of an event, and whether it still stands."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import moments
from briefings.event_kinds import neutral_title
from briefings.rows import FactBlock
from feeds.rows import Event


async def has_own_title(session: AsyncSession, event: Event, city: str) -> bool:
    """Whether the title is still the machine's, so that it may follow the event."""
    found = await session.exec(select(FactBlock).where(col(FactBlock.event_id) == event.id))
    block = found.first()
    plain = _plain_title(event, city)
    timed = f"{plain}, {moments.clock(event.detected_at)} uur"
    return block is not None and block.neutral_title in (plain, timed)


def _plain_title(event: Event, city: str) -> str:
    place = (event.place or "").strip() or city
    return neutral_title(event.type, place, moments.local_date(event.detected_at))


async def own_title(session: AsyncSession, event: Event, city: str) -> str:
    """The neutral title; with the time when another event has the same one already."""
    title = _plain_title(event, city)
    same = await session.exec(
        select(FactBlock.id).where(
            col(FactBlock.neutral_title) == title, col(FactBlock.event_id) != event.id
        )
    )
    return f"{title}, {moments.clock(event.detected_at)} uur" if same.first() else title
