"""What left and what came back, in a file beside the store, so that a kill leaves less unknown.

A row in *sending* says that something may have left; this file says whether it did. It is written
just before a request is written and after each answer, and never flushed to the disk: what was
written survives the process, and after a crash of the machine the file is not believed. It is
written through memory that is mapped to it: a call of the system hands the processor to whatever
else the process does, twice a message, and answers that had been read waited 0.15 s for it while
a house loaded. It is believed only when

- the machine did not start anew since (the boot's own number stands in the first line),
- the process that wrote it is gone, which its lock tells, and
- the row names the same run as the first line.

Otherwise everything in *sending* is uncertain, as if there were no file. No texts, no addresses:
numbers of deliveries, and the numbers that the other side gave.
"""

from __future__ import annotations

import fcntl
import json
import logging
import mmap
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contacts.transport import Outcome, Sent, Unknown

log = logging.getLogger(__name__)

BOOT = Path("/proc/sys/kernel/random/boot_id")
#: from this size on, what is over is left out: when nothing is under way, and in any case
SMALL, LARGE = 64_000, 1_000_000
#: the file grows by so much at a time, which is set aside on the disk before it is written
ROOM = 256 * 1024
MILLISECOND = timedelta(milliseconds=1)
MARKED, LEFT, BACK = "m", "l", "b"


@dataclass(frozen=True, slots=True)
class Left:
    """What one run left behind. ``away``: requests without an answer; ``sent``: delivery and the
    other side's number. What is in neither did not leave. ``by``: when the last of it was written,
    by the clock of that run."""

    run: str
    away: frozenset[int] = frozenset()
    sent: Mapping[int, str] = field(default_factory=dict)
    by: datetime | None = field(default=None, compare=False)


def read_lines(lines: Iterable[str], boot: str) -> Left | None:
    """What a file says; None when it is not to be believed. Pure."""
    away: set[int] = set()
    sent: dict[int, str] = {}
    run, by = None, 0
    try:
        for line in lines:
            what: list[Any] = json.loads(line)
            if run is None:
                if what[0] != boot:
                    return None
                run = str(what[1])
                continue
            kind, number, said, at = what
            away.discard(number)
            sent.pop(number, None)
            by = max(by, at)
            if kind == LEFT:
                away.add(number)
            elif kind == BACK and said is not None:
                sent[number] = said
        last = datetime.fromtimestamp(by / 1000, UTC) + MILLISECOND if by else None
    except (ValueError, IndexError, TypeError, OverflowError, OSError):
        return None
    return None if run is None else Left(run, frozenset(away), sent, last)


def whole_lines(raw: bytes) -> list[str]:
    """The lines before the room that was not used yet; one that a kill tore was not written, and
    what it would have said had not happened. Pure. :raises UnicodeDecodeError: it is no text."""
    written = raw.partition(b"\0")[0]
    return written[: written.rfind(b"\n") + 1].decode().splitlines()


