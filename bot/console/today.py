"""*Vandaag*: what needs a person now, most urgent first, and what is running. No writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from bot.console import texts
from bot.console.health import Beat, read_beats
from briefings.rows import Briefing, BriefingStatus, FactBlock
from contacts.arrival import DeliveryCounts, count_deliveries
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    ChannelPause,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.texts import CHANNELS, REASONS
from feeds.lexicon import mask_names
from feeds.rows import Event, EventStatus, Source
from feeds.texts import FAULTS
from signals.feedback import open_signals
from signals.rows import Signal

RUNNING = (EventStatus.CONFIRMED, EventStatus.REOPENED)
WAITING = (BriefingStatus.DRAFT, BriefingStatus.SUBMITTED)
#: a source is out of date after this many of its own rounds without an answer
STALE_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a person must do. ``due`` orders things of one kind; ``by`` says what
    that moment is: a deadline, or since when."""

    what: str
    detail: str
    by: str
    due: datetime
    event_id: int | None = None
    is_exercise: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """An event in progress: the newest version, what went out, and the next promise."""

    event: Event
    title: str
    counts: DeliveryCounts
    briefing: Briefing | None
    read: int
    understood: int
    next_update_at: datetime | None

    @property
    def total(self) -> int:
        """Everything that was to go out."""
        counts = self.counts
        return counts.planned + counts.sending + counts.sent + counts.failed + counts.unknown


@dataclass(frozen=True, slots=True)
class Feeds:
    """How many public sources are up to date, and when the last one was read."""

    fresh: int
    total: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Today:
    """Everything on the first page."""

    needs: Sequence[Need]
    running: Sequence[Running]
    feeds: Feeds


async def read_today(session: AsyncSession, config: Config, *, now: datetime) -> Today:
    """The first page, as it stands."""
    titles = await read_titles(session)
    found = await session.exec(select(Source).where(col(Source.is_paused).is_(False)))
    sources = found.all()
    waiting = [
        signal
        for is_exercise in (False, True)
        for signal in await open_signals(session, is_exercise=is_exercise)
    ]
    patience = timedelta(minutes=config.alerts.escalate_after_min)
    groups = (
        await _alerts(session, patience, now=now),
        await _drafts(session, titles),
        await _unknown(session, titles),
        late_answers(waiting, titles, now=now),
        await _halted(session, titles),
        await _pauses(session, now=now),
        standing_still(await read_beats(session, config.ticks, now=now)),
        sick_feeds(sources, config.feeds.tell_after_failures, now=now),
    )
    return Today(
        needs=[need for group in groups for need in sorted(group, key=lambda n: n.due)],
        running=await _running(session, titles),
        feeds=count_feeds(sources, now=now),
    )


async def read_titles(session: AsyncSession) -> Mapping[int, str]:
    """What to call an event: its neutral title, else the masked title of the news."""
    events = await session.exec(
        select(Event.id, Event.title).where(
            col(Event.status).in_([EventStatus.DETECTED, *RUNNING, EventStatus.CLOSED])
        )
    )
    blocks = await session.exec(select(FactBlock.event_id, FactBlock.neutral_title))
    titles = {ident: mask_names(title) for ident, title in events.all() if ident is not None}
    return titles | dict(blocks.all())


async def _alerts(session: AsyncSession, patience: timedelta, *, now: datetime) -> list[Need]:
    found = await session.exec(
        select(Event).where(
            col(Event.status) == EventStatus.DETECTED, col(Event.alerted_at).is_not(None)
        )
    )
    return [
        Need(
            what=texts.NEED_ALERT.format(title=mask_names(event.title)),
            detail=texts.NEED_ALERT_DETAIL.format(severity=event.suggested_severity),
            by=texts.DECIDE_BY,
            due=event.alerted_at + patience,
            event_id=event.id,
            is_exercise=event.is_exercise,
        )
        for event in found.all()
        if event.alerted_at is not None
        and (event.snoozed_until is None or event.snoozed_until <= now)
    ]


async def _drafts(session: AsyncSession, titles: Mapping[int, str]) -> list[Need]:
    found = await session.exec(
        select(Briefing, Event)
        .join(Event, col(Event.id) == col(Briefing.event_id))
        .where(col(Briefing.status).in_(WAITING), col(Event.status).in_(RUNNING))
    )
    return [
        Need(
            what=texts.NEED_DRAFT[briefing.status].format(title=_title(titles, event.id)),
            detail=texts.BRIEFING_KINDS[briefing.kind],
            by=texts.SEND_BY if event.send_before else texts.SINCE,
            due=event.send_before or briefing.edited_at,
            event_id=event.id,
            is_exercise=event.is_exercise,
        )
        for briefing, event in found.all()
    ]


async def _unknown(session: AsyncSession, titles: Mapping[int, str]) -> list[Need]:
    found = await session.exec(
        select(Message.event_id, Message.is_exercise, func.count(), func.min(Delivery.planned_at))
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Delivery.status) == DeliveryStatus.UNKNOWN, col(Delivery.act) == DeliveryAct.SEND
        )
        .group_by(col(Message.event_id), col(Message.is_exercise))
    )
    return [
        Need(
            what=counted(texts.NEED_UNKNOWN, count),
            detail=_title(titles, event_id),
            by=texts.SINCE,
            due=since,
            event_id=event_id,
            is_exercise=is_exercise,
        )
        for event_id, is_exercise, count, since in found.all()
    ]


