"""``schakel bench updates`` and ``button``: what people send comes in, and is answered.

A burst of messages through kills, and a coordinator who taps while thousands of texts go out.
The other side's journal judges here too: each chat that said something must get one answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlmodel import col, func, select

from bot.bench import bench_texts as texts
from bot.bench.deliver import secrets_of, write_config
from bot.bench.folders import bench_folder
from bot.bench.plan_process import FIRST_CHAT
from bot.bench.processes import BenchFailed, Houses, crowd, run_once
from bot.bench.showing import show_figures
from bot.bench.visiting import percentile
from bot.database import open_database
from bot.rows import IncomingUpdate, UpdateStatus
from bot.simulator import TOKEN
from contacts.directory import ChannelKind
from contacts.outbox import UNDER_WAY, Delivery, DeliveryStatus
from contacts.records import Database
from contacts.texts import REPEAT_LINE

#: a question that anybody may ask, and that one message answers
QUESTION = "/help"
#: longer than Telegram's one message a second in one chat
PRESS_EVERY_S = 1.2
ANSWER_LIMIT_S = 20.0
#: a house that said nothing to the coordinator for so long has nothing to say
QUIET_S = 4.0
LOOK_S = 0.05
STILL_S = 60.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A house with its other side, for one measurement."""

    db: Database
    houses: Houses
    port: int
    asked: dict[str, Any]


@asynccontextmanager
async def a_scene(
    contacts: int, rate: float, latency_ms: float, database: str
) -> AsyncIterator[Scene]:
    """Filled with made-up contacts, and running.

    :raises BenchFailed: the store holds people already.
    """
    with bench_folder() as folder:
        url = database or f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
        asked = {"url": url, "contacts": contacts, "kind": ChannelKind.TELEGRAM.value}
        if (await run_once("bot.bench.plan_process", "fill", asked=asked)).get("refused"):
            raise BenchFailed(texts.NOT_EMPTY)
        async with crowd({"token": TOKEN, "latency_s": latency_ms / 1000}) as ports:
            houses = Houses(write_config(folder, ports, rate), secrets_of(url), 1)
            db = open_database(url)
            try:
                await houses.start()
                await houses.ready()
                yield Scene(db, houses, ports["port"], asked)
            finally:
                await houses.close()
                await db.close()


async def measure_updates(updates: int, kills: int, database: str, *, quiet: bool) -> str:
    """A burst of ``updates`` messages, ``kills`` kills in between; figures as one line of JSON,
    after a table of them unless ``quiet``.

    ``handled_twice`` counts answers too many without "(herhaling)"; ``lost`` counts chats without
    an answer that are not uncertain on somebody's list either.
    """
    load = os.getloadavg()[0]
    async with a_scene(updates, 1000, 0, database) as scene:
        began = await _say(scene, FIRST_CHAT + 1, updates)
        killing = asyncio.create_task(_kill(scene.houses, kills, updates))
        try:
            ended = await _until(scene.db, lambda db: _not_handled(db, updates))
        finally:
            await killing
        await _until(scene.db, _unsent)
        answers = await _answers(scene.port)
        uncertain = await _uncertain(scene.db)
        await scene.houses.stop()
        cpu_s = scene.houses.cpu_s
    got = Counter(chat for _, chat, line in answers if not line.startswith(REPEAT_LINE))
    chats = range(FIRST_CHAT + 1, FIRST_CHAT + 1 + updates)
    lost = sum(str(chat) not in got and str(chat) not in uncertain for chat in chats)
    seconds = ended - began
    figures = {
        "updates": updates, "seconds": round(seconds, 2), "rate": round(updates / seconds, 1),
        "lost": lost, "handled_twice": sum(got[str(chat)] > 1 for chat in chats),
        "unknown": len(uncertain), "kills": len(scene.houses.restarts),
        "cpu_s": round(cpu_s, 2), "load": round(load, 1),
    }  # fmt: skip
    if not quiet:
        show_figures(texts.UPDATES_TABLE, texts.UPDATES_ROWS, figures)
    return json.dumps(figures)


