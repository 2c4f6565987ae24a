"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "briefings", "contacts", "feeds", "signals")
FILES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts
)
TESTS = sorted((ROOT / "tests").glob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 350, 50
#: a check that one line is exempt from, and what stands behind it
SILENCED = re.compile(
    r"# (?:noqa: [A-Z]+[0-9]+|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]|pragma: no cover)(.*)"
)
#: words that make a string Dutch; names of values (E01, snel, geen) are single words
DUTCH = re.compile(r"\b(niet|een|het|deze|voor|met|naar|wordt|uw|u|wij|geen|van)\b", re.I)
#: where Dutch belongs; the simulator and people's words in a play are the outside world
DUTCH_PLACES = "texts.py"


def readable(path: Path) -> str:
    return str(path.relative_to(ROOT))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", FILES, ids=readable)
def test_no_file_or_function_is_too_long(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = body_lines(node)
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_most_functions_are_short() -> None:
    lengths = sorted(
        body_lines(node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 10


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that are no docstrings and no descriptions of settings."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg == "description":
            skipped.update(id(part) for part in ast.walk(node.value))
    for node in ast.walk(tree):
        is_read = id(node) not in skipped
        if is_read and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


@pytest.mark.parametrize(
    "path", [p for p in FILES if not p.name.endswith(DUTCH_PLACES)], ids=readable
)
def test_dutch_stands_in_texts_templates_and_data_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [
        (node.lineno, node.value)
        for node in literals(tree)
        if " " in node.value.strip()
        and "|" not in node.value
        and len(DUTCH.findall(node.value)) >= 2
    ]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=readable)
def test_no_promise_is_left_open(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|HACK)\b", path.read_text(encoding="utf-8"))


def unexplained(path: Path) -> list[int]:
    """Lines that are exempt from a check without a word why, there or in a comment just above."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [(number, SILENCED.search(line)) for number, line in enumerate(lines)]
    return [
        number + 1
        for number, silenced in found
        if silenced
        and not re.search("[a-z]{2}", silenced[1])
        and not lines[number - 1].strip().startswith("#")
    ]


def test_what_is_exempt_from_a_check_says_why() -> None:
    found = {readable(path): unexplained(path) for path in (*FILES, *TESTS)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "service", "services", "base", "misc"}
    assert not [readable(path) for path in FILES if path.stem in vague]


def test_every_decision_on_a_dependency_is_written_down() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("dependencies = [")[2].partition("\n]")[0]
    names = re.findall(r'"([a-z0-9-]+)', block)
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert names
    assert len(names) <= 30
    assert [name for name in names if name not in decisions] == []


def test_no_machine_or_host_of_makers_is_named() -> None:
    tracked = [*FILES, *(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "Makefile"]
    for path in tracked:
        assert "/work/" not in path.read_text(encoding="utf-8"), readable(path)
