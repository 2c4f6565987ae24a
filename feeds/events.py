"""What people do with events, and what they are shown of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from contacts.records import IllegalMove, move
from feeds import texts
from feeds.alerting import changed_alerts, due_alerts, mark_alerted, mark_shown
from feeds.by_hand import add_report
from feeds.kept_meanings import drop_meanings, drop_old_meanings
from feeds.lexicon import GENERAL, load_lexicon, mask_names
from feeds.matching import words_of
from feeds.muting import lift_mutes
from feeds.places import find_place
from feeds.rows import (
    EVENT_MOVES,
    DismissReason,
    Event,
    EventStatus,
    Item,
    LeadAgency,
    Origin,
    Source,
)
from feeds.standing import Trust

__all__ = [
    "ItemView", "changed_alerts", "close_event", "confirm_event", "dismiss_event",
    "drop_old_leads", "due_alerts", "items_of", "mark_alerted", "mark_shown", "open_event",
    "reopen_event", "snooze_event", "view_of",
]  # fmt: skip

TITLE_LIMIT, PLACE_LIMIT, LINK_LIMIT = 300, 120, 1000
MACHINE_MOST = 4
LEADS_KEPT = timedelta(hours=72)
#: following in silence: nothing rings for so long, unless the event gets heavier
LONGEST_SNOOZE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One report as people see it; names in the title are masked, links may be empty."""

    id: int
    title: str
    link: str
    source_name: str
    trust: Trust
    published_at: datetime | None
    first_seen_at: datetime

    @property
    def at(self) -> datetime:
        """When it was published, or else first seen."""
        return self.published_at or self.first_seen_at


async def open_event(
    session: AsyncSession,
    *,
    type: str,  # noqa: A002  (the name that callers know from the row)
    title: str,
    place: str | None,
    severity: int,
    origin: Origin = Origin.MANUAL,
    source_link: str | None = None,
    lead_agency: LeadAgency,
    who: Who,
    now: datetime,
    is_exercise: bool,
) -> Event:
    """Start an event by hand; it is confirmed at once, by ``who``.

    :param type: a lexicon id; anything else counts as the general type.
    :param severity: 1–5, a person's.
    """
    lexicon = load_lexicon()
    words = lexicon.matcher.find(words_of(f"{place or ''}. {title}"))
    event = Event(
        title=mask_names(title)[:TITLE_LIMIT],
        type=type if type in lexicon.event_types else GENERAL,
        origin=origin,
        suggested_severity=min(severity, MACHINE_MOST),
        place=place[:PLACE_LIMIT] if place else None,
        proximity=find_place(words, lexicon).proximity.value,
        themes=[key for key in lexicon.themes if ("thema", key, 0) in words],
        reasons=[{"text": texts.BY_HAND, "weight": severity}],
        source_link=source_link if source_link and len(source_link) <= LINK_LIMIT else None,
        detected_at=now,
        is_exercise=is_exercise,
    )
    session.add(event)
    await session.flush()
    await confirm_event(
        session, event, severity=severity, lead_agency=lead_agency, send_before=None, who=who,
        now=now,
    )  # fmt: skip
    await add_report(session, event, who=who, now=now)
    return event


async def confirm_event(
    session: AsyncSession,
    event: Event,
    *,
    severity: int,
    lead_agency: LeadAgency,
    send_before: datetime | None,
    who: Who,
    now: datetime,
) -> None:
    """A person says that this matters, and how much (1–5).

    :raises contacts.records.IllegalMove, StaleMove: it was decided already.
    """
    await move(
        session,
        EVENT_MOVES,
        event,
        EventStatus.CONFIRMED,
        who=who,
        action="event_confirmed",
        now=now,
        detail={"severity": severity, "suggested": event.suggested_severity},
        severity=severity,
        lead_agency=lead_agency,
        send_before=send_before,
        confirmed_at=now,
        confirmed_by=who.person_id,
        snoozed_until=None,
        dismissed_reason=None,
    )


