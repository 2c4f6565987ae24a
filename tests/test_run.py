"""``schakel run`` says on the terminal where it is, and what is wrong with Telegram."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import run_texts
from bot.config import SECRETS, Config
from bot.run import run, where_the_pages_are
from bot.settings import DatabaseSettings, WebSettings
from bot.simulator import TOKEN, Simulator
from feeds.settings import FeedSettings
from tests.test_cli import BOT

UNIT = Path(__file__).parents[1] / "docs" / "voorbeelden" / "schakel.service"


def said_by_run(place: Path, token: str, bot_url: str, enough: Callable[[str], bool]) -> str:
    """Everything that the process prints until ``enough``, and after a SIGTERM."""
    (place / "config.toml").write_text(
        f"""
[telegram]
base_url = "{bot_url}"
bot_name = "{BOT}"
[web]
port = 0
base_url = "https://schakel.example.org"
""",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli.main", "run", "--config", str(place / "config.toml")],
        env={**os.environ, "SCHAKEL_TELEGRAM_TOKEN": token},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    printed = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if enough(printed):
                break
        process.send_signal(signal.SIGTERM)
        printed += process.stdout.read()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout.close()  # type: ignore[union-attr]
    assert token not in printed
    return printed


@pytest.mark.slow
async def test_a_wrong_token_is_said_at_the_first_look(tmp_path: Path) -> None:
    async with Simulator() as outside:
        printed = await in_a_thread(tmp_path, "9:onbekend", outside.bot_url, "token")
    assert "https://schakel.example.org" in printed
    assert "http://127.0.0.1:" in printed


@pytest.mark.slow
async def test_no_network_is_said_at_the_first_look(tmp_path: Path) -> None:
    await in_a_thread(tmp_path, TOKEN, "http://127.0.0.1:9/bot", "unreachable")


async def in_a_thread(place: Path, token: str, bot_url: str, trouble: str) -> str:
    import asyncio

    sentence = run_texts.TELEGRAM[trouble]
    return await asyncio.to_thread(
        said_by_run, place, token, bot_url, lambda printed: sentence in printed
    )


async def test_an_address_that_is_taken_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = Config(
            state_dir=tmp_path,
            database=DatabaseSettings(url=f"sqlite+aiosqlite:///{tmp_path}/schakel.sqlite3"),
            web=WebSettings(port=port),
            feeds=FeedSettings(sources=[]),
        )
        assert await run(config) == 1
    assert run_texts.CANNOT_LISTEN.format(address=f"http://127.0.0.1:{port}") in (
        capsys.readouterr().err
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_example_of_a_service_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    place = tmp_path / "schakel.service"
    place.write_text(text.replace("/opt/schakel/.venv/bin/schakel", "/bin/true"), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(place)], capture_output=True, text=True, check=False
    )
    assert "schakel" not in checked.stderr
    assert checked.returncode == 0


def test_the_example_of_a_service_names_secrets_that_exist() -> None:
    named = re.findall(r"Environment=(\w+)_FILE=", UNIT.read_text(encoding="utf-8"))
    assert named
    assert set(named) <= set(SECRETS)


def test_one_address_is_said_once() -> None:
    line = where_the_pages_are("http://127.0.0.1:8420", "http://127.0.0.1:8420/")
    assert line.count("8420") == 1
