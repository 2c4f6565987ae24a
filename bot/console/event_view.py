"""One event with everything that hangs on it: why, items, facts, texts, who got it, signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console import texts
from bot.console.reading import fill_page
from bot.console.today import count_acknowledgements
from bot.evening.parts_said import said_parts
from briefings.rows import Briefing, BriefingStatus, BriefingText, Fact, FactBlock, FactKind
from contacts.delivery_counts import DeliveryCounts, count_deliveries
from contacts.outbox import AcknowledgementKind
from contacts.permissions import Actor
from feeds.events import ItemView, items_of
from feeds.grounds import Grounds, goes_on_from, grounds_of
from feeds.lexicon import mask_names
from feeds.rows import Event
from signals import texts as signal_texts
from signals.feedback import shown_count, summarise
from signals.picture import total_shown
from signals.picture_moments import seen_by
from signals.rows import Signal, SignalKind, tensions


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as its readers get it, without anybody's own link in it."""

    audience: str
    subject: str
    body: Markup
    words: int
    remarks: int


@dataclass(frozen=True, slots=True)
class Told:
    """Signals as counts of organisations; small ones stay vague. Rows are (label, count)."""

    organisations: str
    still_open: str
    kinds: Sequence[tuple[str, str]]
    severities: Sequence[tuple[str, str]]
    domains: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Strip:
    """The reports of one newsroom in time: ``places`` are 0 (first of all) to 100 (last)."""

    source: str
    places: Sequence[float]


@dataclass(frozen=True, slots=True)
class EventView:
    """The page of one event. ``parts``: as :func:`said_parts`."""

    event: Event
    title: str
    items: Sequence[ItemView]
    grounds: Grounds
    follows: Event | None
    strips: Sequence[Strip]
    strip_from: datetime
    strip_until: datetime
    block: FactBlock | None
    facts: Sequence[tuple[str, Sequence[Fact]]]
    briefings: Sequence[Briefing]
    previews: Sequence[Preview]
    counts: DeliveryCounts
    acknowledged: dict[AcknowledgementKind, int]
    told: Told | None
    parts: str = ""


async def read_event(session: AsyncSession, event_id: int, actor: Actor) -> EventView | None:
    """Everything about this event for this person, or None when there is no such event."""
    event = await session.get(Event, event_id)
    if event is None:
        return None
    blocks = await session.exec(select(FactBlock).where(col(FactBlock.event_id) == event_id))
    block = blocks.first()
    versions = await session.exec(
        select(Briefing)
        .where(col(Briefing.event_id) == event_id)
        .order_by(col(Briefing.version).desc())
    )
    briefings = versions.all()
    items = await items_of(session, event_id)
    return EventView(
        event=event,
        title=block.neutral_title if block else mask_names(event.title),
        items=items,
        grounds=await grounds_of(session, event),
        follows=await goes_on_from(session, event),
        strips=strips_of(items),
        strip_from=min((item.at for item in items), default=event.detected_at),
        strip_until=max((item.at for item in items), default=event.detected_at),
        block=block,
        facts=await _facts(session, event_id),
        briefings=briefings,
        previews=await _previews(session, briefings),
        counts=await count_deliveries(session, event_id=event_id),
        acknowledged=await count_acknowledgements(session, event_id),
        told=await _told(session, event_id, actor),
        parts=said_parts(briefings[::-1]),
    )


def strips_of(items: Sequence[ItemView]) -> list[Strip]:
    """One line per newsroom, the first one first; none for a single report. Pure."""
    times = [item.at for item in items]
    if len(items) < 2:
        return []
    begin, length = min(times), (max(times) - min(times)).total_seconds() or 1.0
    places: dict[str, list[float]] = {}
    for item, at in sorted(zip(items, times, strict=True), key=lambda pair: pair[1]):
        place = round(100 * (at - begin).total_seconds() / length, 1)
        places.setdefault(item.source_name, []).append(place)
    return [Strip(source, found) for source, found in places.items()]


async def _facts(session: AsyncSession, event_id: int) -> list[tuple[str, Sequence[Fact]]]:
    found = await session.exec(
        select(Fact)
        .where(col(Fact.event_id) == event_id, col(Fact.withdrawn_at).is_(None))
        .order_by(col(Fact.id))
    )
    facts = found.all()
    groups = [(kind, [fact for fact in facts if fact.kind is kind]) for kind in FactKind]
    return [(texts.FACT_HEADINGS[kind], group) for kind, group in groups if group]


async def _previews(session: AsyncSession, briefings: Sequence[Briefing]) -> list[Preview]:
    """The texts of the newest version that was not withdrawn."""
    current = next((b for b in briefings if b.status is not BriefingStatus.WITHDRAWN), None)
    if current is None:
        return []
    found = await session.exec(
        select(BriefingText)
        .where(col(BriefingText.briefing_id) == current.id)
        .order_by(col(BriefingText.id))
    )
    return [_preview(text) for text in found.all()]


def _preview(text: BriefingText) -> Preview:
    body = fill_page(
        text.html,
        page=texts.PREVIEW_LINK,
        signal=texts.PREVIEW_LINK,
        internal_contact=texts.PREVIEW_CONTACT,
    )
    return Preview(
        audience=texts.AUDIENCES[text.audience],
        subject=text.subject,
        body=Markup(body),  # noqa: S704  (rendered by us with everything escaped)
        words=text.words,
        remarks=len(text.remarks),
    )


async def _told(session: AsyncSession, event_id: int, actor: Actor) -> Told | None:
    found = await session.exec(select(Signal).where(col(Signal.event_id) == event_id))
    everything = seen_by(actor, found.all())
    signals = tensions(everything)
    if not signals:
        return None
    summary = summarise(everything)
    kinds = [(SignalKind(kind), s.organisation_id) for s in signals for kind in s.kinds]
    return Told(
        organisations=total_shown(signals),
        still_open=shown_count(summary.still_open),
        kinds=count_by([(signal_texts.ALL_KINDS[kind], who) for kind, who in kinds]),
        severities=count_by(
            [(signal_texts.severity_told(s.severity), s.organisation_id) for s in signals]
        ),
        domains=count_by([(signal_texts.DOMAINS[s.domain], s.organisation_id) for s in signals]),
    )


def count_by(pairs: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Per label the number of organisations, most first; under three it says *1-2*. Pure."""
    counts = Counter(label for label, _ in sorted(set(pairs)))
    return [
        (label, shown_count(count))
        for label, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
