"""The demo is the promise of the README: it must play to the end on a bare machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def play(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """(exit code, the JSON of the last line, everything printed)."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "demo", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    printed = done.stdout + done.stderr
    return done.returncode, json.loads(lines[-1]) if done.returncode != 2 else {}, printed


@pytest.mark.slow
def test_the_whole_evening_plays_and_measures_itself() -> None:
    code, result, printed = play("--once")
    assert code == 0, printed
    assert result["ok"] is True
    assert result["exercise"] is True
    assert result["drafts"] == 7
    assert result["planned"] == result["sent"] + result["failed"] + result["unknown"]
    assert (result["failed"], result["unknown"]) == (1, 1)
    assert (result["signals"], result["feedback"]) == (3, 3)
    assert result["referred"] >= 1
    assert result["acknowledged"] >= 5
    assert "Traceback" not in printed


@pytest.mark.slow
def test_real_news_is_stored_exactly_once(shared_data: Path) -> None:
    code, result, printed = play(
        "--once", "--real", str(shared_data / "multi_outlet_2025-07.jsonl.gz")
    )
    assert code == 0, printed
    assert result["items_served"] == result["items_stored"] == 2056
    assert result["outlets"] == 49
    assert result["events"] > 0
    assert result["feedback"] == 1


def test_a_missing_file_is_said_in_a_sentence() -> None:
    code, _, printed = play("--once", "--real", "nergens.jsonl.gz")
    assert code == 2
    assert "nergens.jsonl.gz" in printed
    assert "Traceback" not in printed


def test_a_file_without_news_is_said_in_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "x.jsonl.gz"
    wrong.write_text("geen gzip", encoding="utf-8")
    code, _, printed = play("--once", "--real", str(wrong))
    assert code == 2
    assert "x.jsonl.gz" in printed
