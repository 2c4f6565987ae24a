"""Runs the benchmarks of delivery: figures into ``docs/performance.md``, growth as a picture.

``python -m bot.bench.series [--short]`` replaces what stands between the two marks; the words
around them are written by people. Each row is one command as a user gives it, in a process of its
own: nothing of one row stays in the memory of the next.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bot.bench.cluster import address, private_cluster
from bot.bench.curves import curves
from bot.clock import utc_now

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
PICTURE = PAGE.parent / "img" / "groei.svg"
BEGIN, END = "<!-- made by make bench -->\n", "<!-- end of what make bench made -->\n"


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement: a command after ``schakel bench``."""

    name: str
    words: tuple[str, ...]
    needs_postgresql: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Measurements that say the same things of themselves."""

    columns: tuple[str, ...]
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one measurement said, and how busy the machine was before and after."""

    run: Run
    figures: dict[str, Any]
    load: tuple[float, float]


def _deliver(name: str, words: str, *, needs_postgresql: bool = False) -> Run:
    return Run(name, ("deliver", "--json", *words.split()), needs_postgresql)


def growing(contacts: int, *, on_postgresql: bool) -> Run:
    """How the rate holds as a city, or a country, grows. Pure."""
    store = "PostgreSQL" if on_postgresql else "SQLite"
    words = f"--contacts {contacts} --rate 1000 --latency-ms 50"
    return _deliver(f"{store}, 1000/s, 50 ms", words, needs_postgresql=on_postgresql)


GROWTH = (1_000, 10_000, 100_000, 250_000)
HARD = (
    _deliver("30/s, 50 ms", "--contacts 10000 --rate 30 --latency-ms 50"),
    _deliver("1000/s, 50 ms, 20 × kill -9", "--contacts 10000 --rate 1000 --kill 20"),
    _deliver("100/s, 50 ms, storm", "--contacts 1000 --rate 100 --fault storm"),
    _deliver(
        "two hosts, one dies, 50/s",
        "--contacts 1500 --rate 50 --hosts --workers 2 --kill 1",
        needs_postgresql=True,
    ),
)
SHORT_HARD = (
    _deliver("30/s, 50 ms", "--contacts 600 --rate 30 --latency-ms 50"),
    _deliver("200/s, 50 ms, 5 × kill -9", "--contacts 2000 --rate 200 --kill 5"),
)
DELIVERED = (
    "contacts", "planned_s", "seconds", "rate", "max_in_any_second", "p95_commit_ms", "cpu_s",
    "peak_rss_mb", "lost", "silent_duplicates", "unknown", "in_flight_at_kills", "resumed_s",
)  # fmt: skip
MAIL = Table(
    ("contacts", "seconds", "first_pass_rate", "rate", "lost", "silent_duplicates", "unknown"),
    (Run("e-mail with 4xx, 5xx and dropped connections", ("mail", "--json")),),
)
UPDATES = Table(
    ("updates", "kills", "seconds", "rate", "lost", "handled_twice", "unknown", "cpu_s"),
    (Run("messages that come in, 3 × kill -9", ("updates", "--json", "--kill", "3")),),
)
BUTTON = Table(
    ("contacts", "presses", "p50_s", "p95_s", "longest_s"),
    (Run("a coordinator's question while texts go out", ("button", "--json")),),
)
WATCH = Table(
    (
        "items", "items_per_s", "ratio", "peak_rss_mb", "polled_per_s", "to_alert_p50_ms",
        "to_alert_max_ms",
    ),
    (Run("the watch", ("watch",)),),
)  # fmt: skip


def tables(*, short: bool) -> list[Table]:
    """What is measured, in order. Pure."""
    sizes = GROWTH[:2] if short else GROWTH
    growth = [growing(size, on_postgresql=store) for store in (False, True) for size in sizes]
    rest = () if short else (MAIL, UPDATES, BUTTON)
    return [Table(DELIVERED, (*growth, *(SHORT_HARD if short else HARD))), *rest, WATCH]


def drawn_table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """As Markdown. Pure."""
    names = ["run", *columns, "load"]
    lines = [f"| {' | '.join(names)} |\n", f"|{'---|' * len(names)}\n"]
    for row in rows:
        cells = [_said(row.figures.get(name)) for name in columns]
        load = f"{row.load[0]:.1f}–{row.load[1]:.1f}"
        lines.append(f"| {' | '.join([row.run.name, *cells, load])} |\n")
    return "".join([*lines, "\n"])


def _said(figure: object) -> str:
    if figure is None:
        return "–"
    return ", ".join(map(str, figure)) if isinstance(figure, list) else str(figure)


def growth_of(rows: Iterable[Row]) -> dict[str, list[tuple[int, float]]]:
    """Per store what the picture draws: contacts and messages a second. Pure."""
    names = {growing(size, on_postgresql=store).name for size in GROWTH for store in (False, True)}
    lines: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        if row.run.name in names:
            store = row.run.name.partition(",")[0]
            point = (int(row.figures["contacts"]), float(row.figures["rate"]))
            lines.setdefault(store, []).append(point)
    return lines


def replaced(page: str, made: str) -> str:
    """The page with ``made`` between the marks. Pure. :raises ValueError: there are none."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{made}{END}{after}"


async def run(*, short: bool) -> bool:
    """Measure everything, and put tables and picture in their places.

    A row of which the command gave no figures is left out; returns whether all went well.
    """
    made = [f"\n{utc_now():%Y-%m-%d}, {os.cpu_count()} cores, temporary stores.\n\n"]
    drawn: list[Row] = []
    went_well = True
    with private_cluster() as cluster:
        for table in tables(short=short):
            rows = []
            for one in table.runs:
                row, is_well = await _measured(one, cluster)
                went_well &= is_well
                rows += [row] if row else []
            made.append(drawn_table(table.columns, rows))
            drawn += rows
    if lines := growth_of(drawn):
        PICTURE.write_text(curves(lines), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, "".join(made)), encoding="utf-8")
    return went_well


async def _measured(one: Run, cluster: Path | None) -> tuple[Row | None, bool]:
    """What the command says, and whether it ended well; what is wrong it says itself."""
    if one.needs_postgresql and cluster is None:
        sys.stderr.write(f"{one.name}: PostgreSQL ontbreekt (apt install postgresql).\n")
        return None, True
    with _a_database(cluster if one.needs_postgresql else None) as store:
        words = (*one.words, *(("--database", store) if store else ()))
        sys.stderr.write(f"schakel bench {' '.join(words)}\n")
        load = os.getloadavg()[0]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli.main", "bench", *words, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    lines = said.decode().splitlines()
    sys.stderr.write(f"{lines[-1] if lines else '–'}\n")
    is_well = process.returncode == 0
    try:
        return Row(one, json.loads(lines[-1]), (load, os.getloadavg()[0])), is_well
    except (IndexError, ValueError):
        return None, False


@contextmanager
def _a_database(cluster: Path | None) -> Iterator[str]:
    """A new, empty database, gone afterwards; without a cluster nothing, a file is made for one."""
    if cluster is None:
        yield ""
        return
    engine = create_engine(address(cluster, "postgres"), isolation_level="AUTOCOMMIT")
    name = f"bench_{time.monotonic_ns()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield address(cluster, name)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        engine.dispose()


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(short="--short" in sys.argv)) else 1)
