"""Silence about a subject: for a week only what gets heavier than it was rings.

Kept is which event somebody muted, and until when; what that event is about is read from its
reports. A sister event is about the same when most of its reports share a kind of event under
one name or theme with it. The name of the place itself is no subject: another explosion in
the same city is news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from contacts.records import IllegalMove
from feeds.event_rules import EventRules, load_event_rules
from feeds.matching import words_of
from feeds.places import Proximity
from feeds.rows import Event, EventStatus, Item, Mute
from feeds.subjects import STEM, Subject, subject_of

MUTED_FOR = timedelta(days=7)
#: reports of the muted event that say what it is about
MOST = 30


@dataclass(frozen=True, slots=True)
class Silence:
    """A mute as alerting sees it: which event, at what severity, and what it is about."""

    event_id: int
    severity: int
    subjects: Sequence[Subject]


def is_about(subject: Subject, told: Iterable[Subject]) -> bool:
    """Whether a report is about what was told. What comes nearer is news again. Pure."""
    return any(
        not subject.keys.isdisjoint(one.keys) and (one.is_dutch or not subject.is_dutch)
        for one in told
    )


def holds(
    silence: Silence, event_id: int | None, severity: int, subjects: Sequence[Subject]
) -> bool:
    """Whether an event stays silent because of this mute. Pure."""
    if severity > silence.severity:
        return False
    if event_id == silence.event_id:
        return True
    alike = sum(is_about(subject, silence.subjects) for subject in subjects)
    return bool(subjects) and 2 * alike > len(subjects)


async def mute_subject(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> Mute:
    """Follow an event in silence for a week: it and its sisters ring only when heavier.

    :raises contacts.records.IllegalMove: it was decided already, so nothing would ring.
    """
    if event.status is not EventStatus.DETECTED:
        raise IllegalMove(f"event {event.id} is {event.status}")
    assert event.id is not None
    severity = max(event.alerted_severity, event.suggested_severity)
    mute = Mute(
        event_id=event.id, severity=severity, until=now + MUTED_FOR, muted_at=now,
        is_exercise=event.is_exercise,
    )  # fmt: skip
    event.snoozed_until = mute.until
    session.add_all([mute, event])
    write_journal(
        session, who=who, action="event_muted", subject=f"event:{event.id}",
        detail={"days": MUTED_FOR.days, "severity": severity}, now=now,
    )  # fmt: skip
    await session.flush()
    return mute


async def lift_mutes(session: AsyncSession, event: Event, *, now: datetime) -> None:
    """Somebody asked to hear of it again at another moment."""
    found = await session.exec(
        select(Mute).where(col(Mute.event_id) == event.id, col(Mute.until) > now)
    )
    for mute in found.all():
        mute.until = now
        session.add(mute)
    await session.flush()


async def silences(session: AsyncSession, *, is_exercise: bool, now: datetime) -> list[Silence]:
    """The mutes that hold now. One of an event that was confirmed after all is over."""
    found = await session.exec(
        select(Mute, Event)
        .join(Event, col(Event.id) == col(Mute.event_id))
        .where(
            col(Mute.until) > now,
            col(Mute.is_exercise).is_(is_exercise),
            col(Event.status).in_([EventStatus.DETECTED, EventStatus.DISMISSED]),
        )
        .order_by(col(Mute.id))
    )
    rules = load_event_rules()
    return [
        Silence(mute.event_id, mute.severity, await _subjects(session, event, rules))
        for mute, event in found.all()
    ]


async def is_silent(session: AsyncSession, event: Event, muted: Collection[Silence]) -> bool:
    """Whether one of these mutes keeps an event from ringing."""
    if not muted:
        return False
    subjects = await _subjects(session, event, load_event_rules())
    return any(holds(silence, event.id, event.suggested_severity, subjects) for silence in muted)


async def was_muted(session: AsyncSession, event: Event) -> bool:
    """Whether the end of its silence is the end of a mute, at which nothing rings."""
    found = await session.exec(
        select(Mute.id).where(
            col(Mute.event_id) == event.id, col(Mute.until) == event.snoozed_until
        )
    )
    return found.first() is not None


async def _subjects(session: AsyncSession, event: Event, rules: EventRules) -> list[Subject]:
    found = await session.exec(
        select(Item)
        .where(
            col(Item.event_id) == event.id,
            col(Item.severity) > 0,
            col(Item.is_roundup).is_(False),
        )
        .order_by(col(Item.id))
        .limit(MOST)
    )
    return [_subject(item, rules) for item in found.all()]


def _subject(item: Item, rules: EventRules) -> Subject:
    """What a report is about, its place left out."""
    is_dutch = Proximity(item.proximity).is_dutch
    found = subject_of(item.title, item.types, item.themes, rules, is_dutch=is_dutch)
    places = {word.key[:STEM] for word in words_of(item.place or "")}
    kept = frozenset(key for key in found.keys if key.partition(":")[2] not in places)
    return Subject(found.names, kept, found.groups, found.aftermath, found.is_dutch)
