"""Silence is told: a part that never began, and Telegram that is away; but not our own sleep."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import select

from bot import ticks
from bot.beats import expect_beat, note_beat
from bot.clock import utc_now
from bot.console.health import judge_beat, late_after, report
from bot.house import House
from bot.inbox import forget_old
from bot.rows import Conversation, Heartbeat, IncomingMail
from bot.settings import DatabaseSettings, MailSettings, TelegramSettings, TickSettings
from bot.watching import keep_watch, note_own_rounds, start_beats, tell_trouble
from contacts.directory import Role
from contacts.outbox import Delivery
from contacts.records import Database
from feeds.settings import FeedSettings
from tests.flow_world import an_evening
from tests.outbox_world import a_person, all_deliveries

HOUR = timedelta(hours=1)


def a_house(
    db: Database,
    trouble: str | None = None,
    *,
    polled: datetime | None = None,
    rounds: dict[str, datetime | None] | None = None,
) -> Any:
    """What the health round looks at."""
    config = SimpleNamespace(
        feeds=FeedSettings(),
        ticks=TickSettings(),
        telegram=TelegramSettings(),
        mail=MailSettings(),
        is_exercise=False,
        database=DatabaseSettings(),
    )
    return SimpleNamespace(
        db=db, config=config, poller=SimpleNamespace(trouble=trouble, round_at=polled),
        rounds=lambda: rounds or {},
    )  # fmt: skip


async def coordinators(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await a_person(session, now, chat="1", mail="c@example.org", role=Role.COORDINATOR)
        await a_person(session, now, chat="2", role=Role.COORDINATOR)


async def begin(db: Database, *names: str, now: datetime) -> None:
    async with db.begin() as session:
        await start_beats(session, names, now=now)


async def told(db: Database) -> list[Delivery]:
    return list(await all_deliveries(db))


async def test_a_part_that_never_did_its_first_round_is_told_once(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "feeds", now=now)
    assert await tell_trouble(a_house(db), now=now) == 0
    assert await tell_trouble(a_house(db), now=now + HOUR) == 1
    assert await tell_trouble(a_house(db), now=now + HOUR) == 0
    assert len(await told(db)) == 2


async def test_where_nobody_coordinates_a_part_that_stands_still_is_told_to_the_beheerder(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await a_person(session, now, role=Role.COORDINATOR)  # without a channel
        await a_person(session, now, chat="9", role=Role.ADMIN)
    await begin(db, "feeds", now=now)
    assert await tell_trouble(a_house(db), now=now + HOUR) == 1
    assert [row.address for row in await told(db)] == ["9"]


async def test_the_time_that_the_house_was_down_is_not_told(db: Database, now: datetime) -> None:
    await coordinators(db, now)
    async with db.begin() as session:
        session.add(Heartbeat(name="feeds", at=now - HOUR, told_at=now - HOUR))
        session.add(Heartbeat(name="poller", at=now - HOUR))
    await begin(db, "feeds", "poller", now=now)
    assert await tell_trouble(a_house(db, "unreachable"), now=now) == 0
    assert await tell_trouble(a_house(db), now=now + HOUR) == 1


async def test_that_telegram_is_away_is_told_by_mail_where_that_can_be(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "poller", now=now)
    assert await tell_trouble(a_house(db, "unreachable"), now=now + timedelta(minutes=2)) == 1
    assert [row.address for row in await told(db)] == ["c@example.org", "2"]


async def test_three_duties_that_see_telegram_gone_tell_it_once(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "poller", now=now - HOUR)
    house = a_house(db, "unreachable", polled=now - HOUR)
    house.config.database = DatabaseSettings(url="postgresql+psycopg://x/y", several_hosts=True)
    house.clock, stop = (lambda: now), asyncio.Event()
    noting = [asyncio.create_task(note_own_rounds(house, stop)) for _ in range(3)]
    async with asyncio.timeout(60):
        while not await told(db):  # noqa: ASYNC110  (three of them race; the row tells)
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.gather(*noting)
    assert len(await told(db)) == 2


async def test_ticks_that_are_taken_away_stop(db: Database, now: datetime) -> None:
    house, rounds = House.__new__(House), 0

    async def work(_house: House, _now: datetime) -> None:
        nonlocal rounds
        rounds += 1

    house.db, house.clock, house.stop_event = db, utc_now, asyncio.Event()
    house.config = a_house(db).config
    kept, ticks.TICKS = ticks.TICKS, (ticks.Tick("feeds", work, lambda _pace: 0.1),)
    try:
        duty = asyncio.create_task(house._hold_ticks(asyncio.Event()))
        async with asyncio.timeout(60):
            while not rounds:  # noqa: ASYNC110  (nothing tells it)
                await asyncio.sleep(0.05)
        duty.cancel()
        await asyncio.gather(duty, return_exceptions=True)
        before = rounds
        await asyncio.sleep(0.5)
    finally:
        ticks.TICKS = kept
    assert rounds == before


async def test_a_house_that_starts_knows_all_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def explode(house: House, now: datetime) -> None:
        raise RuntimeError("boom")

    broken = tuple(ticks.Tick(tick.name, explode, tick.seconds) for tick in ticks.TICKS)
    monkeypatch.setattr(ticks, "TICKS", broken)
    caplog.set_level(logging.CRITICAL)
    async with an_evening(tmp_path) as evening, evening.house.db.read() as session:
        names = set((await session.exec(select(Heartbeat.name))).all())
    loops = {"poller", "worker", "pump_telegram", "pump_email"}
    assert names == {*loops, *(tick.name for tick in broken)}


async def test_old_questions_and_numbers_of_mails_are_forgotten(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        for days in (6, 8):
            at = now - timedelta(days=days)
            session.add(Conversation(chat=days, flow="signal", step="note", updated_at=at))
        for days in (89, 91):
            at = now - timedelta(days=days)
            session.add(IncomingMail(message_id=f"<{days}>", kind="reply", received_at=at))
        await session.flush()
        await forget_old(session, now=now)
    async with db.read() as session:
        assert [talk.chat for talk in (await session.exec(select(Conversation))).all()] == [6]
        mails = (await session.exec(select(IncomingMail.message_id))).all()
    assert list(mails) == ["<89>"]


async def test_a_lane_that_hangs_is_told_once_by_the_other_channel(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "pump_telegram", now=now)
    hangs: dict[str, datetime | None] = {"pump_telegram": now}
    for _ in range(2):
        await tell_trouble(a_house(db, rounds=hangs), now=now + HOUR)
    assert [row.address for row in await told(db)] == ["c@example.org", "2"]
    turns: dict[str, datetime | None] = {"pump_telegram": now + 2 * HOUR}
    assert await tell_trouble(a_house(db, rounds=turns), now=now + 2 * HOUR) == 0
    assert await tell_trouble(a_house(db, rounds=turns), now=now + 3 * HOUR) == 1


async def test_a_poller_that_hangs_without_an_error_is_told(db: Database, now: datetime) -> None:
    await coordinators(db, now)
    await begin(db, "poller", now=now)
    assert await tell_trouble(a_house(db, polled=now), now=now + timedelta(seconds=50)) == 0
    assert await tell_trouble(a_house(db, polled=now), now=now + HOUR) == 1


def test_health_says_which_part_stands_still(now: datetime) -> None:
    ticks_ = TickSettings()
    beats = [
        judge_beat("refresh", now, ticks_, now=now),
        judge_beat("pump_email", now - HOUR, ticks_, now=now),
    ]
    assert report(beats)["late"] == ["pump_email"]
    assert report(beats)["ok"] is False
    assert report(beats[:1])["ok"] is True


async def test_a_health_round_that_hangs_is_told_by_the_watch_beside_it(
    db: Database, now: datetime
) -> None:
    await coordinators(db, now)
    await begin(db, "health", "feeds", now=now)
    stop, woken = asyncio.Event(), asyncio.Event()
    house = a_house(db)
    house.clock, house.pump = (lambda: now + HOUR), SimpleNamespace(wake=woken.set)
    scheduler = AsyncIOScheduler()  # it has no tick, as if each of them hung
    watching = asyncio.create_task(keep_watch(house, scheduler, stop))
    async with asyncio.timeout(60):
        await woken.wait()
    stop.set()
    await watching
    assert len(await told(db)) == 2 * 2


async def test_a_round_that_hangs_is_broken_off_and_its_heartbeat_stays_old(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(ticks, "longest_round", lambda *_: timedelta(seconds=0.05))

    async def hang(_house: House, _now: datetime) -> None:
        await asyncio.Event().wait()

    house = a_house(db)
    house.clock, house.stop_event = (lambda: now + HOUR), asyncio.Event()
    await begin(db, "feeds", now=now)
    async with asyncio.timeout(60):
        await ticks.run_tick(house, ticks.Tick("feeds", hang, lambda pace: pace.feeds_s))
    async with db.read() as session:
        assert (await session.get_one(Heartbeat, "feeds")).at == now


@pytest.mark.parametrize("tick", ticks.TICKS, ids=lambda tick: tick.name)
def test_a_person_hears_of_a_round_before_it_is_broken_off(tick: ticks.Tick) -> None:
    settings = TickSettings()
    longest = ticks.longest_round(tick, settings)
    if tick.seconds(settings) < 60:
        told_within = late_after(tick.name, settings) + timedelta(seconds=settings.health_s)
        assert longest > told_within
    assert longest <= timedelta(minutes=15)


@pytest.mark.parametrize("several", [True, False])
def test_who_takes_over_from_another_host_sends_before_it_tidies(several: bool) -> None:
    config: Any = SimpleNamespace(
        ticks=TickSettings(), database=SimpleNamespace(several_hosts=several)
    )
    waits = {tick.name: ticks.first_after(tick, config) for tick in ticks.TICKS}
    soon = len(ticks.TICKS) * ticks.APART
    assert len(set(waits.values())) == len(waits)
    assert max(waits["refresh"], waits["health"], waits["escalate"]) < soon
    assert (waits["tidy"] > soon) is several


async def test_two_hosts_note_the_same_beat_at_the_same_moment(db: Database) -> None:
    now = utc_now()

    async def notes(name: str) -> None:
        async with db.begin() as session:
            await expect_beat(session, name, now=now)
            await note_beat(session, name, now)
            await asyncio.sleep(0.01)

    names = [f"part_{number}" for number in range(5)]
    await asyncio.gather(*(notes(name) for name in names for _ in range(2)))
    async with db.read() as session:
        found = (await session.exec(select(Heartbeat.name))).all()
    assert sorted(found) == names


async def test_a_loop_that_stands_still_is_not_on_time_because_it_is_noted_again(
    db: Database,
) -> None:
    now = utc_now()
    async with db.begin() as session:
        await note_beat(session, "feeds", now)
        (await session.get_one(Heartbeat, "feeds")).told_at = now
    for at, only_later in [(now, True), (now - timedelta(seconds=1), True)]:
        async with db.begin() as session:
            await note_beat(session, "feeds", at, only_later=only_later)
            await expect_beat(session, "feeds", now=now)
            beat = await session.get_one(Heartbeat, "feeds")
            assert (beat.at, beat.told_at) == (now, now)
    async with db.begin() as session:
        await note_beat(session, "feeds", now + timedelta(seconds=1), only_later=True)
        beat = await session.get_one(Heartbeat, "feeds")
        assert (beat.at, beat.told_at) == (now + timedelta(seconds=1), None)
