"""SQLite with one trip to its thread per statement instead of four.

The driver makes a cursor, runs the statement, fetches and closes in four trips to the thread that
owns the connection, and each wakes both sides: with small statements that was most of their time.
Here a statement and its rows are one trip. What is longer than :data:`AHEAD` rows is fetched on as
it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import aiosqlite

#: rows that come with the statement itself
AHEAD = 1000
CHUNK = 64
#: without rows there is nothing to describe
Description = tuple[Any, ...] | None


class QuickConnection(aiosqlite.Connection):
    """As the driver's own, with :class:`QuickCursor` for its cursors."""

    def cursor(self) -> Any:
        """A cursor that does not exist yet: its first statement makes it."""
        return QuickCursor(self)


class QuickCursor:
    """One statement: run, read and closed in one trip."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._conn = connection
        self._rows: deque[Any] = deque()
        # Only while there are more rows than came with the statement.
        self._open: sqlite3.Cursor | None = None
        self._description: Description = None
        self._rowcount, self._lastrowid = -1, None  # type: int, int | None
        self.arraysize = 1

    async def __aenter__(self) -> QuickCursor:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> QuickCursor:
        return await self._run("execute", sql, () if parameters is None else parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> QuickCursor:
        return await self._run("executemany", sql, parameters)

    async def _run(self, how: str, sql: str, parameters: Iterable[Any]) -> QuickCursor:
        await self.close()
        connection: sqlite3.Connection = self._conn._conn

        def trip() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = connection.cursor()
            try:
                getattr(cursor, how)(sql, parameters)
                rows = cursor.fetchmany(AHEAD) if cursor.description else []
            except BaseException:
                cursor.close()
                raise
            if len(rows) < AHEAD:
                cursor.close()
            return cursor, rows

        cursor, rows = await self._there(trip)
        self._rows = deque(rows)
        self._open = cursor if len(rows) >= AHEAD else None
        self._description = cursor.description
        self._rowcount, self._lastrowid = cursor.rowcount, cursor.lastrowid
        return self

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = self.arraysize if size is None else size
        if len(self._rows) < wanted and self._open is not None:
            self._rows.extend(await self._there(partial(self._open.fetchmany, wanted)))
        return [self._rows.popleft() for _ in range(min(wanted, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        if self._open is not None:
            self._rows.extend(await self._there(self._open.fetchall))
            # With RETURNING the count is known at the last row.
            self._rowcount = self._open.rowcount
        rows = list(self._rows)
        await self.close()
        return rows

    async def close(self) -> None:
        self._rows.clear()
        if self._open is not None:
            closing, self._open = self._open, None
            await self._there(closing.close)

    @property
    def description(self) -> Description:
        return self._description

    @property
    def rowcount(self) -> int:
        return self._rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._lastrowid

    async def _there(self, trip: Callable[[], Any]) -> Any:
        # The driver has no types here.
        return await self._conn._execute(trip)  # type: ignore[no-untyped-call]


def connect_quickly(path: str, **how: Any) -> QuickConnection:
    """For ``create_async_engine(async_creator_fn=…)``: a connection that is not open yet."""
    connection = QuickConnection(partial(sqlite3.connect, path, **how), CHUNK)
    # Nobody waits for it when the process ends.
    connection._thread.daemon = True
    return connection
