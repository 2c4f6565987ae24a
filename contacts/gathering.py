"""Rows that are written together, though they come up one by one.

A chat that answers fifty people wrote three rows for each, in three statements. Nobody asks for
the number of such a row in the same turn, so it waits in the session with the others: until
something is flushed or asked for, and at the latest until the commit. Whoever reads sees it; what
is rolled back was never there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, event
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

Write = Callable[[Connection, Sequence[Any]], None]


class GatheringSession(Session):
    """A session that knows what is still to be written."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._gathered: dict[Write, list[Any]] = {}

    def gather(self, write: Write, what: Any) -> None:
        """Let ``write`` write this, with what else is for it."""
        self._gathered.setdefault(write, []).append(what)

    def forget_gathered(self) -> None:
        """The turn that it came from is undone."""
        self._gathered.clear()

    def write_gathered(self) -> None:
        if not self._gathered:
            return
        # Before the connection is asked for: that may flush, too.
        gathered, self._gathered = self._gathered, {}
        connection = self.connection()
        for write, what in gathered.items():
            write(connection, what)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """As ever, after what was gathered: its numbers come first."""
        self.write_gathered()
        super().flush(objects)


@event.listens_for(GatheringSession, "before_commit")
def _write_last(session: GatheringSession) -> None:
    session.write_gathered()


@event.listens_for(GatheringSession, "after_soft_rollback")
def _forget(session: GatheringSession, _undone: Any) -> None:
    session.forget_gathered()


class GatheringAsyncSession(AsyncSession):
    """The session of the house."""

    sync_session_class = GatheringSession
    sync_session: GatheringSession


def gather(session: AsyncSession, write: Write, what: Any) -> None:
    """Write this with the others, within this transaction."""
    assert isinstance(session.sync_session, GatheringSession)
    session.sync_session.gather(write, what)
