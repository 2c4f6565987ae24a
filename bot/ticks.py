"""The ticks: small rounds that sweep what is due. Due-ness is in the rows, never in here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.addresses import is_safe_address
from bot.alerts import call_backup, ring
from bot.asking import ask_due
from bot.beats import note_beat
from bot.carrying import configured_kinds
from bot.chat.coordinator.card import refresh_live
from bot.coming_due import sweep_due
from bot.console.health import late_after
from bot.daily import send_daily_list
from bot.database import empty_log
from bot.day_picture import tell_day_pictures
from bot.digest_reminding import remind_of_digest
from bot.evening.changed_by_mail import tell_changed
from bot.exercise.leading import advance
from bot.exercise.limits import end_what_lasts
from bot.exercise.machine import play_along
from bot.foreseeing import tell_foreseen
from bot.grown import tell_grown
from bot.keeping_time import remind_of_steps
from bot.lesson_reminding import remind_of_lessons
from bot.line_asking import ask_about_lines
from bot.link_watching import look_at_links
from bot.overleg_coming import remind_of_overleg
from bot.overleg_reminding import remind_of_agreements
from bot.reminding import remind_of_signals
from bot.rota_round import keep_rota
from bot.serious_signals import tell_serious
from bot.settings import TickSettings
from bot.tidying import freeze_and_forget
from bot.watching import tell_rhythm, tell_stood_still, tell_trouble
from contacts.escalation import escalate_due
from contacts.gaps import note_reach
from feeds.hubs import ask_hubs
from signals.reacting import spoke_since

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from sqlmodel.ext.asyncio.session import AsyncSession

    from bot.config import Config
    from bot.house import House

log = logging.getLogger(__name__)
#: a round is late, a person hears of it, and then it is broken off
TOLD_WITHIN = timedelta(seconds=60)
SLOW_S, SENDING_FIRST = 60.0, timedelta(seconds=20)
#: between the first rounds of two ticks
APART = timedelta(seconds=0.2)
LONGEST_ROUND = timedelta(minutes=15)
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Tick:
    """A named round; ``seconds`` reads its pace from the settings."""

    name: str
    work: Callable[[House, datetime], Awaitable[None]]
    seconds: Callable[[TickSettings], float]


def add_ticks(scheduler: AsyncIOScheduler, house: House) -> None:
    """Every tick at its pace."""
    for tick in TICKS:
        scheduler.add_job(
            run_tick, "interval", args=[house, tick], id=tick.name,
            seconds=tick.seconds(house.config.ticks), coalesce=True, max_instances=1,
            misfire_grace_time=None, next_run_time=house.clock() + first_after(tick, house.config),
        )  # fmt: skip


def soon(scheduler: AsyncIOScheduler, house: House) -> None:
    """The next round of each tick comes at once: the clock was put back, and it would wait for
    the time at which it was expected."""
    for tick in TICKS:
        at = house.clock() + TICKS.index(tick) * APART
        scheduler.modify_job(tick.name, next_run_time=at)


async def run_tick(house: House, tick: Tick) -> None:
    """One round: do the work, note the heartbeat; a fault is logged and the next round comes.

    A tick that keeps failing has an old heartbeat, and that reaches a person. So does one that
    hangs; a while after that it is broken off, so that the next round gets its turn.
    """
    if house.stop_event.is_set():
        return
    task = asyncio.current_task()
    if task is not None:
        _running.add(task)
    try:
        now = house.clock()
        async with asyncio.timeout(longest_round(tick, house.config.ticks).total_seconds()):
            await tick.work(house, now)
        async with house.db.begin() as session:
            await note_beat(session, tick.name, house.clock())
    except Exception:
        log.exception("A tick failed", extra={"action": "tick_failed", "tick": tick.name})
    except asyncio.CancelledError:
        # It ends here: the scheduler would call it a fault, with all that it stood in.
        log.info("A tick was broken off", extra={"action": "tick_broken_off", "tick": tick.name})
    finally:
        if task is not None:
            _running.discard(task)


def longest_round(tick: Tick, ticks: TickSettings) -> timedelta:
    """How long a round may take: longer than until a person hears that it is late. Pure."""
    return min(late_after(tick.name, ticks) + TOLD_WITHIN, LONGEST_ROUND)


def first_after(tick: Tick, config: Config) -> timedelta:
    """The first rounds come one after the other, or what is being sent waits for all of them. And
    whoever takes over from another host first lets deliveries go on: what comes by once a minute
    or less waits for that. Pure."""
    turn = TICKS.index(tick) * APART
    is_slow = tick.seconds(config.ticks) >= SLOW_S
    return turn + (SENDING_FIRST if config.database.several_hosts and is_slow else timedelta(0))


async def wait_for_ticks() -> None:
    """Let rounds in progress finish, at most one second; then stop them."""
    if _running:
        _, late = await asyncio.wait(set(_running), timeout=1.0)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def watch_feeds(house: House, now: datetime) -> None:
    """Poll what is due; what rings goes out at once, without waiting for slower sources."""

    at_once = partial(ring_at_once, house)
    await house.watch.poll_due(at_once)
    await at_once()
    await ask_for_pushes(house, now)


async def ring_at_once(house: House) -> None:
    """What rings goes out now, and so does what runs and got heavier."""
    rang = await ring(house.db, house.config.feeds, now=house.clock(), rota=house.config.rota)
    if await tell_grown(house.db, house.config.feeds, now=house.clock()) or rang:
        house.pump.wake()


async def ask_for_pushes(house: House, now: datetime) -> None:
    """Ask the hubs whose time it is, when they can reach us over a road that nobody listens on."""
    base_url = house.config.web.base_url
    if house.config.feeds.push and is_safe_address(base_url):
        await ask_hubs(
            house.db, house.fetcher, house.sealer.derive, base_url=base_url, now=now
        )  # fmt: skip


async def follow_alerts(house: House, now: datetime) -> None:
    after = timedelta(minutes=house.config.alerts.escalate_after_min)
    if await call_backup(house.db, after=after, now=now):
        house.pump.wake()
    async with house.db.begin() as session:
        told = await tell_serious(session, now=now)
        told += await tell_changed(session, now=now)
    if told:
        house.pump.wake()


async def daily(house: House, now: datetime) -> None:
    at, is_exercise = house.config.alerts.daily_time, house.config.is_exercise
    if await send_daily_list(house.db, at, is_exercise=is_exercise, now=now):
        house.pump.wake()
    if await tell_foreseen(house.db, house.config, now=now):
        house.pump.wake()


async def refresh(house: House, now: datetime) -> None:
    """Texts whose hour has come, and live messages; a card that fails holds up no text."""
    due = await sweep_due(house.db, now)
    if due.changed:
        house.pump.wake()
    async with house.db.begin() as session:
        edited = await refresh_live(session, now=now)
    if edited:
        house.pump.wake()
    due.raise_first()


async def escalate(house: House, now: datetime) -> None:
    settings = house.config.sending
    if any(await escalate_due(house.db, settings, now=now, spoke=spoke_since)):
        house.pump.wake()


async def remind(house: House, now: datetime) -> None:
    """Promises to reporters that are at risk or broken reach a person, once."""
    async with house.db.begin() as session:
        await remind_of_signals(session, house.config.signals, sealer=house.sealer, now=now)
        await tell_day_pictures(session, house.config.signals, now=now)
    house.pump.wake()


async def keep_time(house: House, now: datetime) -> None:
    """Steps of a timetable that are due or late reach a person, once per step and stage."""
    async with house.db.begin() as session:
        told = await remind_of_steps(session, house.config, now=now)
    async with house.db.begin() as session:
        told += await keep_rota(session, house.config, now=now)
    if told:
        house.pump.wake()


async def mail_in(house: House, now: datetime) -> None:
    mail = house.config.mail
    if not mail.imap_host:
        return
    from bot.mail_reading import read_mail

    if await read_mail(house.db, mail, sealer=house.sealer, now=now, signals=house.config.signals):
        house.pump.wake()


async def tidy(house: House, now: datetime) -> None:
    config = house.config
    forgetting = await freeze_and_forget(
        house.db, config.signals, now=now, sends_by=configured_kinds(config)
    )
    await empty_log(house.db)
    # Rhythms are a matter of hours, so the round that comes by once an hour looks at them.
    async with house.db.begin() as session:
        told = await tell_rhythm(session, is_exercise=house.config.is_exercise, now=now)
    if told:
        house.pump.wake()
    forgetting.raise_first()


async def keep_list(house: House, now: datetime) -> None:
    """Today's share that can be reached, the half-yearly question to who is due, what is late."""
    async with house.db.begin() as session:
        asked = await keep_list_once(session, house.config, now=now)
    if asked:
        house.pump.wake()