class DepartureLog:
    """The file of one pump. ``path=None``: there is none, and nothing is known after a crash."""

    def __init__(self, path: Path | None, clock: Callable[[], datetime]) -> None:
        self._path, self._clock = path, clock
        self._file: _Mapped | None = None
        self._lock: int | None = None
        self._has_failed = False
        # Where the next line goes, and where what was kept of before ends.
        self._end = self._kept = 0
        # Their outcome could not be stored: until a restart, that they left is all that is known.
        self._unsettled: set[int] = set()
        #: names this run in the rows that it marks; empty: nobody will know more than the rows
        self.run = ""

    def take_over(self) -> Left | None:
        """What the run before left behind, once it is certain that it is gone."""
        if self._path is None or self._lock is not None:
            return None
        boot = _boot()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._unlock()
            return None
        if not boot or not self._path.exists():
            return None
        try:
            return read_lines(whole_lines(self._path.read_bytes()), boot)
        except (OSError, ValueError):
            return None

    def begin(self) -> None:
        """A new run, once everything of the run before is in the rows."""
        if self._lock is None or not _boot():
            return
        self.run = secrets.token_hex(8)
        self._rewrite(())

    def marked(self, ids: Collection[int]) -> None:
        """These stand in *sending* and did not leave yet, whatever was said of them before."""
        self._write("".join(_line(MARKED, ident) for ident in ids))

    def leaves(self, ident: int) -> None:
        """Now; what is not written here did not leave."""
        self._write(_line(LEFT, ident, at=self._now()))

    def came_back(self, ident: int, outcome: Outcome) -> None:
        if isinstance(outcome, Unknown):
            return
        said = outcome.external_id if isinstance(outcome, Sent) else None
        self._write(_line(BACK, ident, said, at=self._now()))

    def never_settled(self, ident: int) -> None:
        """Its outcome could not be stored."""
        self._unsettled.add(ident)

    def tidy(self, in_hand: Collection[int]) -> None:
        """Leave out what is over, once there is much of it; begin anew when there is room again.

        :param in_hand: whatever is not in the rows yet.
        """
        if self._lock is None or not self.run:
            return
        if self._file is None or self._end - self._kept > (LARGE if in_hand else SMALL):
            self._rewrite(in_hand)

    def close(self) -> None:
        """Give file and lock back; the file stays for the next run."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._unlock()

    def _rewrite(self, in_hand: Collection[int]) -> None:
        # In hand without an answer is away, also if it did not leave yet: rather uncertain.
        assert self._path is not None
        now = self._now()
        head = json.dumps([_boot(), self.run]) + "\n"
        kept = "".join(_line(LEFT, ident, at=now) for ident in {*in_hand, *self._unsettled})
        text = (head + kept).encode()
        fresh = self._path.with_suffix(".new")
        try:
            file = _Mapped(fresh, len(text) + ROOM)
            file.put(0, text)
            fresh.replace(self._path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            self._give_up(error)
            return
        if self._file is not None:
            self._file.close()
        self._file, self._end, self._kept = file, len(text), len(text)
        self._has_failed = False

    def _write(self, text: str) -> None:
        if self._file is None or not text:
            return
        raw = text.encode()
        try:
            if self._end + len(raw) > self._file.size:
                self._file.grow(len(raw) + ROOM)
        except OSError as error:
            self._give_up(error)
            return
        self._file.put(self._end, raw)
        self._end += len(raw)

    def _give_up(self, error: OSError) -> None:
        """What is not written here counts as not left: such a file must not be believed."""
        if not self._has_failed:
            log.error(
                "Departures are not written any more",
                extra={"action": "departures_unwritten", "kind": type(error).__name__},
            )
        self._has_failed = True
        assert self._path is not None
        if self._file is not None:
            # In place, which needs no room.
            self._file.put(0, b"x")
            self._file.close()
            self._file = None
        self._path.unlink(missing_ok=True)

    def _now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock().timestamp() * 1000)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class _Mapped:
    """A new file whose room is set aside before it is written: writing to memory cannot say that
    the disk is full, it ends the process. So does cutting the file short from outside.

    :raises OSError: the disk is full.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.size = size
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(self._file, 0, size)
            self._memory = mmap.mmap(self._file, size)
        except OSError:
            os.close(self._file)
            raise

    def grow(self, room: int) -> None:
        """:raises OSError: the disk is full."""
        os.posix_fallocate(self._file, self.size, room)
        self.size += room
        self._memory.resize(self.size)

    def put(self, at: int, raw: bytes) -> None:
        self._memory[at : at + len(raw)] = raw

    def close(self) -> None:
        self._memory.close()
        os.close(self._file)


def _line(kind: str, ident: int, said: str | None = None, *, at: int = 0) -> str:
    # Nearly every line, and twice for each message.
    if said is None:
        return f'["{kind}", {ident}, null, {at}]\n'
    if said.isascii() and said.isalnum():
        return f'["{kind}", {ident}, "{said}", {at}]\n'
    return json.dumps([kind, ident, said, at]) + "\n"


def _boot() -> str:
    try:
        return BOOT.read_text("utf-8").strip()
    except OSError:
        return ""
