"""The set-up files name things that exist."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli.main import app

ROOT = Path(__file__).parents[1]


def test_every_module_under_the_coverage_floor_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.search(r"^DECIDING := (.+)$", makefile, re.MULTILINE)
    assert found is not None
    modules = found[1].split()
    assert len(modules) >= 15
    assert [module for module in modules if not (ROOT / module).is_file()] == []


def test_every_dependency_is_locked_with_its_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # The language model has a lock of its own: only who asks for it installs it.
    files = ("requirements.lock", "semantic.lock")
    lock = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in files)
    locked = {name.lower() for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    for wanted in [*project["dependencies"], *extras]:
        name = re.match(r"[A-Za-z0-9_.-]+", wanted)
        assert name is not None
        assert name[0].lower().replace("_", "-") in locked
    assert lock.count("--hash=sha256:") >= len(locked)


def test_the_readme_names_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    known = set(command.commands)
    named = set(re.findall(r"schakel ([a-z]+)(?= |`)", readme))
    assert {"init", "check", "run"} <= named <= known
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    ("variables", "passed"),
    [
        ([], "demo"),
        (["ONCE=1"], "demo --once"),
        (["ONCE=0"], "demo"),
        (["ONCE=1", "REAL=news.gz"], "demo --once --real news.gz"),
    ],
)
def test_make_demo_passes_what_was_asked(tmp_path: Path, variables: list[str], passed: str) -> None:
    command, stamp = tmp_path / "schakel", tmp_path / "installed"
    command.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    stamp.touch()
    done = subprocess.run(
        ["make", "-s", "demo", f"BIN={tmp_path}", f"STAMP={stamp}", *variables],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == passed
