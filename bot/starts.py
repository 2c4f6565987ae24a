"""A process that ended without being asked leaves its note; the one after it counts and tells.

A killed process, a machine without power and a crash look the same here: nobody took the note
away. The note is a file and no row, since a store that cannot be opened is one of the reasons.
"""

from __future__ import annotations

import fcntl
import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person, Role
from contacts.permissions import people_with

log = logging.getLogger(__name__)

#: a process that lived longer than this begins a new count
ROW = timedelta(hours=24)
#: once is an accident, and what it left uncertain is told anyway
TELL_AFTER = 3
#: who lives longer than this has got through its start; the pause of a supervisor is in it
STEADY = timedelta(minutes=2)
#: told again when it is so many times as often
AGAIN = 3
#: what the log says; the house runs on all the same
HELD = (
    "Another process holds %s in this state_dir, and does the same: stop one of the two, or give "
    "it a state_dir of its own. Until then nobody hears how often this one falls"
)
UNWRITTEN = (
    "Cannot write %s in state_dir (%s), so nobody hears it when Schakel keeps falling: "
    "make state_dir writable and its disk not full"
)


@dataclass(frozen=True, slots=True)
class Starts:
    """``falls`` unasked ends in a row since ``since``; ``told`` how many a person heard of."""

    began: datetime
    falls: int = 0
    since: datetime | None = None
    told: int = 0

    @property
    def is_worth_telling(self) -> bool:
        return self.falls >= max(TELL_AFTER, AGAIN * self.told)


def after(before: Starts | None, now: datetime) -> Starts:
    """The start at ``now``, when the one before it left this note, or none. Pure."""
    if before is None:
        return Starts(now)
    if now - before.began > ROW:
        return Starts(now, 1, before.began)
    return Starts(now, before.falls + 1, before.since or before.began, before.told)


class StartNote:
    """The note of one process, from its start to the end that was asked for.

    It is locked as long as the process lives: one started twice by mistake is no fall, and
    leaves the note of the first alone.
    """

    def __init__(self, state_dir: Path, part: str) -> None:
        """:param part: what the process does, since parts of a city may share a folder."""
        self._path = state_dir / f"running-{part}.json"
        self._held: IO[str] | None = None
        self._before = ""
        self.starts: Starts | None = None

    def begin(self, now: datetime) -> None:
        """A folder that cannot be written costs the note, never the start."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = self._path.open("a+", encoding="utf-8")
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.warning(HELD, self._path.name, extra={"action": "note_held"})
            self.close()
            return
        except OSError as error:
            log.warning(UNWRITTEN, self._path.name, error.strerror, extra={"action": "note_failed"})
            self.close()
            return
        self._held.seek(0)
        self._before = self._held.read()
        self._write(after(_read(self._before), now))

    def note_told(self) -> None:
        if self.starts is not None:
            self._write(replace(self.starts, told=self.starts.falls))

    def end(self) -> None:
        """It was asked to end, so this one does not count."""
        if self._held is not None:
            self._path.unlink(missing_ok=True)
        self.close()

    def take_back(self) -> None:
        """It was refused before it began: what was left before it stands as it stood."""
        if self._held is None:
            return
        if not self._before:
            self.end()
            return
        self._held.truncate(0)
        self._held.write(self._before)
        self.close()

    def close(self) -> None:
        """Let go; the note stays unless :meth:`end` took it away."""
        if self._held is not None:
            self._held.close()
        self._held = None

    def _write(self, starts: Starts) -> None:
        self.starts = starts
        if self._held is None:
            return
        try:
            self._held.truncate(0)
            self._held.write(json.dumps(asdict(starts), default=datetime.isoformat))
            self._held.flush()
        except OSError as error:
            log.warning(UNWRITTEN, self._path.name, error.strerror, extra={"action": "note_failed"})


def _read(text: str) -> Starts | None:
    """None: nothing was left, or half of it."""
    try:
        said = json.loads(text)
        since = said["since"]
        return Starts(
            datetime.fromisoformat(said["began"]),
            int(said["falls"]),
            None if since is None else datetime.fromisoformat(since),
            int(said["told"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


def is_running_in(state_dir: Path) -> bool:
    """Whether a process of this folder is at work: it holds its note as long as it lives."""
    for note in state_dir.glob("running-*.json"):
        try:
            with note.open(encoding="utf-8") as held:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            continue
    return False


def fallen_in(state_dir: Path, now: datetime) -> list[Starts]:
    """Which processes of this folder keep falling: often, and started again just now."""
    found = []
    for note in sorted(state_dir.glob("running-*.json")):
        try:
            starts = _read(note.read_text(encoding="utf-8"))
        except OSError:
            continue
        if starts and starts.falls >= TELL_AFTER and now - starts.began < STEADY:
            found.append(starts)
    return found


async def tell_falls(
    session: AsyncSession, starts: Starts, *, is_exercise: bool, now: datetime
) -> bool:
    """Tell the coordinators and the beheerder how often it fell. False: nobody could be told."""
    from bot.alerts import tell_those  # much of the product, which need not be there before sending

    log.error("It fell %s times", starts.falls, extra={"action": "fell_often"})
    people: dict[int | None, Person] = {}
    for role in (Role.COORDINATOR, Role.ADMIN):
        for person in await people_with(session, role, is_exercise=is_exercise):
            people.setdefault(person.id, person)
    told = await tell_those(
        session, list(people.values()), "coordinator/fell_often.html", is_exercise=is_exercise,
        now=now, count=starts.falls, since=starts.since or starts.began,
    )  # fmt: skip
    return bool(told)
