"""The draft of a rondbrief: what was told, what came of it, what is new, and what is coming.

Counts are of organisations, and small ones stay as vague as they are everywhere. It names no
organisation and no event, and whoever edits it reads it first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning import digest_texts as texts
from briefings.learning.rows import Lesson, LessonStatus
from briefings.moments import day, local_date
from briefings.overleg.rows import Overleg, OverlegStatus
from briefings.rows import Briefing
from briefings.texts import MONTHS
from briefings.versions import SENT
from contacts.journal import JournalEntry
from feeds.kalender import Foreseen
from signals.feedback import shown_count
from signals.help_rows import HelpEntry, HelpKind, HelpStatus, HelpTopic
from signals.help_texts import TOPICS
from signals.looking_back import OUTCOME, Told, told_of
from signals.person_filter import screen
from signals.quarters import Month, Quarter
from signals.rows import Signal, SignalCount

Period = Quarter | Month
#: so far ahead the agenda looks, and so many lines of a kind it has at most
AHEAD = timedelta(days=92)
MOST = 8


@dataclass(frozen=True, slots=True)
class Data:
    """What a draft is made from. ``events``: those of which a text went out."""

    told: Told
    events: int = 0
    lessons: Sequence[str] = ()
    help_open: Mapping[tuple[HelpKind, HelpTopic], int] = field(default_factory=dict)
    help_done: int = 0
    meetings: Sequence[date] = ()
    moments: Sequence[Foreseen] = ()


def period_in_words(period: Period) -> str:
    """``januari tot en met maart 2026`` or ``augustus 2026``. Pure."""
    if isinstance(period, Month):
        return texts.MONTH.format(month=MONTHS[period.number - 1], year=period.year)
    first = period.begins_on.month
    return texts.QUARTER.format(first=MONTHS[first - 1], last=MONTHS[first + 1], year=period.year)


async def read_data(
    session: AsyncSession,
    period: Period,
    moments: Sequence[Foreseen],
    *,
    is_exercise: bool,
    now: datetime,
) -> Data:
    """Everything in this world that a draft says."""
    begin, end = period.begin, period.end
    events = await session.exec(
        select(func.count(func.distinct(col(Briefing.event_id)))).where(
            col(Briefing.is_exercise) == is_exercise,
            col(Briefing.status).in_(SENT),
            col(Briefing.distributed_at) >= begin, col(Briefing.distributed_at) < end,
        )
    )  # fmt: skip
    lessons = await session.exec(
        select(Lesson.change)
        .where(
            col(Lesson.is_exercise) == is_exercise, col(Lesson.status) == LessonStatus.DONE,
            col(Lesson.settled_at) >= begin, col(Lesson.settled_at) < end,
        )
        .order_by(col(Lesson.settled_at))
    )  # fmt: skip
    return Data(
        told=await _told(session, period, is_exercise=is_exercise),
        events=events.one(),
        lessons=lessons.all(),
        help_open=await _help_open(session, is_exercise=is_exercise),
        help_done=await _help_done(session, period, is_exercise=is_exercise),
        meetings=await _meetings(session, is_exercise=is_exercise, now=now),
        moments=moments,
    )


async def _told(session: AsyncSession, period: Period, *, is_exercise: bool) -> Told:
    signals = await session.exec(
        select(Signal).where(
            col(Signal.is_exercise) == is_exercise,
            col(Signal.received_at) >= period.begin,
            col(Signal.received_at) < period.end,
        )
    )
    weeks = await session.exec(
        select(SignalCount).where(
            col(SignalCount.week) >= local_date(period.begin),
            col(SignalCount.week) < local_date(period.end),
        )
    )
    return told_of(signals.all(), () if is_exercise else weeks.all())


async def _help_open(
    session: AsyncSession, *, is_exercise: bool
) -> Mapping[tuple[HelpKind, HelpTopic], int]:
    """Standing entries; what belongs to an event is for whoever got its texts."""
    found = await session.exec(
        select(HelpEntry.kind, HelpEntry.topic).where(
            col(HelpEntry.status) == HelpStatus.OPEN,
            col(HelpEntry.event_id).is_(None),
            col(HelpEntry.is_exercise) == is_exercise,
        )
    )
    return Counter((HelpKind(kind), HelpTopic(topic)) for kind, topic in found.all())


async def _help_done(session: AsyncSession, period: Period, *, is_exercise: bool) -> int:
    """From the journal: the entries themselves are gone after a month."""
    found = await session.exec(
        select(JournalEntry.detail).where(
            col(JournalEntry.action) == "help_ended",
            col(JournalEntry.at) >= period.begin,
            col(JournalEntry.at) < period.end,
        )
    )
    return sum(
        detail.get("to") == HelpStatus.DONE.value and detail.get("exercise", False) == is_exercise
        for detail in found.all()
    )


async def _meetings(session: AsyncSession, *, is_exercise: bool, now: datetime) -> list[date]:
    found = await session.exec(
        select(Overleg.starts_at)
        .where(
            col(Overleg.status) == OverlegStatus.PLANNED,
            col(Overleg.is_exercise) == is_exercise,
            col(Overleg.starts_at) > now,
            col(Overleg.starts_at) < now + AHEAD,
        )
        .order_by(col(Overleg.starts_at))
    )
    return [local_date(at) for at in found.all()]


def draft_of(period: Period, data: Data, allow: Collection[str]) -> str:
    """The draft: a paragraph a line, points with a dash. Pure."""
    lines = [
        texts.INTRO.format(period=period_in_words(period)),
        *_told_lines(data.told),
        *([texts.EVENTS.format(count=data.events)] if data.events else []),
        *_under(texts.LESSONS, [f"- {one.rstrip('.')}." for one in data.lessons]),
        *_under(texts.HELP, _help_lines(data.help_open)),
        *([texts.HELP_DONE.format(count=shown_count(data.help_done))] if data.help_done else []),
        *_under(texts.DATES, _date_lines(data, allow)),
        texts.LAST,
    ]
    return "\n".join(lines)


def _under(heading: str, points: Sequence[str]) -> list[str]:
    return [heading, *points[:MOST]] if points else []


def _told_lines(told: Told) -> list[str]:
    if told.is_empty:
        return [texts.NOTHING]
    came = told.values.get(OUTCOME, Counter())
    points = [
        texts.OUTCOME.format(what=said, count=shown_count(came[code.value]))
        for code, said in texts.DID.items()
        if came[code.value]
    ]
    return [texts.TOLD.format(count=told.organisations), *_under(texts.OUTCOMES, points)]


def _help_lines(entries: Mapping[tuple[HelpKind, HelpTopic], int]) -> list[str]:
    return [
        texts.HELP_LINE.format(
            kind=texts.KINDS[kind], topic=TOPICS[topic], count=shown_count(entries[kind, topic])
        )
        for kind in HelpKind
        for topic in HelpTopic
        if entries.get((kind, topic))
    ]


def _date_lines(data: Data, allow: Collection[str]) -> list[str]:
    """Days in order; a calendar of the city may name people, and then it is left out."""
    dated = [(on, texts.OVERLEG.format(day=day(on))) for on in data.meetings]
    dated += [
        (one.day, texts.MOMENT.format(day=day(one.day), name=one.name))
        for one in data.moments
        if one.name and not screen(one.name, allow).blocked
    ]
    return [line for _, line in sorted(dated)]
