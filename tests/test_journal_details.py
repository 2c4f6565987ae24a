"""Every detail that the house writes into its journal has a Dutch word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.console.journal_details import NAMES, said_of

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("bot", "briefings", "signals", "feeds", "contacts")


def keys_written() -> Iterator[str]:
    """The keys of each ``detail={…}`` and ``detail = {…}`` in the code."""
    for package in HOUSE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "detail":
                    yield from _keys(node.value)
                if isinstance(node, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id == "detail" for one in node.targets
                ):
                    yield from _keys(node.value)


def _keys(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Dict):
        for key in value.keys:
            if isinstance(key, ast.Constant):
                yield str(key.value)


def test_each_detail_has_a_word() -> None:
    written = set(keys_written())
    assert {"severity", "count", "added"} <= written
    assert written - set(NAMES) - {"from", "to"} == set()


def test_a_line_says_its_details_in_dutch_and_leaves_out_what_has_no_word() -> None:
    detail = {"severity": 4, "ids": [1, 2, 3], "without_facts": True, "odd": "x"}
    assert said_of(detail) == "ernst: 4, aantal: 3, zonder bevestigd feit: ja"


def test_a_move_is_said_first() -> None:
    assert said_of({"from": "draft", "to": "submitted", "count": 2}).endswith(", aantal: 2")
    assert "→" in said_of({"from": "draft", "to": "submitted"})
