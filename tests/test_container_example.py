"""The example with containers: no secret in the image, and what a container needs stays with it."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "voorbeelden"
COMPOSE = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
IMAGE = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")


def left_out() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_left_out(path: str) -> bool:
    """As a builder reads the list: a pattern also leaves out what lies under it."""
    parts = path.split("/")
    heads = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    tails = [head.rsplit("/", 1)[-1] for head in heads]
    return any(
        fnmatch(head, pattern) or fnmatch(tail, pattern.removeprefix("**/"))
        for pattern in left_out()
        for head, tail in zip(heads, tails, strict=True)
        if pattern.startswith("**/") or fnmatch(head, pattern)
    )


def test_secrets_beside_the_example_come_neither_into_the_image_nor_into_git() -> None:
    kept_by_git = (ROOT / ".gitignore").read_text(encoding="utf-8")
    for one in COMPOSE["secrets"].values():
        assert is_left_out(f"docs/voorbeelden/{one['file'].removeprefix('./')}")
    assert "docs/voorbeelden/geheimen/" in kept_by_git
    assert is_left_out("docs/voorbeelden/config.toml")
    assert is_left_out("var/schakel.sqlite3")


def test_the_program_and_its_lock_do_come_into_the_image() -> None:
    for path in ("requirements.lock", "pyproject.toml", "bot/run.py", "README.md", "config.toml"):
        assert not is_left_out(path)
        assert (ROOT / path).is_file()


def test_the_health_check_finds_its_command() -> None:
    assert "ENV PATH=/opt/schakel/.venv/bin:$PATH" in IMAGE
    for name, one in COMPOSE["services"].items():
        if name != "database":
            assert one["healthcheck"]["test"][:2] == ["CMD", "schakel"]


def test_each_container_keeps_its_state_over_a_restart_and_shares_it_with_nobody() -> None:
    home = re.findall(r"--home-dir (\S+)", IMAGE)[0]
    for name, one in COMPOSE["services"].items():
        if name == "database":
            continue
        assert home in one["volumes"], "without a name: a replica has its own"
        assert not [place for place in one["tmpfs"] if place.startswith(home)]
