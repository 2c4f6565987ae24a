"""Runs a short series of deliveries and puts its figures in ``docs/performance.md``.

``python -m bot.bench.series`` replaces what stands between the two marks; the words around them
are written by people.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bench.deliver import Plan, measure
from bot.bench.processes import BenchFailed
from bot.clock import utc_now
from contacts.directory import ChannelKind

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- made by make bench -->\n", "<!-- end of what make bench made -->\n"
COLUMNS = (
    "contacts", "seconds", "rate", "max_in_any_second", "p95_commit_ms", "cpu_s", "peak_rss_mb",
    "lost", "silent_duplicates", "unknown", "resumed_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of the series."""

    name: str
    plan: Plan


SERIES = (
    Run("1000/s, 50 ms", Plan(1_000, 1000, 50)),
    Run("1000/s, 50 ms", Plan(10_000, 1000, 50)),
    Run("30/s, 50 ms", Plan(600, 30, 50)),
    Run("200/s, 50 ms, 5 × kill -9", Plan(2_000, 200, 50, kills=5)),
    Run("100/s, 50 ms, storm", Plan(1_000, 100, 50, fault="storm")),
    Run("e-mail, 400/s", Plan(1_000, 400, kind=ChannelKind.EMAIL)),
)


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


async def run() -> None:
    rows = []
    for one in SERIES:
        sys.stderr.write(f"{one.name}, {one.plan.contacts} …\n")
        load = os.getloadavg()[0]
        try:
            figures = json.loads(await measure(one.plan, quiet=True))
        except BenchFailed as error:
            sys.stderr.write(f"{error}\n")
            continue
        rows.append(row(one.name, figures, (load, os.getloadavg()[0])))
    about = f"\n{utc_now():%Y-%m-%d}, {os.cpu_count()} cores, SQLite in a temporary folder.\n\n"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, f"{about}{head()}{''.join(rows)}\n"), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(run())
