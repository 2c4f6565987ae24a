"""Silence is a bug: parts that stand still, sources that fail, and Telegram that is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_coordinators_from
from bot.beats import expect_beat, note_beat
from bot.carrying import configured_kinds
from bot.chat import texts
from bot.console.health import judge_beat
from bot.console.part_texts import PARTS
from bot.console.spans import spoken
from bot.polling import pause
from bot.rows import Heartbeat
from bot.stepping import ClockWatch
from bot.watchdog import forget_stood_still, stood_still_at
from contacts.away_texts import RESTART, WAIT, advice, what_to_do
from contacts.directory import ChannelKind
from contacts.elsewhere import stands_better
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus
from contacts.pauses import count_held, silent_kinds
from contacts.pump import LANE
from feeds.polling import mark_told, untold_faults
from feeds.rhythm import dwindling_sources, silent_sources
from feeds.sources import moved_sources
from feeds.texts import FAULTS

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    from bot.house import House

log = logging.getLogger(__name__)

#: How long Telegram may be away before somebody hears of it.
PATIENCE = timedelta(seconds=60)
#: a look that takes longer waits for something that hangs
LOOK_LIMIT_S = 30.0


async def start_beats(session: AsyncSession, names: Sequence[str], *, now: datetime) -> None:
    """Everything is on time when the house starts.

    A part that never does its first round is then late like any other, and the time that
    the house was down is nobody's silence.
    """
    for name in names:
        await note_beat(session, name, now)


async def tell_trouble(house: House, *, now: datetime) -> int:
    """Tell the coordinators what is wrong and was not told yet; returns how many things."""
    told = 0
    async with house.db.begin() as session:
        told += await _tell_sources(session, house, now)
        if not house.config.database.several_hosts:
            told += await _tell_telegram(session, house, now)
            await _note_rounds(session, house, now)
        told += await _tell_late(session, house, now)
    return told


async def keep_watch(house: House, scheduler: AsyncIOScheduler, stop: asyncio.Event) -> None:
    """Beside the ticks, for when they hang: the health round among them tells nothing then."""
    ran = asyncio.get_running_loop().time
    watch, untold = ClockWatch(house.clock(), ran()), timedelta(0)
    while not stop.is_set():
        try:
            if back := watch.put_back(house.clock(), ran()):
                untold = back
                _go_on_at_once(house, scheduler)
            if untold and await _tell_put_back(house, untold):
                untold = timedelta(0)
            async with asyncio.timeout(LOOK_LIMIT_S), house.db.begin() as session:
                told = await _tell_late(session, house, house.clock())
            if told:
                house.pump.wake()
        except Exception as error:
            log.error(
                "The watch could not look: %s", type(error).__name__,
                extra={"action": "watch_failed"},
            )  # fmt: skip
        await pause(stop, house.config.ticks.health_s)


def _go_on_at_once(house: House, scheduler: AsyncIOScheduler) -> None:
    """Nothing waits for the time that the clock said before."""
    from bot.ticks import soon

    log.warning("The clock was put back", extra={"action": "clock_put_back"})
    soon(scheduler, house)
    house.pump.wake()


async def _tell_put_back(house: House, back: timedelta) -> bool:
    """A person hears that the clock was put back; False when nobody can now."""
    from bot.ticks import TICKS

    now = house.clock()
    async with asyncio.timeout(LOOK_LIMIT_S), house.db.begin() as session:
        # What turned "later than now" would seem to be on time until then.
        await start_beats(session, [*house.rounds(), *(tick.name for tick in TICKS)], now=now)
        told = await tell_coordinators_from(
            session, "coordinator/clock_put_back.html", is_exercise=house.config.is_exercise,
            now=now, back=spoken(back), at=now,
        )  # fmt: skip
    if told:
        house.pump.wake()
    return bool(told)


async def tell_stood_still(house: House, *, now: datetime) -> bool:
    """The process before this one was ended because it stood still: a person hears of it, as soon
    as anybody can. The note goes when that is committed."""
    if (at := stood_still_at(house.config.state_dir)) is None:
        return False
    log.warning("The process before this one stood still", extra={"action": "started_again"})
    async with house.db.begin() as session:
        told = await tell_coordinators_from(
            session, "coordinator/stood_still.html", is_exercise=house.config.is_exercise, now=now,
            at=at,
        )  # fmt: skip
    if told:
        forget_stood_still(house.config.state_dir)
    return bool(told)


async def note_own_rounds(house: House, stop: asyncio.Event) -> None:
    """Where several hosts work, whoever holds a duty says that it turns, and what is wrong
    with Telegram; whoever holds the ticks reads that in the rows."""
    while not stop.is_set():
        now = house.clock()
        try:
            async with house.db.begin() as session:
                if house.poller.round_at is not None:
                    await _tell_telegram(session, house, now)
                await _note_rounds(session, house, now)
        except Exception as error:
            log.warning(
                "Rounds were not noted: %s", type(error).__name__,
                extra={"action": "rounds_unnoted"},
            )  # fmt: skip
        await pause(stop, house.config.ticks.health_s)


async def _tell_sources(session: AsyncSession, house: House, now: datetime) -> int:
    faults = await untold_faults(session, house.config.feeds)
    told = 0
    for source in faults:
        heard = await tell_coordinators_from(
            session,
            "coordinator/feed_fault.html",
            is_exercise=house.config.is_exercise,
            now=now,
            source=source.name,
            why=FAULTS.get(source.error or "", FAULTS["unknown"]),
            since=source.ok_at or source.polled_at or now,
            last=source.new_item_at,
        )
        if heard:
            await mark_told(session, source, now=now)
            told += 1
    return told + await _tell_moved(session, house, now)


async def _tell_moved(session: AsyncSession, house: House, now: datetime) -> int:
    told = 0
    for source in await moved_sources(session):
        heard = await tell_coordinators_from(
            session,
            "coordinator/feed_moved.html",
            is_exercise=house.config.is_exercise,
            now=now,
            source=source.name,
            address=source.moved_to,
        )
        if heard:
            source.moved_told_at = now
            session.add(source)
            told += 1
    return told


async def tell_rhythm(session: AsyncSession, *, is_exercise: bool, now: datetime) -> int:
    """Sources that answer well but bring nothing, or hardly anything; returns how many."""
    told = 0
    for source in await silent_sources(session, now=now):
        heard = await tell_coordinators_from(
            session, "coordinator/feed_silent.html", is_exercise=is_exercise, now=now,
            source=source.name, last=source.new_item_at,
        )  # fmt: skip
        if heard:
            source.silent_told_at = now
            session.add(source)
            told += 1
    for one in await dwindling_sources(session, now=now):
        heard = await tell_coordinators_from(
            session, "coordinator/feed_dwindling.html", is_exercise=is_exercise, now=now,
            source=one.source.name, recent=one.recent, before=one.before,
        )  # fmt: skip
        if heard:
            one.source.dwindling_told_at = now
            session.add(one.source)
            told += 1
    return told


async def _tell_telegram(session: AsyncSession, house: House, now: datetime) -> int:
    """One message when the poller has been in trouble for a minute, and not again until it
    recovered; it reaches people by mail when Telegram is the thing that is away."""
    await expect_beat(session, "poller", now=house.poller.round_at or now)
    # On several hosts each duty looks, and one of them tells.
    beat = await session.get_one(Heartbeat, "poller", with_for_update=True)
    if house.poller.trouble is None and _is_polling(house, now):
        was_away, since = beat.told_at is not None, beat.at
        beat.at, beat.told_at, beat.trouble = now, None, None
        return await _tell_back(session, house, since=since, now=now) if was_away else 0
    trouble = house.poller.trouble or "hangs"
    beat.trouble = trouble
    if beat.told_at is not None or now - beat.at < PATIENCE:
        return 0
    if what_to_do(trouble) == WAIT and ChannelKind.TELEGRAM in await silent_kinds(
        session, now=now, however_short=True
    ):
        return 0  # that sending waits is told already, and what to do is the same
    heard = await tell_coordinators_from(
        session,
        "coordinator/trouble.html",
        is_exercise=house.config.is_exercise,
        now=now,
        avoid=ChannelKind.TELEGRAM,
        is_urgent=True,
        what=texts.TELEGRAM_TROUBLE[trouble],
        advice=advice(trouble, ChannelKind.TELEGRAM, configured_kinds(house.config)),
        since=beat.at,
        waiting=await count_held(session, ChannelKind.TELEGRAM, by=now),
    )
    if heard:
        beat.told_at = now
    return bool(heard)


async def _tell_back(
    session: AsyncSession, house: House, *, since: datetime, now: datetime
) -> bool:
    """Telegram works again, and of some messages nobody knows whether they arrived. Who has nothing
    but Telegram did not even hear that it was away."""
    in_doubt = (
        await session.exec(
            select(func.count())
            .select_from(Delivery)
            .where(
                col(Delivery.status) == DeliveryStatus.UNKNOWN,
                col(Delivery.kind) == ChannelKind.TELEGRAM,
                col(Delivery.act) == DeliveryAct.SEND,
                col(Delivery.done_at) >= since,
                ~stands_better(),
            )
        )
    ).one()
    if not in_doubt:
        return False
    told = await tell_coordinators_from(
        session, "coordinator/telegram_back.html", is_exercise=house.config.is_exercise, now=now,
        is_urgent=True, since=since, until=now, in_doubt=in_doubt,
    )  # fmt: skip
    return bool(told)


def _is_polling(house: House, now: datetime) -> bool:
    """Whether a long poll came back lately; one that hangs raises no error."""
    at = house.poller.round_at
    longest = timedelta(seconds=house.config.telegram.poll_timeout_s) + PATIENCE
    return at is None or now - at < longest


async def _note_rounds(session: AsyncSession, house: House, now: datetime) -> None:
    """The loops of this process: how long ago each of them last turned."""
    for name, at in house.rounds().items():
        if at is None:
            await expect_beat(session, name, now=now)
        else:
            await note_beat(session, name, at, only_later=True)


async def _tell_late(session: AsyncSession, house: House, now: datetime) -> int:
    """One message for each part that stands still, by a way that does not need that part."""
    from bot.ticks import TICKS

    told = 0
    reading = ("poller",) if house.config.database.several_hosts else ()
    for name in (*(tick.name for tick in TICKS), *house.rounds(), *reading):
        beat = await session.get(Heartbeat, name, with_for_update=True)
        if beat is None or beat.told_at is not None:
            continue
        if not judge_beat(name, beat.at, house.config.ticks, now=now).is_late:
            continue
        log.error("A part stands still", extra={"action": "part_late", "part": name})
        heard = await tell_coordinators_from(
            session,
            "coordinator/tick_late.html",
            is_exercise=house.config.is_exercise,
            now=now,
            avoid=ChannelKind(name.removeprefix(LANE)) if name.startswith(LANE) else None,
            is_urgent=True,
            what=PARTS.get(name, name),
            since=beat.at,
            advice=RESTART,
        )
        if heard:
            beat.told_at = now
            told += 1
    return told
