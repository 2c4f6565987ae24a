"""A program that is older than the database says so, instead of asking to bring it up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import load_config
from bot.migrating import NewerStore, is_current, migrate
from tests.cli_world import an_empty_place, call


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose database was made by a later version."""
    an_empty_place(tmp_path, monkeypatch)
    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "1:abc")
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0
    (file,) = tmp_path.rglob("*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    return tmp_path


@pytest.mark.parametrize("words", ["check", "run", "migrate", "health", "accept-key"])
def test_every_command_says_that_the_program_is_the_older_of_the_two(
    place: Path, words: str
) -> None:
    result = call(words)
    said = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "is van een nieuwere versie van Schakel dan dit programma" in said
    assert "schakel migrate" not in said


async def test_it_is_left_as_it_is(place: Path) -> None:
    url = load_config(place / "config.toml", {}).database.url
    for work in (is_current, migrate):
        with pytest.raises(NewerStore):
            await work(url)


def test_an_older_one_is_still_brought_up_to_date(place: Path) -> None:
    (file,) = place.rglob("*.sqlite3")
    file.unlink()
    assert "schakel migrate" in call("check").output
    assert call("migrate").exit_code == 0
    assert "Database: op deze versie" in call("check").output
