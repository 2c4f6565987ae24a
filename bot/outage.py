"""A plain line in the log when the store goes away, and one when it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.log_filter import fault_of_store

log = logging.getLogger(__name__)

#: one that comes and goes is said to be away once in so long
AGAIN_S = 60.0
#: on a full disk a small row still fits now and then
STEADY_S = 10.0
#: another one had it at that moment, or it took too long: the store is there
PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "40", "55", "57014")
_COMMITS = "schakel_commits"


class Outage:
    """Sees what the store refuses, and the first thing that it keeps again.

    :param ran: seconds that only go forward.
    """

    def __init__(self, ran: Callable[[], float] = time.monotonic) -> None:
        self._ran = ran
        self._said_at: float | None = None
        self._since: float | None = None
        self._refused_at = 0.0
        #: there is no connection: then a new one says that it is back
        self._is_cut = False

    def refused(self, context: ExceptionContext) -> None:
        """A statement, a commit or a connection failed."""
        kind = fault_of_store(context.sqlalchemy_exception or context.original_exception)
        code = _code_of(context.original_exception)
        if not kind or code.startswith(PASSING):
            return
        self._is_cut = context.is_disconnect or context.connection is None
        self._refused_at = now = self._ran()
        if self._since is None and (self._said_at is None or now - self._said_at >= AGAIN_S):
            self._since = self._said_at = now
            what = f"{kind} {code}".strip()
            log.error("The store is away or refuses: %s", what, extra={"action": "store_away"})

    def commits(self, connection: Any) -> None:
        """About to; whether it succeeds is seen by what comes next."""
        if self._since is not None:
            connection.info[_COMMITS] = True

    def handed_back(self, _connection: Any, record: Any) -> None:
        """A connection that is thrown away after a fault does not come by here."""
        if record.info.pop(_COMMITS, False) and self._ran() - self._refused_at >= STEADY_S:
            self._back()

    def connected(self, _connection: Any, _record: Any) -> None:
        if self._is_cut:
            self._back()

    def rolled_back(self, connection: Any) -> None:
        connection.info.pop(_COMMITS, None)

    def _back(self) -> None:
        if self._since is not None:
            away_s = self._ran() - self._since
            self._since, self._is_cut = None, False
            log.warning("The store is back after %d s", away_s, extra={"action": "store_back"})


def tell_outages(engine: AsyncEngine, ran: Callable[[], float] = time.monotonic) -> None:
    """From now on the log says when this store is away, and when it is back."""
    seen = Outage(ran)
    for name, hear in (
        ("handle_error", seen.refused), ("commit", seen.commits), ("rollback", seen.rolled_back),
        ("checkin", seen.handed_back), ("connect", seen.connected),
    ):  # fmt: skip
        event.listen(engine.sync_engine, name, hear)


def _code_of(error: BaseException | None) -> str:
    """A constant of the driver: ``SQLITE_FULL``, or PostgreSQL's ``57P01``."""
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
