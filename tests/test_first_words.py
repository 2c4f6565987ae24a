"""What whoever sets Schakel up reads first: Dutch, and counted right."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.cli import texts
from bot.ticks import Tick, run_tick
from tests.cli_world import an_empty_place, call

ROOT = Path(__file__).parents[1]


def test_the_help_of_run_says_its_default_in_dutch() -> None:
    said = call("run", "--help").output
    assert "standaard:" in said
    assert "default" not in said


def test_the_questions_of_init_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_empty_place(tmp_path, monkeypatch)
    mail = "smtp.example.org\nschakel@example.org\n"
    answers = f"Arnhem\nstad_bot\n{mail}https://schakel.example.org\nCoördinator\n"
    said = call("init", answers=answers).output
    assert re.findall(r"(\d)/(\d) ", said) == [(str(n), "6") for n in range(1, 7)]
    assert "geen vraag 4" in texts.INIT_MAIL


def test_make_setup_says_that_it_is_done_and_what_comes_next() -> None:
    def made(goal: str) -> str:
        return subprocess.run(
            ["make", "--dry-run", goal], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    assert "Klaar." in made("setup")
    assert "schakel init" in made("setup")
    assert "Klaar." not in made("demo")


async def test_a_round_that_is_broken_off_when_the_house_stops_is_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from bot.settings import TickSettings

    async def hang(*_: object) -> None:
        await asyncio.sleep(60)

    house: Any = SimpleNamespace(
        stop_event=asyncio.Event(), clock=lambda: None, config=SimpleNamespace(ticks=TickSettings())
    )
    task = asyncio.create_task(run_tick(house, Tick("feeds", hang, lambda _: 1.0)))
    await asyncio.sleep(0)
    with caplog.at_level(logging.INFO):
        task.cancel()
        await task
    assert [one.getMessage() for one in caplog.records] == ["A tick was broken off"]
    assert caplog.records[0].exc_info is None