async def keep_list_once(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """One round of it; how many questions and reminders it gave."""
    await note_reach(
        session, is_exercise=config.is_exercise, now=now, sends_by=configured_kinds(config)
    )
    asked = await ask_due(session, config, now=now)
    asked += await ask_about_lines(session, config, now=now)
    asked += await remind_of_lessons(session, config, now=now)
    asked += await remind_of_digest(session, config, now=now)
    asked += await remind_of_overleg(session, config, now=now)
    return asked + await remind_of_agreements(session, config, now=now)


async def tell_systems(house: House, now: datetime) -> None:
    if await house.webhooks.turn():
        house.pump.wake()


async def exercise(house: House, now: datetime) -> None:
    """What an exercise has in store for this minute; its news rings like any other."""
    await play_along(house.db, house.config.briefings, now=now)
    if await advance(house.exercise_tools, now=now):
        await ring_at_once(house)
        house.pump.wake()
    if await end_what_lasts(house.db, now=now):
        house.pump.wake()


async def plans(house: House, _now: datetime) -> None:
    await house.plans.keep()


async def health(house: House, now: datetime) -> None:
    told = await tell_trouble(house, now=now)
    if await tell_stood_still(house, now=now) or told:
        house.pump.wake()


TICKS: tuple[Tick, ...] = (
    Tick("feeds", watch_feeds, lambda pace: pace.feeds_s),
    Tick("refresh", refresh, lambda pace: pace.refresh_s),
    Tick("alerts", follow_alerts, lambda pace: pace.alerts_s),
    Tick("daily", daily, lambda pace: pace.daily_s),
    Tick("escalate", escalate, lambda pace: pace.escalate_s),
    Tick("remind", remind, lambda pace: pace.remind_s),
    Tick("clock", keep_time, lambda pace: pace.clock_s),
    Tick("mail_in", mail_in, lambda pace: pace.mail_in_s),
    Tick("tidy", tidy, lambda pace: pace.tidy_s),
    Tick("list", keep_list, lambda pace: pace.list_s),
    Tick("links", look_at_links, lambda pace: pace.links_s),
    Tick("webhooks", tell_systems, lambda pace: pace.webhooks_s),
    Tick("exercise", exercise, lambda pace: pace.exercise_s),
    Tick("plans", plans, lambda pace: pace.plans_s),
    Tick("health", health, lambda pace: pace.health_s),
)
