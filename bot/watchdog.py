"""A thread that sees the whole process stand still, which nothing inside its loop can.

The loop shows that it turns once a second. When it does not for a minute, the thread writes where
it hangs to standard error, leaves a note beside the store and ends the process: the supervisor
starts it again, recovery sets right what was under way, and the note becomes a message to a person.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

TURN_S = 1.0
#: longer than any honest work on the loop: a large import, a picture, a slow disk
STILL_S = 60.0
NOTE = "stood-still"
#: "internal software error", for the supervisor's log
EXIT_CODE = 70


class Watchdog:
    """Watches the loop in which :meth:`show` runs.

    :param end: what ends the process; a parameter for tests.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        clock: Callable[[], datetime],
        still_s: float = STILL_S,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._note, self._clock, self._still_s, self._end = state_dir / NOTE, clock, still_s, end
        self._turned_at = time.monotonic()
        self._over = threading.Event()

    async def show(self) -> None:
        """Turn for as long as the process lives."""
        self._turned_at = time.monotonic()
        thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        thread.start()
        try:
            while True:
                self._turned_at = time.monotonic()
                await asyncio.sleep(min(TURN_S, self._still_s / 4))
        finally:
            self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(TURN_S, self._still_s / 4)):
            if time.monotonic() - self._turned_at > self._still_s:
                self._stood_still()
                return

    def _stood_still(self) -> None:
        log.critical("The loop stands still", extra={"action": "stood_still"})
        # Names of functions and lines, no values.
        faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr, all_threads=True)
        try:
            self._note.write_text(self._clock().isoformat(), encoding="utf-8")
        except OSError:
            log.critical("No note of it could be left", extra={"action": "note_failed"})
        self._end(EXIT_CODE)


def stood_still_at(state_dir: Path) -> datetime | None:
    """When the process before this one was ended for standing still; until it is forgotten."""
    try:
        return datetime.fromisoformat((state_dir / NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def forget_stood_still(state_dir: Path) -> None:
    """A person heard of it."""
    (state_dir / NOTE).unlink(missing_ok=True)
