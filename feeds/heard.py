"""In which alert a report of an event stood, also when it came along from another event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import JournalEntry
from feeds.judging import Sighting
from feeds.rows import Event

#: in the journal: which reports (``items``) went into which event (``into``)
MERGED = "event_merged"


@dataclass(frozen=True, slots=True)
class Heard:
    """An alert that people had: when it rang last, and as what."""

    at: datetime
    severity: int


async def heard_of(session: AsyncSession, event: Event, report: Sighting) -> Heard | None:
    """The heaviest alert that a report of ``event`` stood in; None when nobody heard of it.

    An alert tells what its event held by then: not what stood in another event that was merged
    into it later, and that event may have rung itself.
    """
    since, heard = report.came_at, list[Heard]()
    for joined, at in await _went_through(session, event, report.report.item_id):
        heard += _rang(joined, since)
        since = at
    heard += _rang(event, since)
    return max(heard, key=lambda one: one.severity, default=None)


def _rang(event: Event, since: datetime) -> list[Heard]:
    """What an event rang as while it held what it has ``since`` then."""
    if event.alerted_at is None or event.alerted_at < since:
        return []
    return [Heard(event.alerted_at, event.alerted_severity)]


async def _went_through(
    session: AsyncSession, event: Event, item_id: int | None
) -> list[tuple[Event, datetime]]:
    """The events that a report stood in before, with the moment at which it left each."""
    merged = await _merged_into(session, event)
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.action) == MERGED,
            col(JournalEntry.subject).in_([f"event:{number}" for number in merged]),
        )
        .order_by(col(JournalEntry.id))
    )
    return [
        (merged[int(entry.subject.partition(":")[2])], entry.at)
        for entry in found.all()
        if item_id in entry.detail.get("items", ())
    ]


async def _merged_into(session: AsyncSession, event: Event) -> dict[int, Event]:
    """The events that became part of one, also by way of another, by their number."""
    merged: dict[int, Event] = {}
    into = [event.id]
    while into:
        found = await session.exec(select(Event).where(col(Event.merged_into_id).in_(into)))
        new = {one.id: one for one in found.all() if one.id is not None and one.id not in merged}
        merged |= new
        into = list(new)
    return merged