async def dismiss_event(
    session: AsyncSession, event: Event, reason: DismissReason, *, who: Who, now: datetime
) -> None:
    """Not ours. It stays silent however it grows, unless it gets heavier than it was now.

    :raises contacts.records.IllegalMove, StaleMove: it was decided already.
    """
    heard = max(event.alerted_severity, event.suggested_severity)
    await move(
        session,
        EVENT_MOVES,
        event,
        EventStatus.DISMISSED,
        who=who,
        action="event_dismissed",
        now=now,
        detail={"reason": reason.value, "severity": event.suggested_severity},
        dismissed_reason=reason,
        alerted_severity=heard,
        snoozed_until=None,
    )


async def snooze_event(
    session: AsyncSession, event: Event, until: datetime, *, who: Who, now: datetime
) -> None:
    """Keep following; ring again at ``until``, or as soon as it gets heavier.

    :param until: at most :data:`LONGEST_SNOOZE` from now; later counts as that.

    :raises contacts.records.IllegalMove: it was decided already, so nothing would ring.
    """
    if event.status is not EventStatus.DETECTED:
        raise IllegalMove(f"event {event.id} is {event.status}")
    until = min(until, now + LONGEST_SNOOZE)
    await lift_mutes(session, event, now=now)
    event.snoozed_until = until
    session.add(event)
    minutes = round((until - now).total_seconds() / 60)
    write_journal(
        session,
        who=who,
        action="event_snoozed",
        subject=f"event:{event.id}",
        detail={"minutes": minutes},
        now=now,
    )
    await session.flush()


async def close_event(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> None:
    """End it. The leads of its items go; titles, links and times stay.

    :raises contacts.records.IllegalMove, StaleMove: it is not open.
    """
    await move(
        session, EVENT_MOVES, event, EventStatus.CLOSED, who=who, action="event_closed", now=now,
        closed_at=now,
    )  # fmt: skip
    await session.exec(
        update(Item)
        .where(col(Item.event_id) == event.id)
        .values(lead=None)
        .execution_options(synchronize_session="fetch")
    )
    await drop_meanings(session, select(Item.id).where(col(Item.event_id) == event.id))


async def reopen_event(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> None:
    """It was not over.

    :raises contacts.records.IllegalMove, StaleMove: it is not closed.
    """
    await move(
        session, EVENT_MOVES, event, EventStatus.REOPENED, who=who, action="event_reopened",
        now=now, closed_at=None,
    )  # fmt: skip


async def items_of(session: AsyncSession, event_id: int) -> list[ItemView]:
    """The reports of an event in the order in which they were published, round-ups left out."""
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.event_id) == event_id, col(Item.is_roundup).is_(False))
        .order_by(col(Item.id))
    )
    views = [view_of(item, source) for item, source in found.all()]
    return sorted(views, key=lambda view: view.at)


def view_of(item: Item, source: Source) -> ItemView:
    """A report as people see it."""
    return ItemView(
        id=item.id or 0,
        title=mask_names(item.title),
        link=item.link,
        source_name=source.name,
        trust=source.trust,
        published_at=item.published_at,
        first_seen_at=item.first_seen_at,
    )


async def drop_old_leads(session: AsyncSession, *, now: datetime) -> int:
    """Forget the leads of items that no open event needs any more; returns how many."""
    over = select(Event.id).where(
        col(Event.status).in_([EventStatus.CLOSED, EventStatus.DISMISSED])
    )
    dropped = await session.exec(
        update(Item)
        .where(
            col(Item.lead).is_not(None),
            col(Item.first_seen_at) < now - LEADS_KEPT,
            or_(col(Item.event_id).is_(None), col(Item.event_id).in_(over)),
        )
        .values(lead=None)
        .execution_options(synchronize_session=False)
    )
    await drop_old_meanings(session, kept=LEADS_KEPT, now=now)
    return int(dropped.rowcount)