async def measure_button(
    contacts: int, rate: float, latency_ms: float, database: str, *, quiet: bool
) -> str:
    """How long a coordinator waits for an answer while ``contacts`` texts go out; one line of JSON,
    after a table unless ``quiet``.

    Counted from the moment that Telegram has the message until it has our answer. It begins when
    the house said all that it has to say of the made-up event: one chat gets one message a second,
    so that an answer just after a message of its own takes a second whatever goes out.
    """
    load = os.getloadavg()[0]
    async with a_scene(contacts, rate, latency_ms, database) as scene:
        await _until_quiet(scene)
        await run_once("bot.bench.plan_process", "post", asked=scene.asked)
        waits = []
        while await _unsent(scene.db):
            waits.append(await _press(scene))
            await asyncio.sleep(PRESS_EVERY_S)
        await scene.houses.stop()
    if not waits:
        raise BenchFailed(texts.NOTHING_LEFT)
    figures = {
        "contacts": contacts, "presses": len(waits), "p50_s": round(percentile(waits, 0.5), 3),
        "p95_s": round(percentile(waits, 0.95), 3), "longest_s": round(max(waits), 3),
        "load": round(load, 1),
    }  # fmt: skip
    if not quiet:
        show_figures(texts.BUTTON_TABLE, texts.BUTTON_ROWS, figures)
    return json.dumps(figures)


async def _press(scene: Scene) -> float:
    """Seconds until the coordinator, chat number 0, has an answer."""
    before = await _to_coordinator(scene)
    said = await _say(scene, FIRST_CHAT, 1)
    async with asyncio.timeout(ANSWER_LIMIT_S):
        while True:
            came = await _to_coordinator(scene)
            if len(came) > len(before):
                return came[len(before)] - said
            await asyncio.sleep(LOOK_S)


async def _until_quiet(scene: Scene) -> None:
    heard = -1
    while len(came := await _to_coordinator(scene)) != heard:
        heard = len(came)
        await asyncio.sleep(QUIET_S)


async def _to_coordinator(scene: Scene) -> list[float]:
    return sorted(at for at, _, _ in await _answers(scene.port, f"?address={FIRST_CHAT}"))


async def _say(scene: Scene, first: int, count: int) -> float:
    said = {"first": first, "count": count, "text": QUESTION}
    async with (
        aiohttp.ClientSession() as web,
        web.post(f"http://127.0.0.1:{scene.port}/say", json=said) as answer,
    ):
        return float((await answer.json())["at"])


async def _answers(port: int, query: str = "") -> list[tuple[float, str, str]]:
    async with (
        aiohttp.ClientSession() as web,
        web.get(f"http://127.0.0.1:{port}/arrived{query}") as answer,
    ):
        found = await answer.json()
    return list(zip(found["at"], found["address"], found["line"], strict=True))


async def _kill(houses: Houses, kills: int, updates: int) -> None:
    """At random moments, spread over the time that a burst of this size may take."""
    moments = random.Random(updates)  # noqa: S311  (chance in a measurement)
    for _ in range(kills):
        await asyncio.sleep(moments.uniform(0.5, 0.5 + updates / 400 / max(kills, 1)))
        await houses.kill_and_restart()
        await houses.ready()


async def _until(db: Database, left_of: Callable[[Database], Awaitable[int]]) -> float:
    """Wait until nothing is left; returns when that was. :raises BenchFailed: it stands still."""
    left, moved_at = -1, time.monotonic()
    while left:
        now_left = await left_of(db)
        if now_left != left:
            left, moved_at = now_left, time.monotonic()
        elif time.monotonic() - moved_at > STILL_S:
            raise BenchFailed(texts.TOO_LONG)
        await asyncio.sleep(LOOK_S)
    return moved_at


async def _not_handled(db: Database, updates: int) -> int:
    """How many of ``updates`` were not handled yet; what did not come in yet is one of them."""
    async with db.read() as session:
        done = await session.exec(
            select(func.count())
            .select_from(IncomingUpdate)
            .where(col(IncomingUpdate.status) != UpdateStatus.NEW)
        )
        return updates - done.one()


async def _unsent(db: Database) -> int:
    async with db.read() as session:
        found = await session.exec(
            select(func.count()).select_from(Delivery).where(col(Delivery.status).in_(UNDER_WAY))
        )
        return found.one()


async def _uncertain(db: Database) -> set[str]:
    async with db.read() as session:
        found = await session.exec(
            select(Delivery.address).where(col(Delivery.status) == DeliveryStatus.UNKNOWN)
        )
        return set(found.all())
