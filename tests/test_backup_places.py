"""Where ``schakel backup`` writes, what it counts, and what it leaves when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.backup.sealed_file import BackupError
from bot.tables import load_tables
from contacts.sealing import Sealer
from tests.cli_world import an_empty_place, call


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    an_empty_place(tmp_path, monkeypatch)
    monkeypatch.setenv("SCHAKEL_BACKUP_KEY", Sealer.new_key().decode())
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0
    return tmp_path


def test_a_slash_at_the_end_means_a_folder_which_is_made_for_its_owner(place: Path) -> None:
    for made in (1, 2):
        result = call("backup", f"{place}/nacht/")
        assert result.exit_code == 0, result.output
        found = list((place / "nacht").glob("schakel-*.backup"))
        assert len(found) == 1, made
        found[0].unlink()
    assert (place / "nacht").stat().st_mode & 0o777 == 0o700


def test_a_file_where_a_folder_is_meant_is_said_and_stays(place: Path) -> None:
    (place / "nacht").write_text("mine", encoding="utf-8")
    result = call("backup", f"{place}/nacht/")
    assert (result.exit_code, "geen map" in result.output) == (1, True)
    assert (place / "nacht").read_text(encoding="utf-8") == "mine"


def test_a_name_without_a_slash_is_the_file(place: Path) -> None:
    assert call("backup", f"{place}/los").exit_code == 0
    assert (place / "los").is_file()


def test_a_backup_that_fails_leaves_no_folder_behind(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise BackupError("damaged")

    before = sorted(place.rglob("*"))
    monkeypatch.setattr("bot.backup.making._write", breaks)
    assert call("backup").exit_code == 1
    assert call("backup", f"{place}/een/twee/").exit_code == 1
    assert sorted(place.rglob("*")) == before


def test_a_backup_counts_the_tables_that_a_move_counts(place: Path) -> None:
    load_tables()
    said = call("backup", f"{place}/los").output
    assert f"in {len(SQLModel.metadata.sorted_tables)} tabellen" in said
    rows = said.partition(": ")[2].partition(" rijen")[0]
    moved = call("move-database", f"sqlite+aiosqlite:///{place}/nieuw.sqlite3").output
    assert moved.startswith("✔ Verhuisd: "), "no empty line before it"
    assert f"{rows} rijen in {len(SQLModel.metadata.sorted_tables)} tabellen" in moved


def test_a_flipped_bit_and_a_wrong_key_are_both_named_where_they_look_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place / "los"
    assert call("backup", str(file)).exit_code == 0
    whole = bytearray(file.read_bytes())
    whole[60] ^= 1
    file.write_bytes(whole)
    result = call("restore", "--check", str(file))
    assert result.exit_code == 1
    assert "niet de sleutel" in result.output
    assert "beschadigd" in result.output
    assert "andere back-up" in result.output
