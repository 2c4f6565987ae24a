"""Puts an approved version in the outbox, and does what belongs to the moment it goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import Planned, RecipientPlan
from briefings.calling_off import may_leave
from briefings.corrections import mark_wrong_versions
from briefings.messages import content_for
from briefings.past_promise import is_past, promises, texts_without
from briefings.rows import (
    BRIEFING_MOVES,
    CORRECTING,
    Briefing,
    BriefingKind,
    BriefingStatus,
    BriefingText,
    Translation,
)
from briefings.settings import BriefingSettings
from briefings.superseding import take_place
from briefings.translating import DUTCH, READY
from briefings.translations import (
    Readings,
    fresh_forms,
    other_languages,
    stale_languages,
    translations_of,
)
from briefings.versions import editor
from contacts.bulk import plan_deliveries
from contacts.directory import Audience
from contacts.journal import SYSTEM
from contacts.messages import URGENT_SEVERITY, store_message
from contacts.neighbours import neighbour_names
from contacts.outbox import Content, MessageKind, Priority
from contacts.quiet import asleep_until, hold_back
from contacts.records import move
from feeds.events import close_event
from feeds.rows import RUNNING, Event
from signals.peer_groups import end_groups

MESSAGE_KINDS = {
    BriefingKind.FIRST: MessageKind.BRIEFING,
    BriefingKind.UPDATE: MessageKind.UPDATE,
    BriefingKind.CORRECTION: MessageKind.CORRECTION,
    BriefingKind.RETRACTION: MessageKind.RETRACTION,
    BriefingKind.CLOSING: MessageKind.CLOSING,
    # As little in haste as a closing text, and kept as long.
    BriefingKind.LOOK_BACK: MessageKind.CLOSING,
}

Readers = tuple[Audience, tuple[Audience, ...], str, bool, bool]


@dataclass(frozen=True, slots=True)
class _Told:
    """The texts of a version by audience, and their translations that may go and that may not."""

    texts: Mapping[Audience, BriefingText]
    forms: Readings
    stale: frozenset[tuple[Audience, str]]

    @classmethod
    def of(cls, texts: Sequence[BriefingText], rows: Sequence[Translation]) -> _Told:
        by_audience = {text.audience: text for text in texts}
        return cls(by_audience, fresh_forms(texts, rows), stale_languages(texts, rows))


def group_readers(
    recipients: Sequence[Planned],
    languages: Mapping[int, str],
    next_door: Collection[int] = (),
    late: Collection[int] = (),
) -> dict[Readers, list[Planned]]:
    """Those who get the same message: same text, links to other texts, language, side. Pure.

    :param languages: of who reads another one than Dutch better.
    :param next_door: the organisations of other municipalities.
    :param late: who gets it when the promise in it is over.
    """
    groups: dict[Readers, list[Planned]] = {}
    for planned in recipients:
        language = languages.get(planned.recipient.person_id or 0, DUTCH)
        # A text that is never translated is one message for everybody.
        language = language if planned.audience in READY else DUTCH
        is_neighbour = planned.recipient.organisation_id in next_door
        is_late = planned.recipient.person_id in late
        key = (planned.audience, planned.extras, language, is_neighbour, is_late)
        groups.setdefault(key, []).append(planned)
    return groups


def priority_of(kind: BriefingKind, severity: int) -> Priority:
    """Urgent from severity 4 on, and always for what puts something right. Pure."""
    urgent = severity >= URGENT_SEVERITY or kind in CORRECTING
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
    severity = event.severity or event.suggested_severity
    planned: dict[int, int] = {}
    told, late = await _told(session, briefing, texts, severity, now=now)
    languages = await other_languages(
        session, [one.recipient.person_id for one in plan.recipients if one.recipient.person_id]
    )
    next_door = await neighbour_names(session)
    groups = group_readers(plan.recipients, languages, next_door, late)
    for readers, group in groups.items():
        audience = readers[0]
        message = await store_message(
            session,
            kind=MESSAGE_KINDS[briefing.kind],
            content=_content(event, briefing, told, readers, settings),
            event_id=event.id,
            briefing_id=briefing.id,
            audience=audience.value,
            severity=severity,
            priority=priority_of(briefing.kind, severity),
            is_exercise=event.is_exercise,
            send_at=briefing.send_at,
            now=now,
        )
        to = (reader.recipient for reader in group)
        planned[message.id or 0] = await plan_deliveries(session, message, to, now=now)
        await hold_back(session, message, now=now)
    return planned


async def _told(
    session: AsyncSession,
    briefing: Briefing,
    texts: Sequence[BriefingText],
    severity: int,
    *,
    now: datetime,
) -> tuple[Mapping[bool, _Told], frozenset[int]]:
    """The texts as they were read and (True) for who is late; and who of the people that is.

    A promise in the past never goes out, so who sleeps until then gets the text without it.
    """
    rows = await translations_of(session, briefing.id or 0)
    leaves_at, promised = max(now, briefing.send_at or now), briefing.promised_at
    short = texts_without(texts, promised) if promises(briefing) else texts
    if is_past(briefing, leaves_at=leaves_at):
        texts = short
    told = {False: _Told.of(texts, rows), True: _Told.of(short, rows)}
    if promised is None or short is texts:
        return told, frozenset()
    kind = MESSAGE_KINDS[briefing.kind]
    late = await asleep_until(session, kind, severity, at=leaves_at, then=promised)
    return told, late


def _content(
    event: Event,
    briefing: Briefing,
    told: Mapping[bool, _Told],
    readers: Readers,
    settings: BriefingSettings,
) -> Content:
    audience, extras, language, is_neighbour, is_late = readers
    said = told[is_late]
    return content_for(
        said.texts[audience],
        extras,
        briefing_id=briefing.id or 0,
        event_id=event.id or 0,
        sender=settings.sender,
        own_templates=settings.templates_dir,
        forms=said.forms.get((audience, language)),
        is_stale=(audience, language) in said.stale,
        is_neighbour=is_neighbour,
    )


async def distribute(
    session: AsyncSession, event: Event, briefing: Briefing, *, now: datetime
) -> None:
    """An approved version goes out now, in the place of older texts that still wait for somebody's
    quiet hours to end.

    What it corrects is marked and pointed to it; what it closes is closed, in the name of whoever
    approved that.
    """
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
    await take_place(session, briefing, now=now)
    if briefing.kind is BriefingKind.CLOSING and event.status in RUNNING:
        await close_event(session, event, who=editor(briefing.approved_by), now=now)
        await end_groups(session, is_exercise=event.is_exercise, now=now)


async def versions_due(session: AsyncSession, *, by: datetime) -> Sequence[Briefing]:
    """The approved versions whose moment is there at ``by``, oldest first."""
    found = await session.exec(
        select(Briefing)
        .where(
            col(Briefing.status) == BriefingStatus.APPROVED,
            col(Briefing.send_at) <= by,
        )
        .order_by(col(Briefing.id))
    )
    return found.all()


async def distribute_due(
    session: AsyncSession, *, now: datetime, briefing_id: int | None = None
) -> list[int]:
    """Distribute the approved versions whose moment has come; returns their ids.

    One that was stopped or called off meanwhile does not count as sent.

    :param briefing_id: only this version; None is all.
    """
    done = []
    for briefing in await versions_due(session, by=now):
        if briefing_id not in (None, briefing.id):
            continue
        if not await may_leave(session, briefing, now=now):
            continue
        event = await session.get_one(Event, briefing.event_id)
        await distribute(session, event, briefing, now=now)
        assert briefing.id is not None
        done.append(briefing.id)
    return done
