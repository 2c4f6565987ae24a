"""The process of one city: forked, asked what it takes for itself, and then let go.

Between parent and child are two pipes. Over one the child reports once, before it touches
anything. Over the other it is let go with one byte; after that the pipe stays open for as long
as the parent lives, so that a city whose parent is gone hands over and ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cities import city_texts as texts
from bot.cities.claims import Claims

log = logging.getLogger(__name__)

#: what wakes the parent; a child has none of them blocked once it works
SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
#: so long a city may take to read its configuration
ANSWER_S = 30.0
_LOOK_S = 0.2
_GO = b"g"
CRASHED = 1


@dataclass(frozen=True, slots=True)
class Door:
    """The child's side."""

    report_to: int
    hear_from: int

    def refuse(self, faults: Sequence[str]) -> None:
        """Report why this city cannot be."""
        self._report({"faults": list(faults)})

    def may_go(self, claims: Claims, files: Sequence[str]) -> bool:
        """Report, and wait for the word. False: it will not come."""
        self._report({"claims": claims.as_values(), "files": list(files)})
        if os.read(self.hear_from, 1) != _GO:
            return False
        # That one is for the parent, also where somebody sends it to all.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        return True

    def tell(self, lines: Sequence[str], *, is_well: bool) -> None:
        """Report what was found, where nothing is to be run."""
        self._report({"lines": list(lines), "is_well": is_well})

    def _report(self, what: dict[str, Any]) -> None:
        with os.fdopen(self.report_to, "wb") as out:
            out.write(json.dumps(what).encode())


Live = Callable[[Path, Door], int]


@dataclass
class Child:
    """The parent's side of one process."""

    pid: int
    report_from: int
    say_to: int
    report: dict[str, Any] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)
    is_free: bool = False
    #: it must be gone by then
    ends_by: float | None = None

    @property
    def claims(self) -> Claims | None:
        values = self.report.get("claims")
        return Claims(**values) if values else None

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(self.report.get("faults", ()))

    @property
    def ends(self) -> list[int]:
        """What a later child must not hold, or this one never hears that the parent is gone."""
        return [end for end in (self.report_from, self.say_to) if end >= 0]

    def let_go(self) -> None:
        self.since, self.is_free = time.monotonic(), True
        # It may have died at the door: that is seen as any death is.
        with contextlib.suppress(BrokenPipeError):
            os.write(self.say_to, _GO)

    def ask_to_end(self, within_s: float) -> None:
        self.ends_by = time.monotonic() + within_s
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def has_ended(self) -> int | None:
        """Its exit code, once; a signal counts below nought."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.close()
        return os.waitstatus_to_exitcode(status)

    def dismiss(self) -> None:
        """It was never let go, and goes home."""
        self.close()
        self.kill()
        os.waitpid(self.pid, 0)

    def close(self) -> None:
        _close(*self.ends)
        self.report_from = self.say_to = -1


def begin(path: Path, live: Live, others: Iterable[Child]) -> Child:
    """Fork the process of a city; :func:`hear` gets its report. Signals must be blocked.

    :raises OSError: the machine has no room for another process.
    """
    report_from, report_to = os.pipe()
    try:
        hear_from, say_to = os.pipe()
    except OSError:
        _close(report_from, report_to)
        raise
    not_mine = [report_from, say_to, *(end for child in others for end in child.ends)]
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        pid = os.fork()
    except OSError:
        _close(report_from, report_to, hear_from, say_to)
        raise
    if pid:
        _close(report_to, hear_from)
        return Child(pid, report_from, say_to)
    code = CRASHED
    try:
        _close(*not_mine)
        code = live(path, Door(report_to, hear_from))
    except KeyboardInterrupt:
        log.info("A city was interrupted while it started", extra={"action": "city_ended"})
    except BaseException as error:
        log.critical("A city ended: %s", type(error).__name__, extra={"action": "city_ended"})
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        # Not as a program ends: what stands in memory of the parent is the parent's to finish.
        os._exit(code)


def _close(*ends: int) -> None:
    for end in ends:
        os.close(end)


def hear(children: Iterable[Child], within_s: float = ANSWER_S) -> bool:
    """Wait for the report of each; who is silent is said to be. False: asked to stop meanwhile."""
    waiting = {child.report_from: (child, bytearray()) for child in children}
    until = time.monotonic() + within_s
    while waiting and time.monotonic() < until:
        if signal.sigpending() & {signal.SIGTERM, signal.SIGINT}:
            return False
        for end in select.select(list(waiting), [], [], _LOOK_S)[0]:
            child, said = waiting[end]
            if part := os.read(end, 65_536):
                said.extend(part)
                continue
            del waiting[end]
            os.close(end)
            child.report_from = -1
            child.report = _report_in(bytes(said))
    for child, _ in waiting.values():
        child.report = _report_in(b"")
    return True


def _report_in(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {"faults": [texts.NO_ANSWER]}
    return found if isinstance(found, dict) else {"faults": [texts.NO_ANSWER]}
