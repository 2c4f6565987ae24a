"""``schakel bench console``: a full store, the real pages in a process of their own, many users."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bench import bench_texts as texts
from bot.bench.filling import Filled, fill
from bot.bench.folders import bench_folder
from bot.bench.made_up import Amounts
from bot.bench.visiting import (
    PageFailed,
    Weight,
    keep_open,
    look_at_everything,
    memory_mb,
    of_one,
    summary,
    walk_around,
    weigh_first_page,
)
from bot.clock import utc_now
from bot.config import Config
from bot.database import open_database

START_S, STOP_S = 30.0, 10.0
#: as docs/voorbeelden/schakel.service starts it
AS_INSTALLED = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured."""

    amounts: Amounts
    seconds: float = 30.0
    streams: int = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that was measured, as it is reported."""

    pages: dict[str, dict[str, float]]
    everything: dict[str, float]
    weight: Weight
    before_mb: float | None
    after_mb: float | None
    load: tuple[float, float]


async def measure(plan: Plan) -> str:
    """Measure, show the table, and return the figures as one line of JSON."""
    quiet = Console(stderr=True)
    with bench_folder() as folder:
        url = f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
        filled = await _fill(url, plan, quiet)
        quiet.print(texts.STARTING)
        async with _server(url) as (address, pid):
            outcome = await _visit(address, pid, filled, plan, quiet)
    _show(outcome, plan)
    return _as_json(outcome, plan)


async def _fill(url: str, plan: Plan, quiet: Console) -> Filled:
    amounts = plan.amounts
    quiet.print(
        texts.FILLING.format(
            contacts=amounts.contacts, events=amounts.events, deliveries=amounts.deliveries
        )
    )
    db = open_database(url)
    try:
        with quiet.status(""):
            return await fill(db, amounts, Config(), now=utc_now())
    finally:
        await db.close()


@asynccontextmanager
async def _server(url: str) -> AsyncIterator[tuple[str, int]]:
    """The address and the process of the pages."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.server", url, env={**os.environ, **AS_INSTALLED},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_S)
        if not line:
            raise PageFailed("no server")
        yield line.decode().strip(), process.pid
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            # Nothing of it is worth keeping, and the figures are in.
            process.kill()
            await process.wait()


async def _visit(address: str, pid: int, filled: Filled, plan: Plan, quiet: Console) -> Outcome:
    load = os.getloadavg()[0]
    users = plan.amounts.users
    weight = await weigh_first_page(address, filled)
    # The first look at a page compiles its template: that wait is one of the day, not of a user.
    await look_at_everything(address, filled)
    quiet.print(texts.WALKING.format(users=users, seconds=plan.seconds))
    with quiet.status(""):
        figures = await walk_around(address, filled, users=users, seconds=plan.seconds)
    quiet.print(texts.STREAMING.format(streams=plan.streams))
    before = memory_mb(pid)
    with quiet.status(""):
        after = await keep_open(address, filled, pid, streams=plan.streams)
    return Outcome(
        pages=summary(figures.took),
        everything=of_one(figures.all()),
        weight=weight,
        before_mb=before,
        after_mb=after,
        load=(load, os.getloadavg()[0]),
    )


def _show(outcome: Outcome, plan: Plan) -> None:
    table = Table(title=texts.TABLE)
    for name in texts.COLUMNS:
        table.add_column(name, justify="left" if name == texts.COLUMNS[0] else "right")
    for page, row in {**outcome.pages, texts.ALL_PAGES: outcome.everything}.items():
        values = [f"{row[key]:.0f}" for key in ("n", "p50_ms", "p95_ms", "max_ms")]
        table.add_row(page, *values)
    shown = Console()
    shown.print(table)
    shown.print(texts.WEIGHT.format(size=outcome.weight.gzipped))
    shown.print(texts.SENT_WEIGHT.format(size=outcome.weight.sent))
    if outcome.before_mb is not None and outcome.after_mb is not None:
        shown.print(
            texts.MEMORY.format(
                before=outcome.before_mb, after=outcome.after_mb, streams=plan.streams
            )
        )
    before, after = outcome.load
    shown.print(texts.LOAD.format(before=before, after=after, cores=os.cpu_count()))


def _as_json(outcome: Outcome, plan: Plan) -> str:
    figures: dict[str, Any] = {
        "pages": outcome.pages,
        "p95_ms": outcome.everything["p95_ms"],
        "first_page_kb_gz": round(outcome.weight.gzipped, 1),
        "first_page_kb_sent": round(outcome.weight.sent, 1),
        "streams": plan.streams,
        "rss_before_mb": _rounded(outcome.before_mb),
        "rss_mb": _rounded(outcome.after_mb),
        "load": [round(one, 2) for one in outcome.load],
    }
    return json.dumps(figures)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
