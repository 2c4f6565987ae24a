"""What a person reports is a report too: later news about it then joins the same event."""

from __future__ import annotations

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


async def add_report(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> Item:
    """Store an event that was started by hand as its own first report."""
    source = await _source(session, is_exercise=event.is_exercise, now=now)
    assert source.id is not None
    item = Item(
        source_id=source.id, guid=f"event:{event.id}", title=event.title,
        link=event.source_link or "", first_seen_at=now, polled_at=now,
        content_hash=sha256(event.title.encode()).hexdigest(), event_id=event.id,
    )  # fmt: skip
    found = score_item(
        f"{event.place}: {event.title}" if event.place else event.title, "",
        trust=source.trust, lexicon=load_lexicon(),
    )  # fmt: skip
    write_judgement(item, found)
    if event.type in load_lexicon().types:
        # What a person called it tells it from what else happens there.
        item.types = list(dict.fromkeys([event.type, *item.types]))
    item.is_roundup = False
    event.item_count += 1
    session.add_all([item, event])
    write_journal(session, who=who, action=STARTED, subject=f"event:{event.id}", now=now)
    await session.flush()
    return item


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
