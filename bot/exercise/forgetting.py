"""What an exercise leaves behind goes after a month; its score card, which names nobody, stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.rows import Exercise, ExerciseStatus, Seat
from bot.rows import LiveMessage
from briefings.overleg.rows import (
    Agreement,
    Overleg,
    OverlegInvitation,
    OverlegPresence,
    OverlegReply,
)
from briefings.rows import Briefing, BriefingText, OwnWording, Translation
from contacts.calling import CallItem
from contacts.directory import AccessLink
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Acknowledgement, Delivery, Message
from feeds.rows import Event, Item, ItemMeaning, ItemTitle, Source
from signals.rows import Signal, SignalReading

KEEP_EXERCISE = timedelta(days=30)


async def forget_exercises(session: AsyncSession, *, now: datetime) -> int:
    """Delete the rows of exercises that were over a month ago; returns how many events went."""
    edge = now - KEEP_EXERCISE
    running = select(Exercise.id).where(col(Exercise.status) == ExerciseStatus.RUNNING)
    if (await session.exec(running)).first() is not None:
        return 0  # an exercise may play the past again
    await _forget_seats(session, edge)
    events = await _ids(session, Event, col(Event.detected_at) <= edge)
    signals = await _ids(session, Signal, col(Signal.received_at) <= edge)
    messages = await _ids(session, Message, col(Message.created_at) <= edge)
    if not (events or signals or messages):
        return 0
    await _forget_messages(session, messages)
    await _drop(session, SignalReading, SignalReading.signal_id, signals)
    await _drop(session, Signal, Signal.id, signals)
    await _forget_events(session, events)
    await _forget_sources(session, edge)
    write_journal(
        session, who=SYSTEM, action="exercise_data_dropped", subject="event",
        detail={"events": len(events), "signals": len(signals), "messages": len(messages)},
        now=now,
    )  # fmt: skip
    return len(events)


async def _forget_seats(session: AsyncSession, edge: datetime) -> None:
    """Who was asked; whom they played goes with everybody who left a month ago."""
    over = select(Exercise.id).where(col(Exercise.ended_at) <= edge)
    await session.exec(delete(Seat).where(col(Seat.exercise_id).in_(over)))


async def _ids(session: AsyncSession, table: Any, old: Any) -> list[int]:
    found = await session.exec(select(table.id).where(col(table.is_exercise), old))
    return list(found.all())


async def _forget_messages(session: AsyncSession, messages: Sequence[int]) -> None:
    found = await session.exec(select(Delivery.id).where(col(Delivery.message_id).in_(messages)))
    deliveries = [ident for ident in found.all() if ident is not None]
    await _drop(session, Acknowledgement, Acknowledgement.delivery_id, deliveries)
    await _drop(session, LiveMessage, LiveMessage.delivery_id, deliveries)
    await _drop(session, AccessLink, AccessLink.delivery_id, deliveries)
    await _drop(session, CallItem, CallItem.message_id, messages)
    await _drop(session, OverlegInvitation, OverlegInvitation.message_id, messages)
    await _drop(session, Delivery, Delivery.id, deliveries)
    await _drop(session, Message, Message.id, messages)


async def _forget_events(session: AsyncSession, events: Sequence[int]) -> None:
    """Children first; the score card forgets which event it was about."""
    found = await session.exec(select(Briefing.id).where(col(Briefing.event_id).in_(events)))
    briefings = [ident for ident in found.all() if ident is not None]
    await _drop(session, BriefingText, BriefingText.briefing_id, briefings)
    await _drop(session, Translation, Translation.briefing_id, briefings)
    await _drop(session, OwnWording, OwnWording.briefing_id, briefings)
    await session.exec(
        update(Briefing).where(col(Briefing.id).in_(briefings)).values(correction_of_id=None)
    )
    await session.exec(
        update(Exercise).where(col(Exercise.event_id).in_(events)).values(event_id=None)
    )
    await _forget_meetings(session, events)
    await _drop_items(session, col(Item.event_id).in_(events))
    # Children before parents; a table that comes later is forgotten without a word here.
    for table in reversed(SQLModel.metadata.sorted_tables):
        if "event_id" in table.columns and table.name != Exercise.__tablename__:
            await _drop(session, table, table.columns["event_id"], events)
    await session.exec(update(Event).where(col(Event.id).in_(events)).values(merged_into_id=None))
    await _drop(session, Event, Event.id, events)


async def _forget_meetings(session: AsyncSession, events: Sequence[int]) -> None:
    """What hangs on meetings because of these events; they go with their event."""
    found = await session.exec(select(Overleg.id).where(col(Overleg.event_id).in_(events)))
    meetings = [ident for ident in found.all() if ident is not None]
    for beside in (OverlegInvitation, OverlegPresence, OverlegReply, Agreement):
        await _drop(session, beside, beside.overleg_id, meetings)


async def _forget_sources(session: AsyncSession, edge: datetime) -> None:
    """The outlets that an exercise made for itself."""
    over = select(Exercise.id).where(col(Exercise.ended_at) <= edge)
    found = await session.exec(
        select(Source.id).where(col(Source.is_exercise), col(Source.scene).in_(over))
    )
    sources = [ident for ident in found.all() if ident is not None]
    await _drop_items(session, col(Item.source_id).in_(sources))
    await _drop(session, Source, Source.id, sources)


async def _drop_items(session: AsyncSession, which: Any) -> None:
    items = select(Item.id).where(or_(which))
    for beside in (ItemTitle, ItemMeaning):
        await session.exec(
            delete(beside)
            .where(col(beside.item_id).in_(items))
            .execution_options(synchronize_session=False)
        )
    await session.exec(delete(Item).where(which).execution_options(synchronize_session=False))


async def _drop(session: AsyncSession, table: Any, key: Any, ids: Sequence[int]) -> None:
    """Delete the rows with these keys, a part at a time: a statement takes so many numbers."""
    for begin in range(0, len(ids), 500):
        await session.exec(
            delete(table)
            .where(col(key).in_(ids[begin : begin + 500]))
            .execution_options(synchronize_session=False)
        )
