"""What to call an event, everywhere the same: its neutral title, else the masked one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import FactBlock
from feeds.lexicon import mask_names
from feeds.rows import Event

#: every page of an event asks it, so it is made once
_NEUTRAL_TITLE = select(FactBlock.neutral_title).where(
    col(FactBlock.event_id) == bindparam("of_event")
)


async def names_of_events(session: AsyncSession, ids: Collection[int]) -> Mapping[int, str]:
    """Names by number; an event that is gone has none."""
    if not ids:
        return {}
    events = await session.exec(select(Event.id, Event.title).where(col(Event.id).in_(ids)))
    blocks = await session.exec(
        select(FactBlock.event_id, FactBlock.neutral_title).where(col(FactBlock.event_id).in_(ids))
    )
    names = {ident: mask_names(title) for ident, title in events.all() if ident is not None}
    return names | {ident: title for ident, title in blocks.all() if title}


async def name_of(session: AsyncSession, event: Event) -> str:
    """The one name that coordinators see, in the chat, in mail and at the desk."""
    found = await session.exec(_NEUTRAL_TITLE, params={"of_event": event.id})
    return found.first() or mask_names(event.title)
