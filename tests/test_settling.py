"""Memory while loading and afterwards: looked through in small pieces, and then left alone."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

from bot.settling import LOADING, USUAL, load_quickly, quick_turns, settle_memory

ROOT = Path(__file__).parents[1]
#: prints what the loop itself loads in the second after a house is ready
LOADED_LATER = """
import asyncio, os, sys, threading
from pathlib import Path
from bot.config import load_config
from bot.house import House

class Seen:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is threading.main_thread():
            print(name)

async def main():
    house = House(load_config(Path("config.toml"), os.environ))
    await house.start()
    sys.meta_path.insert(0, Seen())
    await asyncio.sleep(1.0)
    await house.stop()

asyncio.run(main())
"""
CONFIG = """
[telegram]
base_url = "http://127.0.0.1:1/bot"
bot_name = "schakel_oefen_bot"
[web]
port = 0
base_url = "https://schakel.example.org"
"""


class Waste:
    """Holds itself, so that only the collector finds it."""

    def __init__(self) -> None:
        self.own = self


def test_waste_of_loading_is_gone_once_it_settled() -> None:
    load_quickly()
    assert gc.get_threshold() == LOADING
    gone = weakref.ref(Waste())
    settle_memory()
    assert gone() is None
    assert gc.get_threshold() == USUAL
    gc.unfreeze()


def test_turns_are_as_long_as_before_once_it_is_loaded() -> None:
    usual = sys.getswitchinterval()
    with quick_turns():
        assert sys.getswitchinterval() < usual
    assert sys.getswitchinterval() == usual


def test_the_loop_of_a_house_that_is_ready_loads_nothing_any_more(tmp_path: Path) -> None:
    """Meanwhile nothing would be sent or read: what is not there yet, a thread loads."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", LOADED_LATER], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "SCHAKEL_TELEGRAM_TOKEN": "1:abc", "PYTHONPATH": paths}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


NOT_WHOLE = """
import sys, bot.house
from sqlmodel import SQLModel
known = set(SQLModel.metadata.tables)
asked = {
    name: {key.target_fullname.partition(".")[0] for key in table.foreign_keys}
    for name, table in SQLModel.metadata.tables.items()
}
print(*sorted(name for name, needs in asked.items() if needs - known))
"""


def test_what_sending_writes_refers_to_nothing_that_is_loaded_later() -> None:
    """A row of a table that refers to one that is not there yet cannot be written."""
    done = subprocess.run(
        [sys.executable, "-c", NOT_WHOLE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Asked for only, before the rest is there: whether a text came due.
    assert done.stdout.split() == [
        "asked_text", "briefing", "fact", "fact_block", "text_opening",
    ]  # fmt: skip


def test_what_a_house_loads_before_it_sends_writes_and_reads_no_texts() -> None:
    """After a restart people wait for it; the rest is loaded beside the sending."""
    asked = "import sys, bot.house, bot.run; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    later = {
        "jinja2", "bot.alerts", "briefings.library", "signals.person_filter", "starlette",
        "bot.rows", "feeds.rows", "signals.rows", "briefings.learning.rows",
    }  # fmt: skip
    assert later & set(done.stdout.split()) == set()
