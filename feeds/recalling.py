"""Builds the watch's memory from what is stored, so that a restart forgets nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds.event_rules import EventRules
from feeds.places import Proximity
from feeds.remembering import Came, Memory, Rang
from feeds.rows import Event, Item, Source
from feeds.subjects import Subject, happened_here, subject_of

#: what is older has faded
REMEMBERED = timedelta(days=60)
AT_A_TIME = 2_000


async def recall(
    session: AsyncSession,
    rules: EventRules,
    *,
    now: datetime,
    is_exercise: bool,
    scene: int | None = None,
) -> Memory:
    """The memory of everything that came in lately, in the order in which it came."""
    memory = Memory(rules)
    found = await session.stream_scalars(
        select(Item)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(
            col(Item.first_seen_at) >= now - REMEMBERED,
            col(Source.is_exercise).is_(is_exercise),
            col(Source.scene).is_(None) if scene is None else col(Source.scene) == scene,
        )
        .order_by(col(Item.id))
        .execution_options(yield_per=AT_A_TIME)
    )
    async for item in found:
        at = item.first_seen_at
        came = Came(str(item.source_id), item.link, _subject(item, rules), item.severity, at)
        memory.note(came)
    return memory


async def recent_rang(
    session: AsyncSession,
    rules: EventRules,
    *,
    is_exercise: bool,
    now: datetime,
    scene: int | None = None,
) -> list[Rang]:
    """What rang in the days of the echo, in one world, with what its items are about."""
    since = now - timedelta(days=rules.remembered_days)
    found = await session.exec(
        select(Event, Item)
        .join(Item, col(Item.event_id) == col(Event.id))
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(
            col(Event.alerted_at) >= since,
            col(Source.scene).is_(None) if scene is None else col(Source.scene) == scene,
            col(Event.is_exercise) == is_exercise,
            col(Item.severity) > 0,
            col(Item.is_roundup).is_(False),
        )
        .order_by(col(Event.id), col(Item.id))
    )
    about: dict[int, tuple[Event, list[Subject]]] = {}
    for event, item in found.all():
        if event.id is not None and event.alerted_at is not None:
            _, subjects = about.setdefault(event.id, (event, []))
            if len(subjects) < Rang.MOST:
                subjects.append(_subject(item, rules))
    return [
        Rang(event_id, event.alerted_at, subjects, event.alerted_severity)
        for event_id, (event, subjects) in about.items()
        if event.alerted_at is not None
    ]


def _subject(item: Item, rules: EventRules) -> Subject:
    proximity = Proximity(item.proximity)
    return subject_of(
        item.title, item.types, item.themes, rules,
        is_dutch=happened_here(proximity, item.place, item.themes),
        is_local=proximity.is_local, place=item.place,
    )  # fmt: skip
