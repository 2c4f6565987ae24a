"""Answers "why?" for one item: the reckoning as it is stored, step by step."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds import texts
from feeds.lexicon import mask_names
from feeds.rows import Event, Item, ItemTitle, Source

Line = dict[str, Any]


async def explain(session: AsyncSession, key: str) -> list[Line] | None:
    """The reasons behind an item, as ``{"text", "weight"}`` in Dutch; None when unknown.

    :param key: the item's guid or link, or its number in the database.
    """
    wanted = or_(col(Item.guid) == key, col(Item.link) == key)
    if key.isascii() and key.isdigit() and len(key) < 10:
        wanted = or_(wanted, col(Item.id) == int(key))
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(wanted)
        .order_by(col(Item.id))
        .limit(1)
    )
    row = found.first()
    if row is None:
        return None
    item, source = row
    head = texts.EXPLAIN_ITEM.format(
        severity=item.severity, source=source.name, title=mask_names(item.title)
    )
    earlier = await session.exec(
        select(ItemTitle.title).where(col(ItemTitle.item_id) == item.id).order_by(col(ItemTitle.id))
    )
    titles = [texts.EXPLAIN_EARLIER.format(title=mask_names(title)) for title in earlier.all()]
    return [
        _line(head, item.severity),
        *item.reasons,
        *item.context,
        *(_line(title) for title in titles),
        *await _event_lines(session, item),
    ]


async def _event_lines(session: AsyncSession, item: Item) -> list[Line]:
    if item.is_roundup:
        return [_line(texts.EXPLAIN_ROUNDUP)]
    event = await session.get(Event, item.event_id) if item.event_id is not None else None
    if event is None:
        return [_line(texts.EXPLAIN_NO_EVENT)]
    severity = event.severity or event.suggested_severity
    said = texts.EXPLAIN_EVENT.format(id=event.id, severity=severity, title=event.title)
    known = {str(reason["text"]) for reason in [*item.reasons, *item.context]}
    return [
        _line(said, severity),
        *(reason for reason in event.reasons if str(reason["text"]) not in known),
    ]


def _line(text: str, weight: float = 0) -> Line:
    return {"text": text, "weight": weight}
