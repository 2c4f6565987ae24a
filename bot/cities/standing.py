"""How a city stands with its parent: a note in the city's own folder while it keeps falling."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

#: the first wait and the longest
FIRST_S, LONGEST_S = 1.0, 60.0
#: so many times in a row is no accident: the city is red
RED_AFTER = 5


@dataclass(frozen=True, slots=True)
class Falling:
    """``count`` times in a row, the last time with ``code``."""

    count: int
    code: int
    at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def wait_after(falls: int) -> float:
    """Seconds until the next start: 1, 2, 4 and so on, never more than a minute. Pure."""
    return min(FIRST_S * 2.0 ** (min(falls, 16) - 1), LONGEST_S)


def note_of(state_dir: Path, part: str) -> Path:
    """:param part: what the process does, since parts of a city may share a folder."""
    return state_dir / f"falling-{part}.json"


def write_falling(note: Path, falling: Falling) -> None:
    """A folder that cannot be written costs the note, never the city. Whoever reads finds the old
    note or the new one, never half of it."""
    fresh = note.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(asdict(falling)), encoding="utf-8")
        fresh.replace(note)
    except OSError:
        log.exception("No note of a fallen city could be left", extra={"action": "note_failed"})


def forget_falling(note: Path) -> None:
    try:
        note.unlink(missing_ok=True)
    except OSError:
        log.exception("A note could not be taken away", extra={"action": "note_failed"})


def falling_in(state_dir: Path) -> list[Falling]:
    """Which parts of this city keep falling: often enough to be red."""
    found = []
    for note in sorted(state_dir.glob(note_of(Path(), "*").name)):
        try:
            falling = Falling(**json.loads(note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        if falling.count >= RED_AFTER:
            found.append(falling)
    return found
