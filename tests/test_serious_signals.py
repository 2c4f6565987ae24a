"""A grave signal is told at once, without a word of it; many are one message."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.serious_signals import FRESH, PAUSE, tell_serious
from contacts.directory import Role
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import Message
from contacts.records import Database
from tests.outbox_world import a_person
from tests.test_promises import SEALER, a_signal

NOTE = "Twee groepen dagen elkaar uit."


async def told(db: Database, at: datetime, *severities: int) -> list[str]:
    """What was newly said after these signals came in at this moment."""
    async with db.begin() as session:
        before = len((await session.exec(select(Message.id))).all())
        for severity in severities:
            session.add(a_signal(severity=severity, received_at=at, note_sealed=SEALER.seal(NOTE)))
        await session.flush()
        await tell_serious(session, now=at)
        found = await session.exec(select(Message).order_by(col(Message.id)))
        return [str(one.content["telegram"]["text"]) for one in found.all()][before:]


async def test_a_grave_signal_is_told_once_and_its_words_stay_where_they_are(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="41", role=Role.COORDINATOR)
    assert await told(db, now, 1, 2) == []
    [line] = await told(db, now, 3)
    assert "ernst 3" in line
    assert "/signalen" in line
    assert NOTE not in line
    async with db.read() as session:
        assert (await session.exec(select(Message.severity))).one() == URGENT_SEVERITY
    assert await told(db, now + PAUSE * 2) == []


async def test_more_at_once_are_one_message_and_a_graver_one_does_not_wait(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="41", role=Role.COORDINATOR)
    [line] = await told(db, now, 3, 3)
    assert "2 nieuwe signalen" in line
    soon = now + timedelta(minutes=1)
    assert await told(db, soon, 3) == []
    [graver] = await told(db, soon, 4)
    assert "ernst 4" in graver
    assert "2 nieuwe signalen" in graver


async def test_what_nobody_could_be_told_of_comes_again_and_old_ones_do_not(
    db: Database, now: datetime
) -> None:
    assert await told(db, now, 3) == []
    async with db.begin() as session:
        await a_person(session, now, chat="41", role=Role.COORDINATOR)
    assert len(await told(db, now + timedelta(minutes=1))) == 1
    async with db.begin() as session:
        session.add(a_signal(severity=4, received_at=now - FRESH * 2))
    assert await told(db, now + PAUSE * 2) == []
