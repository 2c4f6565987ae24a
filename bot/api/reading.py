"""Looks up what the API tells. Reads only, and never a name, an address or a note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.api.answers import (
    BriefingList,
    Count,
    Deliveries,
    EventAnswer,
    EventList,
    Picture,
    TextAnswer,
    VersionAnswer,
)
from bot.console import texts
from briefings.drafting import texts_of
from briefings.rows import Briefing, FactBlock
from briefings.versions import SENT, versions_of
from contacts.delivery_counts import count_deliveries
from contacts.filling import INTERNAL_CONTACT, LINK
from contacts.outbox import Message
from contacts.texts import OWN_INTERNAL_CONTACT
from feeds.lexicon import mask_names
from feeds.rows import Event
from signals import texts as signal_texts
from signals.picture import bars, total_shown
from signals.picture_moments import of_moments
from signals.rows import Signal, SignalKind, severity_of, tensions
from signals.telling import district_names


async def list_events(
    session: AsyncSession, *, is_exercise: bool, before: int | None, limit: int
) -> EventList:
    """The newest events of one world with an id below ``before``."""
    wanted = select(Event).where(col(Event.is_exercise) == is_exercise)
    if before is not None:
        wanted = wanted.where(col(Event.id) < before)
    found = await session.exec(wanted.order_by(col(Event.id).desc()).limit(limit + 1))
    rows = found.all()
    titles = await _titles(session, [row.id or 0 for row in rows])
    return EventList(
        events=[_event(row, titles) for row in rows[:limit]],
        next_before=rows[limit - 1].id if len(rows) > limit else None,
    )


async def read_event(session: AsyncSession, event: Event) -> EventAnswer:
    return _event(event, await _titles(session, [event.id or 0]))


async def read_briefings(session: AsyncSession, event: Event) -> BriefingList:
    """Every version, and the texts of those that were sent."""
    assert event.id is not None
    versions = await versions_of(session, event.id)
    return BriefingList(event=event.id, versions=[await _version(session, one) for one in versions])


async def read_picture(session: AsyncSession, event: Event) -> Picture:
    """As the page *Beeld* counts for who reads no single signal: a system asks again and again."""
    assert event.id is not None
    found = await session.exec(select(Signal).where(col(Signal.event_id) == event.id))
    told = tensions(of_moments(found.all()))
    names = district_names()
    return Picture(
        event=event.id,
        organisations=total_shown(told),
        kinds=_counts(
            (signal_texts.ALL_KINDS[SignalKind(kind)], one.organisation_id)
            for one in told
            for kind in one.kinds
        ),
        severities=_counts(
            (signal_texts.severity_told(severity_of(one) or 0), one.organisation_id) for one in told
        ),
        domains=_counts((signal_texts.DOMAINS[one.domain], one.organisation_id) for one in told),
        districts=_counts(
            (names.get(one.district, one.district), one.organisation_id) for one in told
        ),
    )


def _counts(pairs: Iterable[tuple[str, int]]) -> list[Count]:
    return [Count(label=bar.label, organisations=bar.shown) for bar in bars(pairs)]


async def _titles(session: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    """What a person called it, where somebody did."""
    found = await session.exec(
        select(FactBlock.event_id, FactBlock.neutral_title).where(col(FactBlock.event_id).in_(ids))
    )
    return {event_id: title for event_id, title in found.all() if title}


def _event(event: Event, titles: dict[int, str]) -> EventAnswer:
    assert event.id is not None
    return EventAnswer(
        id=event.id,
        title=titles.get(event.id) or mask_names(event.title),
        type=event.type,
        status=event.status.value,
        severity=event.severity,
        suggested_severity=event.suggested_severity,
        place=event.place,
        detected_at=event.detected_at,
        confirmed_at=event.confirmed_at,
        closed_at=event.closed_at,
        items=event.item_count,
        is_exercise=event.is_exercise,
    )


async def _version(session: AsyncSession, briefing: Briefing) -> VersionAnswer:
    assert briefing.id is not None
    found = await session.exec(select(Message.id).where(col(Message.briefing_id) == briefing.id))
    counts = await count_deliveries(
        session, message_ids=[ident for ident in found.all() if ident is not None]
    )
    was_sent = briefing.status in SENT
    return VersionAnswer(
        version=briefing.version,
        kind=briefing.kind.value,
        status=briefing.status.value,
        created_at=briefing.created_at,
        submitted_at=briefing.submitted_at,
        approved_at=briefing.approved_at,
        distributed_at=briefing.distributed_at,
        deliveries=Deliveries(
            planned=counts.planned,
            sending=counts.sending,
            sent=counts.sent,
            failed=counts.failed,
            unknown=counts.unknown,
            acknowledged=counts.acknowledged,
        ),
        texts=await _texts(session, briefing.id) if was_sent else [],
    )


async def _texts(session: AsyncSession, briefing_id: int) -> list[TextAnswer]:
    return [
        TextAnswer(
            audience=text.audience.value,
            subject=text.subject,
            plain=text.plain.replace(LINK, texts.OWN_LINK).replace(
                INTERNAL_CONTACT, OWN_INTERNAL_CONTACT
            ),
        )
        for text in await texts_of(session, briefing_id)
    ]
