"""A round that opens the links of texts that did not go out yet, with no transaction open."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.links_alive import links_to_look_at, note_looks
from feeds.answers import Fetching
from feeds.parsing import FeedFault
from feeds.rows import Source

if TYPE_CHECKING:
    from bot.house import House

#: looks in one round, all at once
AT_ONCE = 10
#: a source that answered so lately shows that our own line works
ONLINE = timedelta(minutes=15)


async def look_at_links(house: House, now: datetime) -> None:
    """Open what was not opened lately; what leads nowhere is said beside the text."""
    async with house.db.read() as session:
        links = await links_to_look_at(session, limit=AT_ONCE, now=now)
        online = await _is_online(session, now=now) if links else False
    if not links:
        return
    looks = await asyncio.gather(*(_look(house.fetcher, link, now=now) for link in links))
    found = {
        link: fault
        for link, fault in zip(links, looks, strict=True)
        # With our own line down every link would seem dead.
        if online or fault != "unreachable"
    }
    async with house.db.begin() as session:
        await note_looks(session, found, now=now)


async def _look(fetcher: Fetching, link: str, *, now: datetime) -> str | None:
    answer = await fetcher.fetch(link, now=now)
    return answer.key if isinstance(answer, FeedFault) else None


async def _is_online(session: AsyncSession, *, now: datetime) -> bool:
    found = await session.exec(
        select(Source.id).where(
            col(Source.ok_at) > now - ONLINE, col(Source.is_exercise).is_(False)
        )
    )
    return found.first() is not None
