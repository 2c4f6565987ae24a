"""Puts an approved version in the outbox, and does what belongs to the moment it goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import Planned, RecipientPlan
from briefings.corrections import mark_wrong_versions
from briefings.messages import content_for
from briefings.rows import (
    BRIEFING_MOVES,
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
)
from briefings.settings import BriefingSettings
from briefings.translating import DUTCH, READY
from briefings.translations import (
    fresh_forms,
    other_languages,
    stale_languages,
    translations_of,
)
from contacts.bulk import plan_deliveries
from contacts.directory import Audience
from contacts.journal import SYSTEM
from contacts.messages import URGENT_SEVERITY, store_message
from contacts.neighbours import neighbour_names
from contacts.outbox import MessageKind, Priority
from contacts.quiet import hold_back
from contacts.records import move
from feeds.rows import Event

MESSAGE_KINDS = {
    BriefingKind.FIRST: MessageKind.BRIEFING,
    BriefingKind.UPDATE: MessageKind.UPDATE,
    BriefingKind.CORRECTION: MessageKind.CORRECTION,
    BriefingKind.RETRACTION: MessageKind.RETRACTION,
    BriefingKind.CLOSING: MessageKind.CLOSING,
    # As little in haste as a closing text, and kept as long.
    BriefingKind.LOOK_BACK: MessageKind.CLOSING,
}
_ALWAYS_URGENT = frozenset({BriefingKind.CORRECTION, BriefingKind.RETRACTION})

Readers = tuple[Audience, tuple[Audience, ...], str, bool]


def group_readers(
    recipients: Sequence[Planned], languages: Mapping[int, str], next_door: Collection[int] = ()
) -> dict[Readers, list[Planned]]:
    """Those who get the same message: same text, links to other texts, language, side. Pure.

    :param languages: of who reads another one than Dutch better.
    :param next_door: the organisations of other municipalities.
    """
    groups: dict[Readers, list[Planned]] = {}
    for planned in recipients:
        language = languages.get(planned.recipient.person_id or 0, DUTCH)
        # A text that is never translated is one message for everybody.
        language = language if planned.audience in READY else DUTCH
        is_neighbour = planned.recipient.organisation_id in next_door
        key = (planned.audience, planned.extras, language, is_neighbour)
        groups.setdefault(key, []).append(planned)
    return groups


def priority_of(kind: BriefingKind, severity: int) -> Priority:
    """Urgent from severity 4 on, and always for what puts something right. Pure."""
    urgent = severity >= URGENT_SEVERITY or kind in _ALWAYS_URGENT
    return Priority.URGENT if urgent else Priority.BULK


async def post_version(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    texts: Sequence[BriefingText],
    plan: RecipientPlan,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> dict[int, int]:
    """Write the messages of an approved version, one per text and set of links.

    Returns how many get each message, by its number.
    """
    assert briefing.id is not None
    assert event.id is not None
    by_audience = {text.audience: text for text in texts}
    severity = event.severity or event.suggested_severity
    planned: dict[int, int] = {}
    rows = await translations_of(session, briefing.id)
    forms, stale = fresh_forms(texts, rows), stale_languages(texts, rows)
    languages = await other_languages(
        session, [one.recipient.person_id for one in plan.recipients if one.recipient.person_id]
    )
    next_door = await neighbour_names(session)
    groups = group_readers(plan.recipients, languages, next_door)
    for (audience, extras, language, is_neighbour), readers in groups.items():
        message = await store_message(
            session,
            kind=MESSAGE_KINDS[briefing.kind],
            content=content_for(
                by_audience[audience],
                extras,
                briefing_id=briefing.id,
                event_id=event.id,
                sender=settings.sender,
                own_templates=settings.templates_dir,
                forms=forms.get((audience, language)),
                is_stale=(audience, language) in stale,
                is_neighbour=is_neighbour,
            ),
            event_id=event.id,
            briefing_id=briefing.id,
            audience=audience.value,
            severity=severity,
            priority=priority_of(briefing.kind, severity),
            is_exercise=event.is_exercise,
            send_at=briefing.send_at,
            now=now,
        )
        to = (reader.recipient for reader in readers)
        planned[message.id or 0] = await plan_deliveries(session, message, to, now=now)
        await hold_back(session, message, now=now)
    return planned


async def distribute(
    session: AsyncSession, event: Event, briefing: Briefing, *, now: datetime
) -> None:
    """An approved version goes out now; what it corrects is marked and pointed to it."""
    await move(
        session,
        BRIEFING_MOVES,
        briefing,
        BriefingStatus.DISTRIBUTED,
        who=SYSTEM,
        action="briefing_distributed",
        now=now,
        distributed_at=now,
    )
    await mark_wrong_versions(session, event, briefing, now=now)


async def distribute_due(session: AsyncSession, *, now: datetime) -> list[int]:
    """Distribute the approved versions whose moment has come; returns their ids."""
    found = await session.exec(
        select(Briefing, Event)
        .join(Event, col(Event.id) == col(Briefing.event_id))
        .where(
            col(Briefing.status) == BriefingStatus.APPROVED,
            col(Briefing.send_at) <= now,
        )
        .order_by(col(Briefing.id))
    )
    done = []
    for briefing, event in found.all():
        await distribute(session, event, briefing, now=now)
        assert briefing.id is not None
        done.append(briefing.id)
    return done
