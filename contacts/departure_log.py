"""What left and what came back, in a file beside the store, so that a kill leaves less unknown.

A row in *sending* says that something may have left; this file says whether it did. It is written
just before a request is written and after each answer, and never flushed to the disk: what was
written survives the process, and after a crash of the machine the file is not believed. It is
believed only when

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
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contacts.transport import Outcome, Sent, Unknown

log = logging.getLogger(__name__)

BOOT = Path("/proc/sys/kernel/random/boot_id")
#: from this size on, what is over is left out: when nothing is under way, and in any case
SMALL, LARGE = 64_000, 1_000_000
#: the time of a file is told in steps
COARSE = timedelta(milliseconds=10)
MARKED, LEFT, BACK = "m", "l", "b"


@dataclass(frozen=True, slots=True)
class Left:
    """What one run left behind. ``away``: requests without an answer; ``sent``: delivery and the
    other side's number. What is in neither did not leave. ``by``: when all of that was over, by
    the machine's clock."""

    run: str
    away: frozenset[int] = frozenset()
    sent: Mapping[int, str] = field(default_factory=dict)
    by: datetime | None = field(default=None, compare=False)


def read_lines(lines: Iterable[str], boot: str) -> Left | None:
    """What a file says; None when it is not to be believed. Pure."""
    away: set[int] = set()
    sent: dict[int, str] = {}
    run = None
    try:
        for line in lines:
            what: list[Any] = json.loads(line)
            if run is None:
                if what[0] != boot:
                    return None
                run = str(what[1])
                continue
            kind, number, said = what
            away.discard(number)
            sent.pop(number, None)
            if kind == LEFT:
                away.add(number)
            elif kind == BACK and said is not None:
                sent[number] = said
    except (ValueError, IndexError, TypeError):
        return None
    return None if run is None else Left(run, frozenset(away), sent)


class DepartureLog:
    """The file of one pump. ``path=None``: there is none, and nothing is known after a crash."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None
        self._lock: int | None = None
        self._size = 0
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
            lines = self._path.read_text("utf-8").splitlines()
            written = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return None
        left = read_lines(lines, boot)
        return None if left is None else replace(left, by=written + COARSE)

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
        self._write(_line(LEFT, ident))

    def came_back(self, ident: int, outcome: Outcome) -> None:
        if isinstance(outcome, Unknown):
            return
        self._write(_line(BACK, ident, outcome.external_id if isinstance(outcome, Sent) else None))

    def never_settled(self, ident: int) -> None:
        """Its outcome could not be stored."""
        self._unsettled.add(ident)

    def tidy(self, in_hand: Collection[int]) -> None:
        """Leave out what is over, once there is much of it.

        :param in_hand: whatever is not in the rows yet.
        """
        if self._size > (LARGE if in_hand else SMALL):
            self._rewrite(in_hand)

    def close(self) -> None:
        """Give file and lock back; the file stays for the next run."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._unlock()

    def _rewrite(self, in_hand: Collection[int]) -> None:
        # In hand without an answer is away, also if it did not leave yet: rather uncertain.
        assert self._path is not None
        head = json.dumps([_boot(), self.run]) + "\n"
        kept = "".join(_line(LEFT, ident) for ident in {*in_hand, *self._unsettled})
        try:
            fresh = self._path.with_suffix(".new")
            file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(file, (head + kept).encode())
            fresh.replace(self._path)
        except OSError as error:
            self._give_up(error)
            return
        if self._file is not None:
            os.close(self._file)
        self._file, self._size = file, 0

    def _write(self, text: str) -> None:
        if self._file is None or not text:
            return
        try:
            written = os.write(self._file, text.encode())
            self._size += written
            if written < len(text):
                raise OSError("not all was written")
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """What is not written here counts as not left: such a file must not be believed."""
        log.error(
            "Departures are not written any more",
            extra={"action": "departures_unwritten", "kind": type(error).__name__},
        )
        assert self._path is not None
        if self._file is not None:
            # In place, which needs no room.
            os.pwrite(self._file, b"x", 0)
            os.close(self._file)
            self._file = None
        self._path.unlink(missing_ok=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _line(kind: str, ident: int, said: str | None = None) -> str:
    if said is None:  # nearly every line, and twice for each message
        return f'["{kind}", {ident}, null]\n'
    return json.dumps([kind, ident, said]) + "\n"


def _boot() -> str:
    try:
        return BOOT.read_text("utf-8").strip()
    except OSError:
        return ""
