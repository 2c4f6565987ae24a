"""What a person reports is a report too: later news about it then joins the same event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from feeds.intake import write_judgement
from feeds.lexicon import load_lexicon
from feeds.relevance import score_item
from feeds.rows import Event, Item, Source
from feeds.standing import Trust
from feeds.texts import BY_HAND_SOURCE

#: one source for each world; it has no address and is never read
KEYS = {False: "met-de-hand", True: "met-de-hand-oefening"}
#: in the journal: the watch builds its groups anew after it
STARTED = "event_started"
#: begins the name of a report that is an event itself
BY_HAND = "event:"


async def add_report(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> Item:
    """Store an event that was started by hand as its own first report."""
    source = await _source(session, is_exercise=event.is_exercise, now=now)
    assert source.id is not None
    item = Item(
        source_id=source.id, guid=f"{BY_HAND}{event.id}", title=event.title,
        link=event.source_link or "", first_seen_at=now, polled_at=now,
        content_hash=sha256(event.title.encode()).hexdigest(), event_id=event.id,
    )  # fmt: skip
    _write(item, event, source.trust)
    event.item_count += 1
    session.add_all([item, event])
    write_journal(session, who=who, action=STARTED, subject=f"event:{event.id}", now=now)
    await session.flush()
    return item


async def put_right(session: AsyncSession, event: Event) -> None:
    """The own report of an event says what a person calls it now; of what was not started by hand
    there is none."""
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.guid) == f"{BY_HAND}{event.id}", col(Source.key).in_(KEYS.values()))
    )
    for item, source in found.all():
        _write(item, event, source.trust)
        session.add(item)
    await session.flush()


def called(guid: str, types: Sequence[str]) -> str | None:
    """What a person called the event that this report is of; None for a report of the news. Pure.

    :param types: of the report.
    """
    return types[0] if types and guid.startswith(BY_HAND) else None


def _write(item: Item, event: Event, trust: Trust) -> None:
    found = score_item(
        f"{event.place}: {item.title}" if event.place else item.title, "",
        trust=trust, lexicon=load_lexicon(),
    )  # fmt: skip
    write_judgement(item, found)
    if event.type in load_lexicon().types:
        # What a person called it tells it from what else happens there.
        item.types = list(dict.fromkeys([event.type, *item.types]))
    item.is_roundup = False


async def _source(session: AsyncSession, *, is_exercise: bool, now: datetime) -> Source:
    key = KEYS[is_exercise]
    source = (await session.exec(select(Source).where(col(Source.key) == key))).first()
    if source is None:
        source = Source(
            key=key, name=BY_HAND_SOURCE, url="", trust=Trust.SECONDARY, is_paused=True,
            is_exercise=is_exercise, next_poll_at=now,
        )  # fmt: skip
        session.add(source)
        await session.flush()
    return source
