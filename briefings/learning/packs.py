"""The quarterly pack: what the maatschappelijk overleg learns from together, four times a year.

Made from the rows while they are there; ``freezing.py`` keeps it when its quarter ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.lessons import changed_a_text
from briefings.learning.pace import read_moments, work_time
from briefings.learning.polls import ANSWERS
from briefings.learning.reached import read_reached, summed
from briefings.learning.rows import Lesson, LessonStatus, PollCount, Question
from briefings.moments import local_date
from briefings.rows import FactBlock
from briefings.versions import SENT, first_texts, versions_of
from contacts.directory import ChannelKind, Tally
from contacts.gap_counts import kinds_of_standing
from contacts.gaps import ENOUGH
from contacts.meeting import contacts_since
from contacts.neighbours import ALL_KINDS
from contacts.tally import counted_as
from feeds.balance import read_balance
from feeds.lexicon import mask_names
from feeds.rows import Event
from signals.contact_matrix import matrix_of
from signals.feedback import shown_count
from signals.help_counts import help_between
from signals.looking_back import Told, told_of
from signals.picture import Bar, total_of, weak_signals
from signals.picture_moments import closed, of_moments
from signals.promises import answer_parts
from signals.quarters import Quarter
from signals.rows import Signal, SignalCount

#: a server that was away longer than this does not know any more how the list stood then
KNOWS_THE_LIST = timedelta(days=7)
WEAK = ("1", "2")
LIGHT = "ernst"

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventFigures:
    """One event of the quarter. ``minutes``: first sight to last reader; None: never sent."""

    number: int
    name: str
    on: date
    minutes: int | None
    organisations: int
    reached: int
    in_time: int


async def read_figures(
    session: AsyncSession, quarter: Quarter, *, is_exercise: bool, now: datetime, live: bool = True,
    sends_by: frozenset[ChannelKind] = ALL_KINDS,
) -> Figures:  # fmt: skip
    """Everything in a pack, as plain values for JSON; every number is safe to show.

    :param sends_by: the kinds of channel that this installation has set up.
    :param live: False for who looks at a running quarter and may read no single signal.
    """
    until = min(quarter.end, now)
    signals = await _signals(session, quarter, is_exercise=is_exercise)
    counts = [] if is_exercise else await _counts(session, quarter)
    events = await _events(session, quarter, is_exercise=is_exercise)
    lessons = await session.exec(
        select(Lesson)
        .where(
            col(Lesson.is_exercise) == is_exercise,
            col(Lesson.made_at) <= until,
            or_(col(Lesson.settled_at).is_(None), col(Lesson.settled_at) >= quarter.begin),
        )
        .order_by(col(Lesson.due), col(Lesson.id))
    )
    return {
        "events": [_event_json(one) for one in events],
        "pace": pace_of(events),
        "reach": reach_of(events),
        "list": await _list(session, quarter, is_exercise=is_exercise, now=now, sends_by=sends_by),
        "weak": weak_of(
            signals if live else of_moments(weak_signals(signals), when=closed), counts
        ),
        "answers": answers_in_time(signals, folded=bool(counts), now=until),
        "meeting": await _meeting(session, quarter, is_exercise=is_exercise),
        "help": await _help(session, quarter, is_exercise=is_exercise),
        "referrals": await _referrals(session, quarter, is_exercise=is_exercise),
        "balance": await _balance(session, quarter, until, is_exercise=is_exercise),
        "lessons": lessons_json(lessons.all(), until=until),
        "poll": await _poll(session, [one.number for one in events]),
    }


async def _signals(
    session: AsyncSession, quarter: Quarter, *, is_exercise: bool
) -> Sequence[Signal]:
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.received_at) >= quarter.begin,
            col(Signal.received_at) < quarter.end,
            col(Signal.is_exercise) == is_exercise,
        )
        .order_by(col(Signal.id))
    )
    return found.all()


async def _counts(session: AsyncSession, quarter: Quarter) -> Sequence[SignalCount]:
    """Weeks that are counts already belong to the quarter of their Monday."""
    found = await session.exec(
        select(SignalCount).where(
            col(SignalCount.week) >= quarter.begins_on,
            col(SignalCount.week) < quarter.next.begins_on,
        )
    )
    return found.all()


def weak_of(signals: Sequence[Signal], counts: Iterable[SignalCount]) -> Figures:
    """The kwartaalbeeld: what was light and closed, read together. Pure.

    Of weeks that are counts by now, only how many light ones each domain had is known: two
    properties are never crossed. They add to the domains, not to the kinds.
    """
    light = [
        SignalCount(
            week=row.week, domain=row.domain, dimension="alle", value="",
            signals=row.signals, organisations=row.organisations,
        )
        for row in counts
        if row.dimension == LIGHT and row.value in WEAK
    ]  # fmt: skip
    told: Told = told_of(weak_signals(signals), light)
    return {
        "organisations": told.organisations,
        "domains": _bars_json(told.per_domain),
        "kinds": _bars_json(told.kinds),
        "districts": _bars_json(told.districts),
        "folded": told.folded,
        "is_empty": told.is_empty,
    }


def answers_in_time(signals: Sequence[Signal], *, folded: bool, now: datetime) -> Figures:
    """How many of the promised answers came in time. Pure. ``folded``: some are not known."""
    asked = [signal for signal in signals if signal.wants_feedback]
    parts = answer_parts(asked, now=now)
    return {
        "asked": total_of(parts),
        "in_time": shown_count(parts["in_time"]),
        "late": shown_count(parts["late"]),
        "folded": folded,
    }


def asked_shown(answers: Mapping[str, Any]) -> str:
    """How many answers were asked for, beside how many came in time. Pure.

    Packs that were frozen with an exact total give away what is left when that is one or two.
    """
    asked, in_time = str(answers["asked"]), str(answers["in_time"])
    if not (asked.isdigit() and in_time.isdigit()):
        return asked
    return total_of({"in_time": int(in_time), "left": int(asked) - int(in_time)})


async def _events(
    session: AsyncSession, quarter: Quarter, *, is_exercise: bool
) -> list[EventFigures]:
    found = await session.exec(
        select(Event, FactBlock.neutral_title)
        .outerjoin(FactBlock, col(FactBlock.event_id) == col(Event.id))
        .where(
            col(Event.is_exercise) == is_exercise,
            col(Event.merged_into_id).is_(None),
            col(Event.confirmed_at) >= quarter.begin,
            col(Event.confirmed_at) < quarter.end,
        )
        .order_by(col(Event.confirmed_at), col(Event.id))
    )
    return [await _figures_of(session, event, name) for event, name in found.all()]


async def _figures_of(session: AsyncSession, event: Event, name: str | None) -> EventFigures:
    assert event.id is not None
    assert event.confirmed_at is not None
    versions = await versions_of(session, event.id)
    sent = any(version.status in SENT for version in versions)
    took = work_time(await read_moments(session, event, versions)) if sent else None
    total = summed(await read_reached(session, first_texts(versions))) if sent else None
    return EventFigures(
        event.id,
        name or mask_names(event.title),
        local_date(event.confirmed_at),
        None if took is None else round(took.total_seconds() / 60),
        organisations=total.organisations if total else 0,
        reached=total.reached if total else 0,
        in_time=total.in_time if total else 0,
    )


def _event_json(one: EventFigures) -> Figures:
    return {
        "number": one.number, "name": one.name, "on": one.on.isoformat(), "minutes": one.minutes,
        "organisations": one.organisations, "reached": one.reached, "in_time": one.in_time,
    }  # fmt: skip


def pace_of(events: Iterable[EventFigures]) -> Figures:
    """The middle one of the times from first sight to last reader. Pure."""
    minutes = [one.minutes for one in events if one.minutes is not None]
    return {"n": len(minutes), "median_min": round(median(minutes)) if minutes else None}


def reach_of(events: Iterable[EventFigures]) -> Figures:
    """All first texts together: how many organisations had them on the day itself. Pure."""
    rows = list(events)
    return {
        name: sum(getattr(one, name) for one in rows)
        for name in ("organisations", "reached", "in_time")
    }


async def _list(
    session: AsyncSession, quarter: Quarter, *, is_exercise: bool, now: datetime,
    sends_by: frozenset[ChannelKind],
) -> Figures | None:  # fmt: skip
    """How the list of the city stands when the quarter ends; None when that is long ago."""
    if now - quarter.end > KNOWS_THE_LIST:
        return None
    kinds = await kinds_of_standing(
        session, timedelta(0), is_exercise=is_exercise, now=now, sends_by=sends_by
    )
    return {
        "organisations": sum(count for _, count in kinds),
        "two": sum(count for one, count in kinds if one.reachable >= ENOUGH),
        "reachable": sum(count for one, count in kinds if one.reachable),
    }


async def _meeting(session: AsyncSession, quarter: Quarter, *, is_exercise: bool) -> Figures:
    """The share of contacts with the municipality at one end; None where there are too few."""
    counts = await contacts_since(session, quarter.begins_on, is_exercise=is_exercise)
    until = quarter.next.begins_on
    return {"hub_share": matrix_of([one for one in counts if one.week < until]).hub_share}


async def _help(session: AsyncSession, quarter: Quarter, *, is_exercise: bool) -> list[list[Any]]:
    """Help that was asked, offered, taken up and given, per domain."""
    lines = await help_between(
        session, quarter.begins_on, quarter.next.begins_on, is_exercise=is_exercise
    )
    return [[line.label, list(line.shown)] for line in lines]


async def _referrals(session: AsyncSession, quarter: Quarter, *, is_exercise: bool) -> int:
    found = await session.exec(
        select(Tally.count).where(
            col(Tally.name) == counted_as("referral", is_exercise=is_exercise),
            col(Tally.day) >= quarter.begins_on,
            col(Tally.day) < quarter.next.begins_on,
        )
    )
    return sum(found.all())


async def _balance(
    session: AsyncSession, quarter: Quarter, until: datetime, *, is_exercise: bool
) -> list[Figures]:
    found = await read_balance(session, since=quarter.begin, until=until, is_exercise=is_exercise)
    return [
        {"form": form, "shown": one.shown, "confirmed": one.confirmed, "rejected": one.rejected,
         "false_alarms": one.false_alarms, "open": one.open, "by_hand": one.by_hand}
        for form, one in found.by_form.items()
    ]  # fmt: skip


def lessons_json(lessons: Iterable[Lesson], *, until: datetime) -> Figures:
    """Done in this quarter, and what was still open when it ended. Pure."""
    rows = list(lessons)
    done = [one for one in rows if one.status is LessonStatus.DONE and _settled_by(one, until)]
    waiting = [
        one for one in rows if one.status is LessonStatus.OPEN or not _settled_by(one, until)
    ]
    return {
        "done": [_lesson_json(one) for one in done],
        "open": [_lesson_json(one) | {"late": one.due < local_date(until)} for one in waiting],
        "changed": sum(changed_a_text(one) for one in done),
    }


def _settled_by(lesson: Lesson, until: datetime) -> bool:
    return lesson.settled_at is not None and lesson.settled_at <= until


def _lesson_json(lesson: Lesson) -> Figures:
    return {
        "change": lesson.change, "owner": lesson.owner, "due": lesson.due.isoformat(),
        "template": lesson.template, "then": lesson.version_then, "now": lesson.version_now,
    }  # fmt: skip


async def _poll(session: AsyncSession, events: Collection[int]) -> Figures:
    """How many answered the two questions about the events of this quarter."""
    found = await session.exec(
        select(PollCount.question, func.sum(PollCount.count))
        .where(col(PollCount.event_id).in_(events), col(PollCount.question).in_(ANSWERS))
        .group_by(col(PollCount.question))
    )
    return {Question(name).value: shown_count(int(count)) for name, count in found.all()}


def _bars_json(bars: Iterable[Bar]) -> list[list[Any]]:
    return [[bar.label, bar.shown, bar.width] for bar in bars]


def shown_bars(stored: Iterable[Sequence[Any]]) -> list[Bar]:
    """Bars of a frozen pack. Pure."""
    return [Bar(str(label), str(shown), float(width)) for label, shown, width in stored]
