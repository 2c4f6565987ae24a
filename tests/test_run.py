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
import yaml

from bot import run_texts
from bot.cities.parent import END_S
from bot.cli.main import app
from bot.config import BACKUP_KEY, DATABASE_URL, SECRET_KEY, SECRETS, Config
from bot.duties import Office
from bot.run import run, where_the_pages_are
from bot.settings import DatabaseSettings, WebSettings
from bot.simulator import TOKEN, Simulator
from feeds.settings import FeedSettings
from tests.cli_world import BOT

EXAMPLES = Path(__file__).parents[1] / "docs" / "voorbeelden"
KNOWN_SECRETS = {*SECRETS, DATABASE_URL, SECRET_KEY, BACKUP_KEY}
UNITS = [
    EXAMPLES / name
    for name in (
        "schakel.service",
        "schakel@.service",
        "schakel-backup.service",
        "schakel-wacht.service",
    )
]

TIMERS = [EXAMPLES / "schakel-backup.timer", EXAMPLES / "schakel-wacht.timer"]
CITIES = EXAMPLES / "schakel-steden.service"


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
        process.stdout.close()
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
@pytest.mark.parametrize("unit", [*UNITS, CITIES, *TIMERS], ids=lambda path: path.name)
def test_the_examples_of_a_service_are_some_that_systemd_takes(tmp_path: Path, unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    place = tmp_path / unit.name.replace("@", "@worker")
    place.write_text(text.replace("/opt/schakel/.venv/bin/schakel", "/bin/true"), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(place)], capture_output=True, text=True, check=False
    )
    assert "schakel" not in checked.stderr
    assert checked.returncode == 0


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_examples_of_a_service_name_secrets_that_exist(unit: Path) -> None:
    named = re.findall(r"Environment=(\w+)_FILE=", unit.read_text(encoding="utf-8"))
    assert named
    assert set(named) <= KNOWN_SECRETS


def test_the_example_of_several_cities_holds_no_secret_and_stops_by_its_first_process() -> None:
    text = CITIES.read_text(encoding="utf-8")
    assert not [name for name in KNOWN_SECRETS if name in text]
    assert "\nKillMode=mixed\n" in text
    assert "\nOOMPolicy=continue\n" in text, "one city that is killed ends no other"
    assert "\nExecReload=/bin/kill -HUP $MAINPID\n" in text
    assert float(re.findall(r"TimeoutStopSec=(\d+)", text)[0]) > END_S
    [words] = re.findall(r"ExecStart=\S+/schakel (.+)", text)
    assert words.split()[:2] == ["run", "--cities"]


def test_the_example_with_containers_runs_parts_and_secrets_that_exist() -> None:
    given = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
    parts = {name: one for name, one in given["services"].items() if name != "database"}
    assert {one["command"][2] for one in parts.values()} == set(Office)
    for one in given["services"].values():
        assert set(one["secrets"]) <= set(given["secrets"])
    for one in parts.values():
        assert {name.removesuffix("_FILE") for name in one["environment"]} <= KNOWN_SECRETS
        asked = one["healthcheck"]["test"]
        assert asked[:2] == ["CMD", "schakel"]
        assert asked[2] in {command.name for command in app.registered_commands}
    build = parts["web"]["build"]
    assert (EXAMPLES / build["context"] / build["dockerfile"]).is_file()


def test_the_example_of_an_image_takes_what_the_lock_says() -> None:
    lines = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n", " ", lines)
    steps = [line.split()[0] for line in joined.splitlines() if line and line[0] not in "# "]
    assert steps[0] == "FROM"
    assert set(steps) <= {
        "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT",
        "CMD",
    }  # fmt: skip
    assert "--require-hashes -r requirements.lock" in lines
    assert joined.index("USER schakel") < joined.index("ENTRYPOINT")


def test_one_address_is_said_once() -> None:
    line = where_the_pages_are("http://127.0.0.1:8420", "http://127.0.0.1:8420/")
    assert line.count("8420") == 1


def test_one_part_alone_is_refused_where_nothing_is_shared(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[mail]\nhost = "x"\nfrom_address = "a@b.example"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "run", "--only", "web", "--config", str(config)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "several_hosts" in done.stderr
