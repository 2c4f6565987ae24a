"""Answers "why?" for one item: what was said then, step by step, and what today's weights say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.local_time import AMSTERDAM
from feeds import texts
from feeds.events import ItemView
from feeds.grounds import Ground, grounds_in, grounds_of
from feeds.lexicon import load_lexicon, mask_names
from feeds.relevance import score_item
from feeds.rows import Event, Item, ItemTitle, Source
from feeds.sections import section_of

Line = dict[str, Any]
#: a smaller difference is not worth a line
NOTICED = 0.05
CLOCK = "%d-%m %H.%M"


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
        *(one.as_row() for one in grounds_in(_of_item(item), item)),
        *_today(item, source),
        *(_line(title) for title in titles),
        *await _event_lines(session, item),
    ]


def _of_item(item: Item) -> list[Line]:
    return [{**row, "item": item.id} for row in (*item.reasons, *item.context)]


def _today(item: Item, source: Source) -> list[Line]:
    """The same item weighed again, where that gives something else: its severity, and each
    reason that is new, gone or weighs otherwise. The lead may be gone by now."""
    lexicon = load_lexicon()
    again = score_item(
        item.title, item.lead or "", trust=source.trust, lexicon=lexicon,
        section=section_of(item.link, lexicon),
    )  # fmt: skip
    changes = compare(item.reasons, [reason.as_row() for reason in again.reasons])
    if not changes and again.severity == item.severity:
        return [_line(texts.EXPLAIN_SAME)]
    text = texts.EXPLAIN_TODAY.format(today=again.severity, then=item.severity)
    note = [] if item.lead else [_line(texts.EXPLAIN_NO_LEAD)]
    return [_line(text, again.severity), *note, *changes]


def compare(then: Iterable[Line], today: Iterable[Line]) -> list[Line]:
    """What differs between two reckonings, the largest difference first. Pure.

    Each line's weight is how much more or less the reason counts today.
    """
    before, after = _sums(then), _sums(today)
    found = [
        (after.get(name, 0.0) - before.get(name, 0.0), name)
        for name in dict.fromkeys([*before, *after])
    ]
    return [
        _line(texts.EXPLAIN_CHANGE.format(text=name, then=f"{before.get(name, 0):+g}",
                                          today=f"{after.get(name, 0):+g}"), round(more, 2))
        for more, name in sorted(found, key=lambda pair: (-abs(pair[0]), pair[1]))
        if abs(more) >= NOTICED
    ]  # fmt: skip


def _sums(rows: Iterable[Line]) -> dict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        # The words that were quoted may have changed; what counts is what they were quoted for.
        sums[str(row["text"]).partition(texts.QUOTE)[0]] += float(row["weight"])
    return sums


async def _event_lines(session: AsyncSession, item: Item) -> list[Line]:
    if item.is_roundup:
        return [_line(texts.EXPLAIN_ROUNDUP)]
    event = await session.get(Event, item.event_id) if item.event_id is not None else None
    if event is None:
        return [_line(texts.EXPLAIN_NO_EVENT)]
    severity = event.severity or event.suggested_severity
    grounds = await grounds_of(session, event)
    said = texts.EXPLAIN_EVENT.format(id=event.id, severity=severity, title=event.title)
    known = {str(reason["text"]) for reason in [*item.reasons, *item.context]}
    return [
        _line(said, severity),
        *(
            told_by(one, grounds.item if grounds.item and grounds.item.id != item.id else None)
            for one in grounds.reasons
            if one.text not in known
        ),
    ]


def told_by(ground: Ground, item: ItemView | None) -> Line:
    """A reason as a line, with the report that it was read in when that is another one. Pure."""
    row = ground.as_row()
    if item is None or not ground.is_of_item:
        return row
    read_in = texts.EXPLAIN_READ_IN.format(
        title=item.title, source=item.source_name, at=item.at.astimezone(AMSTERDAM).strftime(CLOCK)
    )
    return {**row, "text": f"{row['text']} {read_in}"}


def _line(text: str, weight: float = 0) -> Line:
    return {"text": text, "weight": weight}