def late_answers(
    waiting: Iterable[Signal], titles: Mapping[int, str], *, now: datetime
) -> list[Need]:
    """Promises of an answer that are over, per event. Pure."""
    late = [s for s in waiting if s.wants_feedback and s.answer_due_at < now]
    groups: dict[tuple[int | None, bool], list[Signal]] = {}
    for signal in late:
        groups.setdefault((signal.event_id, signal.is_exercise), []).append(signal)
    return [
        Need(
            what=counted(texts.NEED_ANSWER, len(group)),
            detail=_title(titles, event_id),
            by=texts.PROMISED_BY,
            due=min(signal.answer_due_at for signal in group),
            event_id=event_id,
            is_exercise=is_exercise,
        )
        for (event_id, is_exercise), group in groups.items()
    ]


async def _halted(session: AsyncSession, titles: Mapping[int, str]) -> list[Need]:
    found = await session.exec(select(Message).where(col(Message.status) == MessageStatus.HALTED))
    return [
        Need(
            what=texts.NEED_HALTED.format(kind=texts.MESSAGE_KINDS[message.kind]),
            detail=_title(titles, message.event_id),
            by=texts.SINCE,
            due=message.send_at,
            event_id=message.event_id,
            is_exercise=message.is_exercise,
        )
        for message in found.all()
    ]


async def _pauses(session: AsyncSession, *, now: datetime) -> list[Need]:
    found = await session.exec(select(ChannelPause).where(col(ChannelPause.until) > now))
    return [
        Need(
            what=texts.NEED_PAUSE.format(channel=CHANNELS[pause.kind]),
            detail=REASONS.get(pause.reason, texts.NEED_PAUSE_DETAIL),
            by=texts.SINCE,
            due=pause.since,
        )
        for pause in found.all()
    ]


def standing_still(beats: Iterable[Beat]) -> list[Need]:
    """Parts of the machine that are late. Pure."""
    return [
        Need(
            what=texts.NEED_STILL.format(part=texts.PARTS.get(beat.name, beat.name)),
            detail=texts.NEED_STILL_DETAIL,
            by=texts.SINCE,
            due=beat.at,
        )
        for beat in beats
        if beat.is_late
    ]


def sick_feeds(sources: Iterable[Source], after: int, *, now: datetime) -> list[Need]:
    """Sources that failed ``after`` times or more. Pure."""
    return [
        Need(
            what=texts.NEED_FEED.format(name=source.name),
            detail=FAULTS.get(source.error or "", FAULTS["unknown"]),
            by=texts.SINCE,
            due=source.ok_at or source.polled_at or now,
            is_exercise=source.is_exercise,
        )
        for source in sources
        if source.failures >= after
    ]


def count_feeds(sources: Sequence[Source], *, now: datetime) -> Feeds:
    """Which sources answered within three of their own rounds. Pure."""
    return Feeds(
        fresh=sum(
            source.ok_at is not None
            and now - source.ok_at <= STALE_ROUNDS * timedelta(seconds=source.interval_s)
            for source in sources
        ),
        total=len(sources),
        read_at=max((s.ok_at for s in sources if s.ok_at is not None), default=None),
    )


async def _running(session: AsyncSession, titles: Mapping[int, str]) -> list[Running]:
    found = await session.exec(
        select(Event).where(col(Event.status).in_(RUNNING)).order_by(col(Event.id).desc())
    )
    return [await _running_one(session, event, titles) for event in found.all()]


async def _running_one(session: AsyncSession, event: Event, titles: Mapping[int, str]) -> Running:
    block = await session.exec(
        select(FactBlock.next_update_at).where(col(FactBlock.event_id) == event.id)
    )
    newest = await session.exec(
        select(Briefing)
        .where(
            col(Briefing.event_id) == event.id,
            col(Briefing.status) != BriefingStatus.WITHDRAWN,
        )
        .order_by(col(Briefing.version).desc())
        .limit(1)
    )
    said = await count_acknowledgements(session, event.id)
    return Running(
        event=event,
        title=_title(titles, event.id),
        counts=await count_deliveries(session, event_id=event.id),
        briefing=newest.first(),
        read=said.get(AcknowledgementKind.READ, 0),
        understood=said.get(AcknowledgementKind.UNDERSTOOD, 0),
        next_update_at=block.first(),
    )


async def count_acknowledgements(
    session: AsyncSession, event_id: int | None
) -> dict[AcknowledgementKind, int]:
    """How many deliveries were answered with *gelezen* and with *begrepen*."""
    found = await session.exec(
        select(Acknowledgement.kind, func.count())
        .where(col(Acknowledgement.event_id) == event_id)
        .group_by(col(Acknowledgement.kind))
    )
    return {AcknowledgementKind(kind): count for kind, count in found.all()}


def counted(forms: tuple[str, str], count: int) -> str:
    """The form for one, or the form for more with the number. Pure."""
    return forms[0] if count == 1 else forms[1].format(count=count)


def _title(titles: Mapping[int, str], event_id: int | None) -> str:
    return texts.NO_EVENT if event_id is None else titles.get(event_id, texts.NO_EVENT)
