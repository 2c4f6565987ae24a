"""The daily list: what did not ring but may raise questions; each event stands on it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.local_time import AMSTERDAM
from feeds.events import ItemView, items_of
from feeds.grounds import goes_on_from
from feeds.rows import DailyList, Event, EventStatus

LIST_FROM = 2
#: what nobody wrote about for longer is no news any more
RECENT = timedelta(hours=36)
#: the list of a day is not sent later than this after its hour: the next one has it all
STILL_TODAY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Listed:
    """One event on the list, with the report that came first and the alert it goes on from."""

    event: Event
    first: ItemView | None
    newsrooms: int
    follows: Event | None = None


def list_day(now: datetime, at: time | None) -> date | None:
    """The day of which the list may go out now; None outside its hours. Pure."""
    if at is None:
        return None
    local = now.astimezone(AMSTERDAM)
    begin = datetime.combine(local.date(), at, AMSTERDAM)
    return local.date() if begin <= local < begin + STILL_TODAY else None


async def is_listed(session: AsyncSession, day: date) -> bool:
    """Whether the list of this day is done, also when there was nothing on it."""
    return await session.get(DailyList, day) is not None


async def to_list(session: AsyncSession, *, is_exercise: bool, now: datetime) -> list[Listed]:
    """What the next list shows, the heaviest and then the newest first."""
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status) == EventStatus.DETECTED,
            col(Event.is_exercise).is_(is_exercise),
            col(Event.merged_into_id).is_(None),
            col(Event.suggested_severity) >= LIST_FROM,
            col(Event.alerted_at).is_(None),
            col(Event.listed_at).is_(None),
            or_(col(Event.snoozed_until).is_(None), col(Event.snoozed_until) <= now),
            func.coalesce(col(Event.last_item_at), col(Event.detected_at)) >= now - RECENT,
        )
        .order_by(col(Event.suggested_severity).desc(), col(Event.id).desc())
    )
    listed = []
    for event in found.all():
        assert event.id is not None
        items = await items_of(session, event.id)
        newsrooms = len({item.source_name for item in items})
        first = items[0] if items else None
        listed.append(Listed(event, first, newsrooms, await goes_on_from(session, event)))
    return listed


async def mark_listed(
    session: AsyncSession, day: date, listed: Sequence[Listed], *, now: datetime
) -> None:
    """The list is in the outbox, in the same transaction; or nobody could be told, or it is empty.

    :raises sqlalchemy.exc.IntegrityError: this day was done already.
    """
    session.add(DailyList(day=day, sent_at=now, events=len(listed)))
    await session.exec(
        update(Event)
        .where(col(Event.id).in_([one.event.id for one in listed]))
        .values(listed_at=now)
        .execution_options(synchronize_session="fetch")
    )
    await session.flush()
