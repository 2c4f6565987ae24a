"""Runs a series of deliveries: figures into ``docs/performance.md``, growth as a picture.

``python -m bot.bench.series [--short]`` replaces what stands between the two marks; the words
around them are written by people. ``SCHAKEL_BENCH_POSTGRESQL`` names a server to measure too.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url

from bot.bench.curves import curves
from bot.bench.deliver import Plan, measure
from bot.bench.processes import BenchFailed
from bot.bench.watch import Plan as WatchPlan
from bot.bench.watch import measure as measure_watch
from bot.clock import utc_now
from contacts.directory import ChannelKind

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PICTURE = PAGE.parent / "img" / "groei.svg"
BEGIN, END = "<!-- made by make bench -->\n", "<!-- end of what make bench made -->\n"
COLUMNS = (
    "contacts", "seconds", "rate", "max_in_any_second", "p95_commit_ms", "cpu_s", "peak_rss_mb",
    "lost", "silent_duplicates", "unknown", "in_flight_at_kills", "resumed_s",
)  # fmt: skip
#: of ``schakel bench watch``
WATCH_COLUMNS = (
    "items", "items_per_s", "ratio", "peak_rss_mb", "polled_per_s", "to_alert_p50_ms",
    "to_alert_max_ms", "load",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of the series."""

    name: str
    plan: Plan


SERIES = (
    Run("30/s, 50 ms", Plan(600, 30, 50)),
    Run("200/s, 50 ms, 5 × kill -9", Plan(2_000, 200, 50, kills=5)),
    Run("100/s, 50 ms, storm", Plan(1_000, 100, 50, fault="storm")),
    Run("e-mail, 400/s", Plan(1_000, 400, kind=ChannelKind.EMAIL)),
)
#: how the rate holds as a city, or a country, grows
GROWTH = (1_000, 10_000, 100_000, 250_000)
SHORT_GROWTH = GROWTH[:2]


def row(name: str, figures: dict[str, Any], load: tuple[float, float]) -> str:
    """A line of the table. Pure."""
    cells = [name, *(str(figures[key]) for key in COLUMNS), f"{load[0]:.1f}–{load[1]:.1f}"]
    return f"| {' | '.join(cells)} |\n"


def head() -> str:
    """The two lines above the rows. Pure."""
    names = ["run", *COLUMNS, "load"]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n"


def replaced(page: str, made: str) -> str:
    """The page with ``made`` between the marks. Pure. :raises ValueError: there are none."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{made}{END}{after}"


async def run(growth: Sequence[int], postgresql: str) -> None:
    """Measure everything, and put table and picture in their places.

    :param postgresql: of a server on which databases may be made; empty to leave it out.
    """
    stores = {"SQLite": ""} | ({"PostgreSQL": postgresql} if postgresql else {})
    rows: list[str] = []
    lines: dict[str, list[tuple[int, float]]] = {}
    for store, server in stores.items():
        for contacts in growth:
            name = f"{store}, 1000/s, 50 ms"
            with _a_database(server) as url:
                figures = await _measured(Run(name, Plan(contacts, 1000, 50, url)), rows)
            if figures is not None:
                lines.setdefault(store, []).append((contacts, float(figures["rate"])))
    for one in SERIES:
        await _measured(one, rows)
    if lines:
        PICTURE.write_text(curves(lines), encoding="utf-8")
    about = f"\n{utc_now():%Y-%m-%d}, {os.cpu_count()} cores, temporary stores.\n\n"
    made = f"{about}{head()}{''.join(rows)}\n{await _the_watch()}"
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


async def _the_watch() -> str:
    """The line of the watch; empty when it could not be measured."""
    sys.stderr.write("watch …\n")
    try:
        return watch_line(json.loads(await measure_watch(WatchPlan())))
    except BenchFailed as error:
        sys.stderr.write(f"{error}\n")
        return ""


def watch_line(figures: dict[str, Any]) -> str:
    """What ``bench watch`` found, as a small table. Pure."""
    cells = [json.dumps(figures[name]).strip("[]") for name in WATCH_COLUMNS]
    head = f"| {' | '.join(WATCH_COLUMNS)} |\n|{'---|' * len(WATCH_COLUMNS)}\n"
    return f"{head}| {' | '.join(cells)} |\n\n"


async def _measured(one: Run, rows: list[str]) -> dict[str, Any] | None:
    sys.stderr.write(f"{one.name}, {one.plan.contacts} …\n")
    load = os.getloadavg()[0]
    try:
        figures: dict[str, Any] = json.loads(await measure(one.plan, quiet=True))
    except BenchFailed as error:
        sys.stderr.write(f"{error}\n")
        return None
    rows.append(row(one.name, figures, (load, os.getloadavg()[0])))
    return figures


@contextmanager
def _a_database(server: str) -> Iterator[str]:
    """A new, empty database on this server, gone afterwards; no server: a temporary file."""
    if not server:
        yield ""
        return
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"schakel_bench_{os.getpid()}_{time.monotonic_ns()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        engine.dispose()


if __name__ == "__main__":
    short = "--short" in sys.argv
    asyncio.run(
        run(SHORT_GROWTH if short else GROWTH, os.environ.get("SCHAKEL_BENCH_POSTGRESQL", ""))
    )
