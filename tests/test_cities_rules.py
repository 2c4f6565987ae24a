"""What two cities may not share, whose secrets are whose, and how long a fallen city waits."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cities.city import cities_in, stamp_of
from bot.cities.claims import Claims, claims_of, doubles, same
from bot.cities.own_secrets import files_of, is_secret, own_environment
from bot.cities.standing import (
    RED_AFTER,
    Falling,
    falling_in,
    forget_falling,
    note_of,
    wait_after,
    write_falling,
)
from bot.cli.main import app
from bot.config import ConfigError, load_config

TOKEN = "7000000001:" + "oefening" * 4
#: a key of no installation
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SCHAKEL_")]:
        monkeypatch.delenv(name)


def claims(folder: Path, name: str, text: str, **environ: str) -> Claims:
    place = folder / name
    place.mkdir(exist_ok=True)
    file = place / "x.toml"
    file.write_text(text, encoding="utf-8")
    return claims_of(load_config(file, environ), environ)


@pytest.mark.parametrize(
    ("text", "other", "name"),
    [
        ('[database]\nurl = "sqlite+aiosqlite:////tmp/a/../x.db"',
         '[database]\nurl = "sqlite+aiosqlite:////tmp/x.db"', "database"),
        ('[database]\nurl = "postgresql+psycopg://een@localhost/stad"',
         '[database]\nurl = "postgresql+psycopg://twee@127.0.0.1:5432/stad?sslmode=require"',
         "database"),
        ('[database]\nurl = "postgresql+psycopg:///stad?host=/run/pg"',
         '[database]\nurl = "postgresql+psycopg://u@/stad?host=/run/pg"', "database"),
        ('state_dir = "/tmp/een"', 'state_dir = "/tmp/twee/../een"', "state_dir"),
        ("[web]\nport = 9000", "[web]\nport = 9000", "port"),
        ('[web]\nport = 9000\nhost = "0.0.0.0"', "[web]\nport = 9000", "port"),
        ('[web]\nport = 9000\nhost = "localhost"', "[web]\nport = 9000", "port"),
        ('[web]\nport = 9001\nbase_url = "https://a.example/"',
         '[web]\nport = 9002\nbase_url = "https://A.example:8443"', "address"),
        ('[mail]\nreply_address = "x@a.example"\nimap_host = "imap.example"\nimap_user = "post"',
         '[mail]\nreply_address = "y@b.example"\nimap_host = "IMAP.example"\nimap_user = "post"',
         "mailbox"),
    ],
)  # fmt: skip
def test_two_cities_that_took_the_same_are_found(
    tmp_path: Path, text: str, other: str, name: str
) -> None:
    found = same(claims(tmp_path, "a", text), claims(tmp_path, "b", other))
    # The rest is what the standard gives both: a port.
    assert name in found
    assert set(found) <= {name, "port"}


def test_one_bot_and_one_key_are_found_and_neither_is_kept(tmp_path: Path) -> None:
    text = "[web]\nport = 0"
    secrets = {"SCHAKEL_TELEGRAM_TOKEN": TOKEN, "SCHAKEL_SECRET_KEY": KEY}
    renewed = secrets | {"SCHAKEL_TELEGRAM_TOKEN": "7000000001:" + "vernieuwd" * 4}
    one, other = claims(tmp_path, "a", text, **secrets), claims(tmp_path, "b", text, **renewed)
    assert same(one, other) == ["bot", "key"]
    assert TOKEN not in repr(one)
    assert KEY not in repr(one)
    assert "7000000001" not in repr(one)


def test_cities_that_took_nothing_alike_are_let_be(tmp_path: Path) -> None:
    one = claims(tmp_path, "a", "[web]\nport = 9001\nbase_url = 'https://a.example'")
    other = claims(
        tmp_path, "b", "[web]\nport = 9002\nbase_url = 'https://b.example'",
        SCHAKEL_TELEGRAM_TOKEN=TOKEN,
    )  # fmt: skip
    elsewhere = claims(
        tmp_path, "c", "[web]\nport = 9001\nhost = '10.0.0.8'\nbase_url = 'https://c.example'"
    )
    assert not list(doubles({"a": one, "b": other, "c": elsewhere}))
    first, second, line = next(doubles({"d": one, "a": one}))
    assert (first, second) == ("a", "d")
    assert line.startswith("a en d hebben dezelfde database")


def secrets(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "stad.geheimen"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return folder / "stad.toml"


def test_a_city_has_its_own_secrets_and_none_of_the_environment(tmp_path: Path) -> None:
    config = secrets(
        tmp_path,
        "# van deze stad\n\nSCHAKEL_TELEGRAM_TOKEN = 'een'\nSCHAKEL_SECRET_KEY_FILE=sleutel\n",
    )
    shared = {
        "PATH": "/bin", "SCHAKEL_TELEGRAM_TOKEN": "van een ander",
        "SCHAKEL_SMTP_PASSWORD_FILE": "/van/een/ander",
    }  # fmt: skip
    own = own_environment(config, shared)
    assert own == {
        "PATH": "/bin", "SCHAKEL_TELEGRAM_TOKEN": "een",
        "SCHAKEL_SECRET_KEY_FILE": str(tmp_path / "sleutel"),
    }  # fmt: skip
    assert files_of(config, own) == [
        str(config), str(tmp_path / "stad.geheimen"), str(tmp_path / "sleutel")
    ]  # fmt: skip


def test_a_city_without_a_file_has_no_secret_at_all(tmp_path: Path) -> None:
    shared = {"PATH": "/bin", "SCHAKEL_DATABASE_URL": "x", "SCHAKEL_BACKUP_KEY": "y"}
    assert own_environment(tmp_path / "stad.toml", shared) == {"PATH": "/bin"}


def test_faults_in_a_file_of_secrets_are_all_said_and_no_secret_is(tmp_path: Path) -> None:
    config = secrets(
        tmp_path,
        "geheim-zonder-naam\nSCHAKEL_TOKEN=geheim\n"
        "SCHAKEL_SMTP_PASSWORD=geheim\nSCHAKEL_SMTP_PASSWORD=geheim\n",
        mode=0o644,
    )
    with pytest.raises(ConfigError) as found:
        own_environment(config, {})
    lines = found.value.lines
    assert [line.partition(":")[0].rpartition(", ")[2] for line in lines[:3]] == [
        "regel 1", "regel 2", "regel 4",
    ]  # fmt: skip
    assert "SCHAKEL_TELEGRAM_TOKEN" in lines[1], "what may stand there is said"
    assert "chmod o=" in lines[3]
    assert "geheim" not in " ".join(lines).replace("stad.geheimen", "")


def test_a_file_that_only_points_may_be_read_by_all(tmp_path: Path) -> None:
    config = secrets(tmp_path, "SCHAKEL_TELEGRAM_TOKEN_FILE=/run/secrets/x\n", mode=0o644)
    assert own_environment(config, {}) == {"SCHAKEL_TELEGRAM_TOKEN_FILE": "/run/secrets/x"}


def test_what_is_a_secret_is_known_by_name() -> None:
    assert is_secret("SCHAKEL_SECRET_KEY")
    assert is_secret("SCHAKEL_OIDC_SECRET_FILE")
    assert not is_secret("SCHAKEL_DEBUG")


def test_every_command_takes_the_secrets_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli.frame import load

    config = secrets(tmp_path, f"SCHAKEL_TELEGRAM_TOKEN={TOKEN}\n")
    config.write_text("", encoding="utf-8")
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "van een ander")
    monkeypatch.setenv("SCHAKEL_SMTP_PASSWORD", "van een ander")
    loaded = load(config)
    assert (loaded.telegram.token, loaded.mail.password) == (TOKEN, "")


def test_a_fallen_city_waits_longer_each_time_and_never_more_than_a_minute() -> None:
    assert [wait_after(falls) for falls in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait_after(10_000) == 60


def test_a_city_is_red_once_it_fell_often_and_not_before(tmp_path: Path) -> None:
    at = datetime(2026, 3, 3, tzinfo=UTC).isoformat()
    write_falling(note_of(tmp_path, "web"), Falling(RED_AFTER - 1, 1, at))
    write_falling(note_of(tmp_path, "bot"), Falling(RED_AFTER, -9, at))
    note_of(tmp_path, "worker").write_text("[]", encoding="utf-8")
    assert falling_in(tmp_path) == [Falling(RED_AFTER, -9, at)]
    forget_falling(note_of(tmp_path, "bot"))
    assert falling_in(tmp_path) == []


def test_cities_are_the_toml_files_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", ".a.toml.swp", ".c.toml", "a.geheimen", "a.toml~"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "map.toml").mkdir()
    assert [path.name for path in cities_in(tmp_path)] == ["a.toml", "b.toml"]


def test_a_file_that_appears_or_is_written_changes_the_stamp(tmp_path: Path) -> None:
    file = tmp_path / "a"
    seen = {stamp_of((str(file),))}
    file.write_text("1", encoding="utf-8")
    seen.add(stamp_of((str(file),)))
    os.utime(file, ns=(1, 1))
    seen.add(stamp_of((str(file),)))
    assert len(seen) == 3


def test_a_folder_without_cities_and_no_folder_say_what_to_do(tmp_path: Path) -> None:
    for words in (["run", "--cities"], ["cities"]):
        gone = CliRunner().invoke(app, [*words, str(tmp_path / "weg")])
        assert (gone.exit_code, "Geef de map" in gone.output) == (2, True)
    empty = CliRunner().invoke(app, ["cities", str(tmp_path)])
    assert (empty.exit_code, "arnhem.toml" in empty.output) == (2, True)
    both = CliRunner().invoke(app, ["run", "--cities", str(tmp_path), "--config", "x.toml"])
    assert (both.exit_code, "Kies één" in both.output) == (2, True)


LOOK = """
import functools, gc, os
from pathlib import Path
from bot.cities.loading import load_everything
load_everything()
gc.unfreeze()
ours = ("bot", "briefings", "signals", "feeds", "contacts")
for found in gc.get_objects():
    if isinstance(found, functools._lru_cache_wrapper) and found.cache_info().currsize:
        if found.__module__.split(".")[0] in ours:
            print("cached", f"{found.__module__}.{found.__name__}")
print("threads", len(os.listdir("/proc/self/task")))
"""


@pytest.mark.slow
def test_what_cities_share_holds_nothing_of_a_city_and_no_thread() -> None:
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK], check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[1],
    ).stdout.split("\n")  # fmt: skip
    cached = {line.removeprefix("cached ") for line in said if line.startswith("cached ")}
    assert cached == {"signals.dutch_words._forms"}, (
        "a list of the whole country, and nothing that follows a choice of places"
    )
    assert "threads 1" in said, "a fork takes only one along"
