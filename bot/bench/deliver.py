"""``schakel bench deliver``: one message to many, through the real house, judged from outside.

Three parties in processes of their own: the house, the one who decides to send, and the other
side, whose journal says what arrived.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from sqlmodel import col, func, select

from bot.bench import bench_texts as texts
from bot.bench.faults import PROFILES, mail_faults
from bot.bench.folders import bench_folder
from bot.bench.hosts import Networks, networks, store_on
from bot.bench.judging import (
    Arrival,
    Ruling,
    Standing,
    Trip,
    in_flight,
    longest_silence,
    rate_of,
    rule,
)
from bot.bench.plan_process import address_of
from bot.bench.processes import BenchFailed, Houses, crowd, run_once
from bot.bench.showing import show_figures
from bot.database import open_database
from bot.simulator import TOKEN
from contacts.directory import ChannelKind
from contacts.outbox import UNDER_WAY, Delivery, Message, MessageKind
from contacts.records import Database

#: connections to the mail server: so many mails are under way at a kill, at the most
CONNECTIONS = 8
CONFIG = """
state_dir = "state"
[telegram]
base_url = "http://{host}:{port}/bot"
bot_name = "schakel_oefen_bot"
poll_timeout_s = 2
[web]
port = 0
[mail]
host = "{host}"
port = {smtp_port}
tls = "geen"
connections = {connections}
from_address = "schakel@stad.example"
reply_address = "antwoord@stad.example"
[sending]
telegram_per_s = {rate}
mail_per_s = {rate}
mail_domain_per_min = 0
"""
#: how often is looked: counting what is left costs the store that is measured, 0.1 s with 250,000
LOOK_S, LOOKS = 0.2, 20
LOCAL = "127.0.0.1"
#: with nothing settled for so long, it stands still
STILL_S = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. ``database``: empty for a temporary one."""

    contacts: int
    rate: float
    latency_ms: float = 0.0
    database: str = ""
    fault: str = "geen"
    kills: int = 0
    workers: int = 1
    kind: ChannelKind = ChannelKind.TELEGRAM
    seed: int = 1
    are_hosts: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that was measured."""

    ruling: Ruling
    plan_s: float
    seconds: float
    p95_commit_ms: float | None
    cpu_s: float
    peak_mb: float
    kills: int
    resumed_s: float
    load: tuple[float, float]
    first_pass_rate: float | None = None
    in_flight: int | None = None


async def measure(plan: Plan, *, quiet: bool) -> str:
    """Measure, show the table unless ``quiet``, and return the figures as one line of JSON.

    :raises BenchFailed: there was nothing to measure.
    """
    said = Console(stderr=True, quiet=quiet)
    with bench_folder() as folder:
        url = plan.database or f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
        said.print(texts.CONTACTS_FILLING.format(contacts=plan.contacts))
        asked = {"url": url, "contacts": plan.contacts, "kind": plan.kind.value}
        if (await run_once("bot.bench.plan_process", "fill", asked=asked)).get("refused"):
            raise BenchFailed(texts.NOT_EMPTY)
        said.print(texts.SENDING.format(rate=plan.rate, latency=plan.latency_ms, fault=plan.fault))
        measured = await _run(plan, folder, asked)
    if not quiet:
        _show(measured, plan)
    return _as_json(measured, plan)


def is_too_uncertain(figures: str, plan: Plan) -> bool:
    """Whether more is uncertain than was under way at the kills. Pure.

    With faults nobody can say; and another host cannot know what the dead one knew.
    """
    found = json.loads(figures)
    under_way = found["in_flight_at_kills"]
    if PROFILES[plan.fault] or plan.are_hosts or under_way is None:
        return False
    return bool(found["unknown"] > under_way)


def _other_side(plan: Plan) -> dict[str, Any]:
    """What the crowd is asked to be. Pure."""
    is_mail = plan.kind is ChannelKind.EMAIL
    return {
        "token": TOKEN, "latency_s": plan.latency_ms / 1000, "seed": plan.seed,
        "faults": [{**one, "times": None, "method": "sendMessage"} for one in PROFILES[plan.fault]],
        "mail_faults": mail_faults(plan.contacts, plan.fault, plan.seed) if is_mail else {},
    }  # fmt: skip


async def _run(plan: Plan, folder: Path, asked: dict[str, Any]) -> Measured:
    load = os.getloadavg()[0]
    async with (
        _places(plan, asked["url"]) as (nets, url),
        crowd(_other_side(plan) | {"host": nets.address if nets else LOCAL}) as ports,
    ):
        house = _houses(plan, folder, ports, nets, url)
        db = open_database(asked["url"])
        try:
            await house.start()
            await house.ready()
            # A city's house has stood for days; how soon it sends after a start is another figure.
            await house.settled()
            planned = await run_once("bot.bench.plan_process", "post", asked=asked)
            ended = await _until_settled(db, house, plan)
            figures = await house.stop()
            standings = await _standings(db)
        finally:
            await house.close()
            await db.close()
        arrivals = await _arrivals(ports)
        # Not only they: the house may have something to tell its coordinator meanwhile.
        tries: dict[str, float] = await _asked(ports, "tried")
        trips = [Trip(*one) for one in await _asked(ports, "trips")]
    addresses = [address_of(number, plan.kind) for number in range(1, plan.contacts + 1)]
    tried = sorted(tries[address] for address in addresses if address in tries)
    return Measured(
        ruling=rule(addresses, standings, arrivals, texts.MESSAGE_TITLE),
        plan_s=planned["plan_s"],
        seconds=ended - planned["began"],
        p95_commit_ms=figures.get("p95_commit_ms"),
        cpu_s=planned["cpu_s"] + house.cpu_s,
        peak_mb=max(planned["rss_mb"], house.peak_mb),
        kills=len(house.kills),
        in_flight=_under_way(plan, house, trips),
        resumed_s=longest_silence(
            [kill.at for kill in house.kills] if plan.are_hosts else house.restarts,
            arrivals,
            plan.latency_ms / 1000 + 0.1,
        ),
        load=(load, os.getloadavg()[0]),
        first_pass_rate=rate_of(tried) if tried else None,
    )


def _under_way(plan: Plan, house: Houses, trips: Sequence[Trip]) -> int | None:
    """Requests at the kills; of mails what the connections can carry, for nobody counts those."""
    if plan.kind is ChannelKind.EMAIL:
        return len(house.kills) * CONNECTIONS
    return in_flight(house.kills, trips)


def _houses(
    plan: Plan, folder: Path, ports: Mapping[str, Any], nets: Networks | None, url: str
) -> Houses:
    """One or more, not started, that know the other side."""
    several = "[database]\nseveral_hosts = true\n" if plan.workers > 1 else ""
    config = write_config(folder, ports, plan.rate, more=several)
    return Houses(config, secrets_of(url), plan.workers, nets)


def write_config(folder: Path, ports: Mapping[str, Any], rate: float, *, more: str = "") -> Path:
    """What a house reads that is measured against this other side."""
    config = folder / "config.toml"
    said = CONFIG.format(**ports, rate=rate, connections=CONNECTIONS)
    config.write_text(said + more, encoding="utf-8")
    return config


def secrets_of(url: str) -> dict[str, str]:
    """What it has from its environment. Pure."""
    return {"SCHAKEL_TELEGRAM_TOKEN": TOKEN, "SCHAKEL_DATABASE_URL": url}


@asynccontextmanager
async def _places(plan: Plan, url: str) -> AsyncIterator[tuple[Networks | None, str]]:
    """A network for each host, and how the store is reached from there."""
    if not plan.are_hosts:
        yield None, url
        return
    async with networks(plan.workers) as nets, store_on(nets.address, url) as reached:
        yield nets, reached


async def _until_settled(db: Database, house: Houses, plan: Plan) -> float:
    """Kill now and then until nothing is left to do; returns when that was."""
    over = asyncio.Event()
    killing = asyncio.create_task(_kill_now_and_then(house, plan, over))
    try:
        left, moved_at = -1, time.monotonic()
        while left:
            now_left = await _left(db)
            if now_left != left:
                left, moved_at = now_left, time.monotonic()
            elif time.monotonic() - moved_at > STILL_S:
                raise BenchFailed(texts.TOO_LONG)
            if killing.done():
                killing.result()
            await asyncio.sleep(LOOK_S + left / plan.rate / LOOKS)
    finally:
        over.set()
        # Killed and not yet back: let it come back, or it is stopped before it can be.
        await killing
    return moved_at


async def _kill_now_and_then(house: Houses, plan: Plan, over: asyncio.Event) -> None:
    """At random moments after each start, spread over the time that the sending should take."""
    moments = random.Random(plan.seed)  # noqa: S311  (chance in a measurement)
    each_s = plan.contacts / plan.rate / max(plan.kills, 1)
    for _ in range(plan.kills):
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), moments.uniform(0.0, 1.5 * each_s))
        if over.is_set():
            return
        await house.kill_and_restart()
        await house.ready()


async def _left(db: Database) -> int:
    async with db.read() as session:
        found = await session.exec(
            select(func.count())
            .select_from(Delivery)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.BRIEFING, col(Delivery.status).in_(UNDER_WAY))
        )
        return found.one()


async def _standings(db: Database) -> list[Standing]:
    async with db.read() as session:
        found = await session.exec(
            select(Delivery.address, Delivery.status, Delivery.reason)
            .join(Message, col(Message.id) == col(Delivery.message_id))
            .where(col(Message.kind) == MessageKind.BRIEFING)
        )
        return [Standing(*row) for row in found.all()]


async def _asked(ports: Mapping[str, Any], what: str) -> Any:
    address = f"http://{ports['host']}:{ports['port']}/{what}"
    async with aiohttp.ClientSession() as web, web.get(address) as got:
        return await got.json()


async def _arrivals(ports: Mapping[str, Any]) -> list[Arrival]:
    found = await _asked(ports, "arrived")
    return [Arrival(*one) for one in zip(found["at"], found["address"], found["line"], strict=True)]


def _figures(measured: Measured, plan: Plan) -> dict[str, Any]:
    ruling, commit = measured.ruling, measured.p95_commit_ms
    first = measured.first_pass_rate
    by_mail = {} if first is None else {"first_pass_rate": round(first, 1)}
    return {
        **by_mail,
        "contacts": plan.contacts,
        "planned_s": round(measured.plan_s, 2),
        "seconds": round(measured.seconds, 2),
        "rate": round(ruling.rate, 1),
        "max_in_any_second": ruling.max_in_any_second,
        "p95_commit_ms": None if commit is None else round(commit, 1),
        "cpu_s": round(measured.cpu_s, 2),
        "peak_rss_mb": round(measured.peak_mb, 1),
        "lost": ruling.lost,
        "silent_duplicates": ruling.silent_duplicates,
        "unknown": ruling.unknown,
        "in_flight_at_kills": measured.in_flight,
        "resumed_s": round(measured.resumed_s, 2),
    }


def _show(measured: Measured, plan: Plan) -> None:
    more = {
        "sent": measured.ruling.sent, "failed": measured.ruling.failed, "kills": measured.kills,
    }  # fmt: skip
    show_figures(texts.DELIVER_TABLE, texts.DELIVER_ROWS, {**_figures(measured, plan), **more})
    before, after = measured.load
    Console().print(texts.LOAD.format(before=before, after=after, cores=os.cpu_count()))


def _as_json(measured: Measured, plan: Plan) -> str:
    return json.dumps(_figures(measured, plan))
