"""What nobody could hear is not told yet: it is told as soon as somebody can be reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.rows import Heartbeat
from bot.watching import tell_trouble
from contacts.calling import CallItem
from contacts.directory import ChannelKind, Person, Role
from contacts.escalation import escalate_due
from contacts.failures import UNTOLD_FOR, tell_failures
from contacts.journal import SYSTEM
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus
from contacts.pause_notices import tell_pauses
from contacts.people import open_channel
from contacts.records import Database
from contacts.sending import halt_message
from feeds.rows import Source
from feeds.standing import Trust
from tests.outbox_world import (
    CHAT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    notices,
)
from tests.test_escalation import HOUR, SETTINGS, calls, sent
from tests.test_watching import a_house, begin

SOON = timedelta(minutes=5)


async def a_boss(session: Any, now: datetime, *, is_exercise: bool = False) -> Person:
    """A coordinator whom no channel reaches now."""
    return await a_person(session, now, role=Role.COORDINATOR, is_exercise=is_exercise)


async def reach(db: Database, boss: Person, now: datetime, chat: str = "99") -> None:
    async with db.begin() as session:
        person = await session.get_one(Person, boss.id)
        await open_channel(session, person, CHAT, chat, rank=0, now=now)


async def a_failure(db: Database, now: datetime, *, is_exercise: bool = False) -> None:
    async with db.begin() as session:
        person = await a_person(
            session, now, chat="6" if is_exercise else "5", is_exercise=is_exercise
        )
        (lost,) = await a_briefing(session, [person], now, is_exercise=is_exercise)
        lost.status, lost.untold, lost.done_at = DeliveryStatus.FAILED, "refused", now


async def untold(db: Database) -> int:
    return sum(delivery.untold is not None for delivery in await all_deliveries(db))


async def test_a_failure_waits_for_somebody_who_can_hear_of_it(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        boss = await a_boss(session, now)
    await a_failure(db, now)
    async with db.begin() as session:
        assert await tell_failures(session, now=now) == (0, 1)
    await reach(db, boss, now)
    async with db.begin() as session:
        assert await tell_failures(session, now=now + SOON) == (1, 0)
        assert await tell_failures(session, now=now + SOON) == (0, 0)
    [notice] = await notices(db)
    assert "geweigerd" in notice


async def test_a_failure_of_one_world_is_not_told_by_telling_the_other(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_boss(session, now)
        played = await a_boss(session, now, is_exercise=True)
    await reach(db, played, now, "98")
    await a_failure(db, now)
    await a_failure(db, now, is_exercise=True)
    async with db.begin() as session:
        assert await tell_failures(session, now=now) == (1, 1)
    [left] = [delivery for delivery in await all_deliveries(db) if delivery.untold]
    assert not left.is_exercise


async def test_a_failure_of_an_exercise_that_is_over_is_let_go(db: Database, now: datetime) -> None:
    await a_failure(db, now, is_exercise=True)
    async with db.begin() as session:
        assert await tell_failures(session, now=now) == (0, 1)
        assert await tell_failures(session, now=now + UNTOLD_FOR[True]) == (0, 0)
    assert await untold(db) == 0


async def test_telling_is_not_tried_at_every_round_of_the_pump(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        boss = await a_boss(session, now)
    await a_failure(db, now)
    pump = a_pump(db, Scripted(), notice_gap_s=10.0)
    assert await pump.tidy(now=now) == 0
    await reach(db, boss, now)
    assert await pump.tidy(now=now + timedelta(seconds=1)) == 0
    assert await pump.tidy(now=now + timedelta(seconds=11)) == 1
    assert await untold(db) == 0


async def test_a_silent_channel_is_told_when_somebody_can_hear_it(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        boss = await a_boss(session, now)
        played = await a_boss(session, now, is_exercise=True)
        session.add(ChannelPause(kind=CHAT, until=now + HOUR, since=now - HOUR, reason="busy"))
    await reach(db, played, now, "98")
    async with db.begin() as session:
        assert await tell_pauses(session, sends_by=set(ChannelKind), now=now) == (0, 1)
    assert await notices(db) == [], "who plays does not hear it at each try"
    await reach(db, boss, now)
    async with db.begin() as session:
        assert await tell_pauses(session, sends_by=set(ChannelKind), now=now) == (1, 0)
        assert await tell_pauses(session, sends_by=set(ChannelKind), now=now) == (0, 0)
    assert len(await notices(db)) == 2, "both worlds"


async def test_a_list_to_call_is_told_when_somebody_can_hear_it(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        boss = await a_boss(session, now)
        await sent(session, [await a_person(session, now, chat="1")], now)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (1, 0)
    assert await calls(db) == [("silent", "open")]
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (0, 0)
    await reach(db, boss, now)
    assert await escalate_due(db, SETTINGS, now=now + 2 * HOUR) == (0, 1), "the pump is woken"
    [notice] = await notices(db)
    assert notice.startswith("<b>Bellijst: 1 organisatie erbij</b>")
    assert await escalate_due(db, SETTINGS, now=now + 3 * HOUR) == (0, 0)
    async with db.read() as session:
        [item] = (await session.exec(select(CallItem))).all()
    assert item.told_at == now + 2 * HOUR


async def test_that_an_urgent_text_is_still_halted_is_told_when_somebody_can_hear_it(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        boss = await a_boss(session, now)
        person = await a_person(session, now, chat="1")
        (delivery,) = await a_briefing(session, [person], now, severity=5)
        await halt_message(session, delivery.message_id, who=SYSTEM, now=now, reason="refused")
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (0, 0)
    await reach(db, boss, now)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (1, 0)
    assert await escalate_due(db, SETTINGS, now=now + HOUR) == (0, 0)
    assert [text[:16] for text in await notices(db)] == ["<b>Nog gestopt: "]


async def test_a_part_and_a_source_in_trouble_are_told_when_somebody_can_hear_it(
    db: Database, now: datetime
) -> None:
    await begin(db, "feeds", now=now)
    async with db.begin() as session:
        boss = await a_boss(session, now)
        session.add(
            Source(
                key="krant", name="Krant", url="https://krant.example", trust=Trust.REGIONAL,
                moved_to="https://elders.example", next_poll_at=now,
            )
        )  # fmt: skip
    late = now + timedelta(hours=5)
    assert await tell_trouble(a_house(db, "unreachable"), now=late) == 0
    await reach(db, boss, now)
    assert await tell_trouble(a_house(db, "unreachable"), now=late) == 2
    assert await tell_trouble(a_house(db, "unreachable"), now=late) == 0
    async with db.read() as session:
        beat = await session.get_one(Heartbeat, "feeds")
        told = await session.exec(select(Delivery.id).where(col(Delivery.person_id) == boss.id))
        assert beat.told_at == late
        assert len(told.all()) == 2
