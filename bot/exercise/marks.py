"""When things happened in an exercise, read from the rows that the product itself writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.alerted import rung_of
from bot.exercise.pace import minute_at
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scoring import Card, score
from bot.exercise.scripts import Action, script_of
from briefings.rows import Briefing
from contacts.journal import JournalEntry
from contacts.outbox import (
    Acknowledgement,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
)
from feeds.rows import Event, EventStatus, Item, Origin, Source
from signals.rows import Signal

Marks = dict[Action, Sequence[datetime]]

SENDINGS = {
    MessageKind.BRIEFING: Action.SENT,
    MessageKind.UPDATE: Action.UPDATED,
    MessageKind.CORRECTION: Action.CORRECTED,
}


async def event_of(session: AsyncSession, exercise: Exercise) -> Event | None:
    """The event that this exercise is about: the one that was confirmed, else the first one.

    It came from the exercise's own news, or somebody started it by hand since the beginning.
    """
    if exercise.event_id is not None:
        return await session.get(Event, exercise.event_id)
    from_news = (
        select(Item.event_id)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Source.scene) == exercise.id, col(Item.event_id).is_not(None))
    )
    by_hand = col(Event.origin) == Origin.MANUAL
    found = await session.exec(
        select(Event)
        .where(
            col(Event.is_exercise).is_(True),
            col(Event.detected_at) >= exercise.started_at,
            col(Event.merged_into_id).is_(None),
            col(Event.id).in_(from_news) | by_hand,
        )
        .order_by(col(Event.confirmed_at).is_(None), col(Event.id))
    )
    return found.first()


async def marks_of(session: AsyncSession, event: Event | None) -> Marks:
    """Every moment of every action in this event, UTC."""
    if event is None:
        return {}
    marks: Marks = {
        Action.CONFIRMED: _some(event.confirmed_at),
        Action.CLOSED: _some(event.closed_at),
        **await _versions(session, event),
        **await _sendings(session, event),
        **await _answers(session, event),
    }
    if event.status is EventStatus.DISMISSED:
        marks[Action.DISMISSED] = await _dismissed(session, event)
    return marks


async def card_of(session: AsyncSession, exercise: Exercise, *, now: datetime) -> Card:
    """The card as it stands, in minutes of the exercise."""
    event = await event_of(session, exercise)
    until = exercise.ended_at or now
    marks = await marks_of(session, event)
    card = score(
        script_of(exercise.script),
        {what: [minute_at(exercise, at) for at in moments] for what, moments in marks.items()},
        injected=exercise.injected,
        minute=minute_at(exercise, until),
        is_over=exercise.status is not ExerciseStatus.RUNNING,
        severity=event.severity if event is not None else None,
    )
    return replace(card, alerted=await rung_of(session, exercise, event))


async def _versions(session: AsyncSession, event: Event) -> Marks:
    found = await session.exec(
        select(Briefing.submitted_at, Briefing.approved_at).where(
            col(Briefing.event_id) == event.id
        )
    )
    rows = found.all()
    return {
        Action.SUBMITTED: [at for at, _ in rows if at is not None],
        Action.APPROVED: [at for _, at in rows if at is not None],
    }


async def _sendings(session: AsyncSession, event: Event) -> Marks:
    """When the first of each kind arrived somewhere."""
    found = await session.exec(
        select(Message.kind, func.min(Delivery.done_at))
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Message.event_id) == event.id,
            col(Message.kind).in_(list(SENDINGS)),
            col(Delivery.status) == DeliveryStatus.SENT,
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .group_by(col(Message.kind), col(Message.id))
    )
    marks: dict[Action, list[datetime]] = {}
    for kind, at in found.all():
        if at is not None:
            marks.setdefault(SENDINGS[MessageKind(kind)], []).append(at)
    return dict(marks)


async def _answers(session: AsyncSession, event: Event) -> Marks:
    read = await session.exec(
        select(Acknowledgement.at).where(col(Acknowledgement.event_id) == event.id)
    )
    told = await session.exec(
        select(Signal.received_at, Signal.closed_at).where(col(Signal.event_id) == event.id)
    )
    signals = told.all()
    return {
        Action.READ: list(read.all()),
        Action.TOLD: [received for received, _ in signals],
        Action.ANSWERED: [closed for _, closed in signals if closed is not None],
    }


async def _dismissed(session: AsyncSession, event: Event) -> Sequence[datetime]:
    """The journal is the only place that knows when."""
    found = await session.exec(
        select(JournalEntry.at).where(
            col(JournalEntry.subject) == f"event:{event.id}",
            col(JournalEntry.action) == "event_dismissed",
        )
    )
    return list(found.all())


def _some(moment: datetime | None) -> Sequence[datetime]:
    return [] if moment is None else [moment]
