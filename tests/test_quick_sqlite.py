"""SQLite in one trip per statement answers as the driver does, however many rows there are."""

from __future__ import annotations

import inspect
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot import quick_sqlite
from bot.database import open_database
from bot.quick_sqlite import QuickCursor, connect_quickly
from contacts.records import Database

MANY = quick_sqlite.AHEAD * 2 + 7


@pytest.fixture
async def numbers(tmp_path: Path) -> AsyncIterator[Database]:
    """A store with one table of so many numbers."""
    db = open_database(f"sqlite+aiosqlite:///{tmp_path / 'numbers.sqlite3'}")
    async with db.begin() as session:
        connection = await session.connection()
        await connection.execute(text("CREATE TABLE number (n INTEGER PRIMARY KEY)"))
        await connection.execute(
            text("INSERT INTO number VALUES (:n)"), [{"n": n} for n in range(MANY)]
        )
    yield db
    await db.close()


@pytest.mark.parametrize("count", [0, 1, quick_sqlite.AHEAD, quick_sqlite.AHEAD + 1, MANY])
async def test_every_row_comes_once_and_in_order(numbers: Database, count: int) -> None:
    async with numbers.read() as session:
        connection = await session.connection()
        found = await connection.execute(
            text("SELECT n FROM number ORDER BY n LIMIT :count"), {"count": count}
        )
        assert [n for (n,) in found.all()] == list(range(count))


async def test_rows_that_are_streamed_come_piece_by_piece(numbers: Database) -> None:
    async with numbers.read() as session:
        connection = await session.connection()
        found = await connection.stream(
            text("SELECT n FROM number ORDER BY n").execution_options(yield_per=100)
        )
        assert [n async for (n,) in found] == list(range(MANY))


async def test_what_is_left_half_read_does_not_keep_the_store_locked(numbers: Database) -> None:
    async with numbers.read() as session:
        connection = await session.connection()
        found = await connection.stream(
            text("SELECT n FROM number").execution_options(yield_per=10)
        )
        assert await found.first() is not None
    async with numbers.begin() as session:
        connection = await session.connection()
        await connection.execute(text("DROP TABLE number"))


@pytest.mark.parametrize("count", [3, MANY])
async def test_a_change_counts_its_rows_also_when_it_returns_them(
    numbers: Database, count: int
) -> None:
    async with numbers.begin() as session:
        connection = await session.connection()
        told = await connection.execute(
            text("UPDATE number SET n = n + 100000 WHERE n < :count RETURNING n"), {"count": count}
        )
        assert len(told.all()) == count
        silent = await connection.execute(text("DELETE FROM number WHERE n >= 100000"))
        assert silent.rowcount == count


async def test_what_is_refused_is_refused_and_the_connection_goes_on(numbers: Database) -> None:
    async with numbers.begin() as session:
        connection = await session.connection()
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO number VALUES (1)"))
        await connection.execute(text("INSERT INTO number VALUES (-1)"))
    async with numbers.read() as session:
        connection = await session.connection()
        lowest = await connection.execute(text("SELECT min(n) FROM number"))
        assert lowest.scalar_one() == -1


async def test_the_driver_still_has_the_private_parts_that_we_stand_on(tmp_path: Path) -> None:
    """They are no promise of the driver's: a new version that lacks one must be seen here."""
    connection = connect_quickly(str(tmp_path / "private.sqlite3"))
    assert isinstance(connection._thread, threading.Thread)
    assert connection._thread.daemon
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters)[:2] == ["self", "fn"]
    await connection
    try:
        assert isinstance(connection._conn, sqlite3.Connection)
        # The driver has no types here.
        there = await connection._execute(threading.current_thread)  # type: ignore[no-untyped-call]
        assert there is connection._thread
        assert isinstance(connection.cursor(), QuickCursor)
    finally:
        await connection.close()
