"""What ``schakel check`` says of files with secrets: whether others here can read them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cities.own_secrets import NAMES
from bot.cli import texts
from bot.config import KEY_FILE, NEW_DATABASE_URL, Config

if TYPE_CHECKING:
    from bot.cli.checking import Findings

_OTHERS, _ALL_BUT_OWNER = 0o007, 0o077


def check_files(config: Config, findings: Findings) -> None:
    """The key is only looked at: ``schakel init`` or ``schakel run`` makes one.

    The key must be closed, since Schakel made it so. Of the others somebody chose the rights, and
    in a container they may be nobody's choice: that is said, and counts as nothing.
    """
    file = config.state_dir / KEY_FILE
    if _allows(file, _ALL_BUT_OWNER):
        findings.bad(texts.CHECK_KEY_OPEN.format(path=file))
    for name, path in open_files(os.environ):
        findings.note(texts.CHECK_SECRET_OPEN.format(name=name, path=path))


def open_files(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """(variable, file) of each secret that everybody on this machine can read."""
    for name in sorted(f"{name}_FILE" for name in {*NAMES, NEW_DATABASE_URL}):
        place = environ.get(name)
        if place and _allows(Path(place), _OTHERS):
            yield name, Path(place)


def _allows(file: Path, who: int) -> bool:
    """Whether the rights let them; one that is not there is said elsewhere."""
    try:
        return bool(file.stat().st_mode & who)
    except OSError:
        return False
