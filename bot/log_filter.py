"""What the log says when the store is away: one short line a minute, where each round of each part
would write a traceback.

It sits on the handlers, so that every part of the program and of its libraries passes it. Only
what the store itself refuses is shortened and held back, and the few lines that are known to come
for ever; every other record stays as it is, since operators count some of them.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, PendingRollbackError

from contacts.records import STORE_AWAY

#: the same line of the store comes so often at most
AGAIN_S = 60.0
#: lines without a fault of the store that come each round until a person does something: seconds
HELD_ACTIONS: Mapping[str, float] = {"alert_reaches_nobody": 600.0}
#: whose every line is about the store: it tells each time that it could not connect
HELD_LOGGERS: Mapping[str, float] = {"psycopg.pool": AGAIN_S}
#: of the faults of the system only a disk that is full or gone: another one needs its traceback
GONE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
#: kinds of line that are remembered at once
MOST = 200
#: a chain of causes is followed so far
DEEPEST = 5
HELD = " (and {count} times more since the last one)"

Key = tuple[str, str, object, str]


@dataclass
class _Said:
    """When a line was written last, and how often it was held back since."""

    at: float
    again_s: float
    held: int = 0


class StoreFilter(logging.Filter):
    """Shortens what the store refuses to one line, and lets the same line pass once a minute.

    :param ran: seconds that only go forward.
    """

    def __init__(self, ran: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._ran, self._lock = ran, threading.Lock()
        self._said: dict[Key, _Said] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        kind = "" if error is None else fault_of_store(error)
        action = getattr(record, "action", None)
        again_s = AGAIN_S if kind else _again_of(record, action)
        if not again_s:
            return True
        # As it is written in the code: what is filled in differs each time.
        words = str(record.msg).partition("\n")[0]
        held = self._held_before((record.name, words, action, kind), again_s)
        if held is None:
            return False
        self._shorten(record, kind, held)
        return True

    def _held_before(self, key: Key, again_s: float) -> int | None:
        """How often it was held back before this time; None: it is held back now as well."""
        now = self._ran()
        with self._lock:
            before = self._said.get(key)
            if before is not None and now - before.at < again_s:
                before.held += 1
                return None
            self._said.pop(key, None)
            self._said[key] = _Said(now, again_s)
            self._forget(now)
            return 0 if before is None else before.held

    def _forget(self, now: float) -> None:
        """Room for new ones, the oldest first: one that is forgotten is written once too often."""
        if len(self._said) <= MOST:
            return
        for key in [key for key, one in self._said.items() if now - one.at >= one.again_s]:
            del self._said[key]
        for key in list(self._said)[: max(0, len(self._said) - MOST)]:
            del self._said[key]

    def _shorten(self, record: logging.LogRecord, kind: str, held: int) -> None:
        line = record.getMessage().strip().partition("\n")[0]
        if kind and kind not in line:
            line = f"{line}: {kind}"
        record.msg, record.args = line + (HELD.format(count=held) if held else ""), None
        if kind:
            record.exc_info = record.exc_text = record.stack_info = None


def _again_of(record: logging.LogRecord, action: object) -> float:
    by_action = HELD_ACTIONS.get(action, 0.0) if isinstance(action, str) else 0.0
    return by_action or HELD_LOGGERS.get(record.name, 0.0)


def fault_of_store(error: BaseException) -> str:
    """The name of the fault when it is the store that fails; empty for anything else. Pure.

    Never its words: they may hold what somebody wrote. What the store refuses of a row is a fault
    of the program, and keeps its traceback.
    """
    one: BaseException | None = error
    for _ in range(DEEPEST):
        if one is None:
            break
        if isinstance(one, BaseExceptionGroup):
            kinds = [fault_of_store(inner) for inner in one.exceptions]
            return kinds[0] if all(kinds) else ""
        if _is_of_store(one):
            return type(one).__name__
        one = one.__cause__
    return ""


def _is_of_store(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in GONE
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(
        error, (*STORE_AWAY, InternalError, PendingRollbackError, sqlite3.OperationalError)
    ):
        return True
    # A damaged file is of no kind of its own.
    return type(error) in (DatabaseError, sqlite3.DatabaseError) or _is_of_driver(error)


def _is_of_driver(error: BaseException) -> bool:
    """Of PostgreSQL's driver itself, where no SQLAlchemy stands between. Loaded only if used."""
    driver = sys.modules.get("psycopg")
    return driver is not None and isinstance(error, driver.OperationalError)
