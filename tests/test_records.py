"""Guarded moves: one winner, one journal entry, nothing outside the table."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select, text

from bot.rows import IncomingMail
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database, IllegalMove, StaleMove, move
from feeds.rows import EVENT_MOVES, Event, EventStatus, Origin


def an_event(now: datetime) -> Event:
    return Event(title="Gebeurtenis", type="algemeen", origin=Origin.MANUAL, detected_at=now)


async def test_a_move_outside_the_table_is_refused(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        event = an_event(now)
        session.add(event)
        await session.flush()
        with pytest.raises(IllegalMove):
            await move(
                session, EVENT_MOVES, event, EventStatus.CLOSED, who=SYSTEM, action="x", now=now
            )


async def test_five_racing_moves_have_one_winner_and_one_journal_entry(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        event = an_event(now)
        session.add(event)
        await session.flush()
        event_id = event.id
    held = []
    for _ in range(5):
        async with db.read() as session:
            held.append(await session.get_one(Event, event_id))

    async def race(mine: Event) -> bool:
        try:
            async with db.begin() as session:
                await move(
                    session,
                    EVENT_MOVES,
                    await session.merge(mine, load=False),
                    EventStatus.CONFIRMED,
                    who=SYSTEM,
                    action="event_confirmed",
                    now=now,
                )
        except StaleMove:
            return False
        return True

    assert sum(await asyncio.gather(*map(race, held))) == 1
    async with db.read() as session:
        entries = (await session.exec(select(JournalEntry))).all()
    assert [entry.detail for entry in entries] == [{"from": "detected", "to": "confirmed"}]


async def test_times_come_back_aware(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        session.add(an_event(now))
    async with db.read() as session:
        assert (await session.exec(select(Event))).one().detected_at == now


async def test_an_error_of_the_store_names_no_values(db: Database, now: datetime) -> None:
    for kind in ("reply", "Sander de Vries"):
        mail = IncomingMail(message_id="<1@x>", kind=kind, received_at=now)
        try:
            async with db.begin() as session:
                session.add(mail)
        except IntegrityError as error:
            shown = str(error)
    assert "incoming_mail" in shown
    assert "Sander" not in shown


async def test_a_failed_look_shows_no_values_either(db: Database) -> None:
    statement = text("SELECT :name FROM nowhere").bindparams(name="Sander")
    for opened in (db.begin, db.read):
        with pytest.raises(DBAPIError) as caught:
            async with opened() as session:
                await (await session.connection()).execute(statement)
        assert "Sander" not in str(caught.value)
