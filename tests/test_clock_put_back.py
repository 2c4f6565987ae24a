"""The clock of the machine is put back while the house works: everything simply goes on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot import ticks
from bot.clock import utc_now
from bot.rows import Heartbeat
from bot.settings import DatabaseSettings, TickSettings
from bot.stepping import LEAST, ClockWatch
from bot.watching import keep_watch, start_beats
from contacts.directory import Role
from contacts.limiter import AHEAD_AT_MOST, Limiter, Waiting
from contacts.outbox import Message
from contacts.pump import Pump
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from tests.outbox_world import Scripted, a_briefing, a_person, all_sent, running, until

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)


class Clock:
    """The clock of a machine, that can be put back."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@given(st.floats(0, 1e5), st.floats(-1e5, 1e5))
def test_only_a_step_back_is_a_step_back(ran: float, step: float) -> None:
    watch = ClockWatch(START, 10.0)
    back = watch.put_back(START + timedelta(seconds=ran + step), 10.0 + ran)
    if -step > LEAST.total_seconds() + 1:
        assert abs(back.total_seconds() + step) < 1
    if -step < LEAST.total_seconds() - 1:
        assert back == timedelta(0)
    after = START + timedelta(seconds=ran + step + 3)
    assert watch.put_back(after, 13.0 + ran) == timedelta(0)


@given(st.integers(1, 40), st.sampled_from([0.3, 1, 30, 1000]), st.booleans())
def test_a_limiter_gives_slots_at_once_after_the_step_and_keeps_to_its_rate(
    count: int, rate: float, is_answered: bool
) -> None:
    limiter = Limiter(rate, 1.0, 20)
    quantum = timedelta(milliseconds=100)
    now = START + HOUR
    for n in range(count):
        for slot in limiter.choose(
            [Waiting(n, f"chat{n}", 10)], at_most=1, horizon=quantum, now=now
        ):
            limiter.departed(slot.id, slot.at)
            if is_answered:
                limiter.answered(slot.id, slot.at + quantum)
        now += quantum
    back = START
    assert limiter.wait(back) <= max(timedelta(seconds=1), limiter.spacing) + AHEAD_AT_MOST
    waiting = [Waiting(1000 + n, f"new{n}", 10) for n in range(50)]
    slots: list[datetime] = []
    for _ in range(100):
        found = limiter.choose(waiting, at_most=50, horizon=quantum, now=back)
        slots += [slot.at for slot in found]
        waiting = [one for one in waiting if one.id not in {slot.id for slot in found}]
        for slot in found:
            limiter.answered(slot.id, slot.at)
        back += quantum
    assert slots
    for at in slots:
        assert sum(at <= other < at + timedelta(seconds=1) for other in slots) <= max(1, rate)


async def test_what_is_planned_after_the_step_goes_out_at_once_and_after_a_restart_too(
    db: Database,
) -> None:
    clock, chat = Clock(HOUR), Scripted()
    async with db.begin() as session:
        people = [await a_person(session, clock(), chat=str(n)) for n in range(3)]
        await a_briefing(session, people[:1], clock())
    async with running(a_pump_by(clock, db, chat)) as _:
        await until(db, all_sent)
        clock.ahead = timedelta(0)
        async with db.begin() as session:
            await a_briefing(session, people[1:2], clock())
        await until(db, all_sent)
    async with db.begin() as session:
        await a_briefing(session, people[2:], clock())
    async with running(a_pump_by(clock, db, chat)):
        await until(db, all_sent)
    assert [one.address for one in chat.sent] == ["0", "1", "2"]


def a_pump_by(clock: Clock, db: Database, chat: Scripted) -> Pump:
    return Pump(
        db, [chat], settings=SendingSettings(), sealer=Sealer(Sealer.new_key()), clock=clock,
        link_base="https://schakel.example", owner="test",
    )  # fmt: skip


def a_scheduler(house: Any) -> AsyncIOScheduler:
    """With every tick, none of which comes."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    ticks.add_ticks(scheduler, house)
    scheduler.start(paused=True)
    return scheduler


async def test_rounds_come_at_once_after_the_step_and_a_person_hears_of_it(db: Database) -> None:
    clock, stop = Clock(HOUR), asyncio.Event()
    async with db.begin() as session:
        await a_person(session, clock(), chat="1", role=Role.COORDINATOR)
        await start_beats(session, [tick.name for tick in ticks.TICKS], now=clock())
    house: Any = SimpleNamespace(
        db=db, clock=clock, rounds=dict, pump=SimpleNamespace(wake=int),
        config=SimpleNamespace(
            ticks=TickSettings(health_s=0.5), is_exercise=False, database=DatabaseSettings()
        ),
    )  # fmt: skip
    scheduler = a_scheduler(house)
    watching = asyncio.create_task(keep_watch(house, scheduler, stop))
    try:
        await asyncio.sleep(0.2)
        clock.ahead = timedelta(0)
        async with asyncio.timeout(60):
            while not (said := await all_messages(db)):  # noqa: ASYNC110  (nothing tells it)
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await watching
    latest = clock() + timedelta(seconds=60)
    assert all(job.next_run_time <= latest for job in scheduler.get_jobs())
    scheduler.shutdown(wait=False)
    assert ["klok van de machine is 1 u 0 min teruggezet" in one for one in said] == [True]
    async with db.read() as session:
        beats = (await session.exec(select(Heartbeat))).all()
    assert all(beat.at <= clock() for beat in beats)


async def test_a_step_that_nobody_could_hear_of_is_told_as_soon_as_somebody_can(
    db: Database,
) -> None:
    clock, stop = Clock(HOUR), asyncio.Event()
    house: Any = SimpleNamespace(
        db=db, clock=clock, rounds=dict, pump=SimpleNamespace(wake=int),
        config=SimpleNamespace(
            ticks=TickSettings(health_s=0.2), is_exercise=False, database=DatabaseSettings()
        ),
    )  # fmt: skip
    scheduler = a_scheduler(house)
    watching = asyncio.create_task(keep_watch(house, scheduler, stop))
    await asyncio.sleep(0.1)
    clock.ahead = timedelta(0)
    await asyncio.sleep(0.6)
    assert await all_messages(db) == []
    async with db.begin() as session:
        await a_person(session, clock(), chat="1", role=Role.COORDINATOR)
    async with asyncio.timeout(60):
        while not await all_messages(db):  # noqa: ASYNC110  (nothing here says that it was told)
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.6)
    stop.set()
    await watching
    assert len(await all_messages(db)) == 1


async def all_messages(db: Database) -> list[str]:
    async with db.read() as session:
        found = await session.exec(select(Message).order_by(col(Message.id)))
        return [str(message.content) for message in found.all()]
