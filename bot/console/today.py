"""*Vandaag*: what needs a person now, most urgent first, and what is running. No writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from bot.console.digest_needs import waiting_digests
from bot.console.error_needs import misled
from bot.console.needs import (
    Need,
    alerts,
    away,
    calls,
    drafts,
    halted,
    late_actions,
    late_answers,
    sick_feeds,
    title_of,
    unchecked_lines,
    unknown,
    unread,
    waiting_signals,
)
from bot.console.rota_needs import rota_needs
from bot.console.timetable import late_steps
from bot.evening.parts_said import said_parts
from briefings.rows import Briefing, BriefingStatus, FactBlock
from briefings.versions import SENT, newest_texts
from contacts.delivery_counts import DeliveryCounts, count_per
from contacts.outbox import (
    DISTRIBUTED,
    Acknowledgement,
    AcknowledgementKind,
    Message,
    MessageKind,
    MessageStatus,
)
from contacts.records import read_columns
from feeds.lexicon import mask_names
from feeds.rows import RUNNING, Event, EventStatus, Source, being_read

#: a source is out of date after this many of its own rounds without an answer
STALE_ROUNDS = 3
GONE_OUT = {*SENT, BriefingStatus.APPROVED}


@dataclass(frozen=True, slots=True)
class Running:
    """An event in progress: the newest version, the text that readers have, and the next promise.

    ``sent``: the newest text that went out; ``counts`` are messages of that text alone, and
    ``read`` and ``understood`` are about it too. ``parts``: as :func:`said_parts`.
    """

    event: Event
    title: str
    sent: Briefing | None
    counts: DeliveryCounts
    briefing: Briefing | None
    read: int
    understood: int
    next_update_at: datetime | None
    parts: str = ""
    #: the text that readers have was stopped before all of them had it
    is_halted: bool = False

    @property
    def total(self) -> int:
        """Everything that was to go out."""
        return self.counts.total


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


async def read_today(
    session: AsyncSession,
    config: Config,
    *,
    is_exercise: bool,
    now: datetime,
    sees: Callable[[Need], bool],
    reader: int | None = None,
) -> Today:
    """The first page of one world (exercise or real), as it stands.

    :param sees: whether the reader is concerned with this need.
    :param reader: the person, where some lines are told otherwise to whom they are about.
    """
    titles = await read_titles(session)
    found = await session.exec(
        select(Source).where(being_read(), col(Source.is_exercise) == is_exercise)
    )
    sources = found.all()
    waiting = await waiting_signals(session, is_exercise=is_exercise)
    patience = timedelta(minutes=config.alerts.escalate_after_min)
    groups = (
        await alerts(session, patience, now=now),
        await misled(session, titles),
        # Approved, and yet it does not go: nobody waits for anything but this decision.
        await halted(session, titles, now=now),
        await drafts(session, titles, config.briefings, reader=reader),
        await late_steps(session, config, titles, is_exercise=is_exercise, now=now),
        await unknown(session, titles),
        await calls(session, titles, now=now),
        late_answers(waiting, titles, now=now),
        unread(waiting, titles),
        await away(session, config.ticks, now=now),
        [] if is_exercise else unchecked_lines(config.briefings, now=now),
        await late_actions(session, is_exercise=is_exercise, now=now),
        await waiting_digests(session, is_exercise=is_exercise, reader=reader),
        await rota_needs(session, config, is_exercise=is_exercise, reader=reader, now=now),
        sick_feeds(sources, config.feeds.tell_after_failures, now=now),
    )
    return Today(
        needs=[
            need
            for group in groups
            for need in sorted(group, key=lambda n: n.due)
            if (need.is_everybodys or need.is_exercise == is_exercise) and sees(need)
        ],
        running=await _running(session, titles, is_exercise=is_exercise),
        feeds=count_feeds(sources, now=now),
    )


async def read_titles(
    session: AsyncSession, only: Collection[int | None] | None = None
) -> Mapping[int, str]:
    """What to call an event: its neutral title, else the masked title of the news.

    :param only: of these events, where no others are named.
    """
    if only is not None and not any(only):
        return {}
    events = sa.select(col(Event.id), col(Event.title)).where(
        col(Event.status).in_([EventStatus.DETECTED, *RUNNING, EventStatus.CLOSED])
    )
    blocks = sa.select(col(FactBlock.event_id), col(FactBlock.neutral_title))
    if only is not None:
        events = events.where(col(Event.id).in_(only))
        blocks = blocks.where(col(FactBlock.event_id).in_(only))
    titles = {ident: masked(title) for ident, title in await read_columns(session, events)}
    return titles | dict(await read_columns(session, blocks))


@lru_cache(maxsize=2048)
def masked(title: str) -> str:
    """``mask_names``, once per title: most pages ask for those of every event."""
    return mask_names(title)


def count_feeds(sources: Sequence[Source], *, now: datetime) -> Feeds:
    """Which sources answered within three of their own rounds. Pure."""
    return Feeds(
        fresh=sum(
            source.ok_at is not None
            and now - source.ok_at
            <= STALE_ROUNDS * timedelta(seconds=max(source.interval_s, source.poll_s))
            for source in sources
        ),
        total=len(sources),
        read_at=max((s.ok_at for s in sources if s.ok_at is not None), default=None),
    )


async def _running(
    session: AsyncSession, titles: Mapping[int, str], *, is_exercise: bool
) -> list[Running]:
    found = await session.exec(
        select(Event)
        .where(col(Event.status).in_(RUNNING), col(Event.is_exercise) == is_exercise)
        .order_by(col(Event.id).desc())
    )
    events = found.all()
    ids = [event.id for event in events if event.id is not None]
    # Everything at once: asking per event would make the first page slower with each of them.
    newest, out, behind = await _newest(session, ids)
    parts = [part.id for told in out.values() for part in told if part.id is not None]
    columns = (Message.id, Message.event_id, Message.kind, Message.status)
    asked = sa.select(*(col(one) for one in columns)).where(col(Message.briefing_id).in_(parts))
    found_messages = await read_columns(session, asked)
    messages = [(ident, of_event, kind) for ident, of_event, kind, _ in found_messages]
    halted = {one.event_id for one in found_messages if one.status is MessageStatus.HALTED}
    counts = await _count_per_event(session, ids, messages)
    said = await _acknowledged(session, messages)
    due = await session.exec(
        select(FactBlock.event_id, FactBlock.next_update_at).where(col(FactBlock.event_id).in_(ids))
    )
    updates = dict(due.all())
    return [
        Running(
            event=event,
            title=title_of(titles, event.id),
            sent=out[event.id or 0][-1] if out.get(event.id or 0) else None,
            counts=counts[event.id or 0],
            briefing=newest.get(event.id or 0),
            read=said.get((event.id, AcknowledgementKind.READ), 0),
            understood=said.get((event.id, AcknowledgementKind.UNDERSTOOD), 0),
            next_update_at=updates.get(event.id or 0),
            parts=behind.get(event.id or 0, ""),
            is_halted=event.id in halted,
        )
        for event in events
    ]


async def _count_per_event(
    session: AsyncSession,
    event_ids: Sequence[int],
    messages: Sequence[tuple[int, int, MessageKind]],
) -> Mapping[int, DeliveryCounts]:
    """Readers of these versions per event by how far it came; what was told back stands beside it,
    not in it. Versions of one text are never added: nobody could say what the sum counts."""
    event_of = {ident: event_id for ident, event_id, kind in messages if kind in DISTRIBUTED}
    found = await count_per(session, event_of)
    return {ident: found.get(ident, DeliveryCounts()) for ident in event_ids}


async def _newest(
    session: AsyncSession, event_ids: Sequence[int]
) -> tuple[Mapping[int, Briefing], Mapping[int, Sequence[Briefing]], Mapping[int, str]]:
    """Of each event the newest version that was not withdrawn, the newest text that went out or
    waits for its moment, with its parts, and how many of those are approved."""
    found = await session.exec(
        select(Briefing)
        .where(
            col(Briefing.event_id).in_(event_ids),
            col(Briefing.status) != BriefingStatus.WITHDRAWN,
        )
        .order_by(col(Briefing.version))
    )
    versions: dict[int, list[Briefing]] = {}
    for briefing in found.all():
        versions.setdefault(briefing.event_id, []).append(briefing)
    return (
        {ident: of_event[-1] for ident, of_event in versions.items()},
        {ident: newest_texts(of_event, GONE_OUT) for ident, of_event in versions.items()},
        {ident: said_parts(of_event) for ident, of_event in versions.items()},
    )


async def _acknowledged(
    session: AsyncSession, messages: Sequence[tuple[int, int, MessageKind]]
) -> Mapping[tuple[int | None, AcknowledgementKind], int]:
    event_of = {ident: event_id for ident, event_id, _ in messages}
    # Per message, which its index answers: with their event each answer was looked at.
    found = await read_columns(
        session, sa.select(col(Acknowledgement.message_id), col(Acknowledgement.kind), func.count())
        .where(col(Acknowledgement.message_id).in_(list(event_of)))
        .group_by(col(Acknowledgement.message_id), col(Acknowledgement.kind)),
    )  # fmt: skip
    said: Counter[tuple[int | None, AcknowledgementKind]] = Counter()
    for message_id, kind, count in found:
        said[event_of[message_id], AcknowledgementKind(kind)] += count
    return said


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
