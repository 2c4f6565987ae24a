"""The log says when the store goes away, and when it is back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import open_database
from bot.outage import AGAIN_S, STEADY_S, tell_outages
from contacts.records import Database


async def do(session: AsyncSession, statement: str, *values: str) -> None:
    await (await session.connection()).exec_driver_sql(statement, values)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> Any:
    """A file that holds no more pages once told so."""
    db = open_database(f"sqlite+aiosqlite:///{tmp_path}/rows.sqlite3")
    async with db.begin() as session:
        await do(session, "CREATE TABLE kept (words TEXT)")
    tell_outages(db.engine, clock)
    yield db
    await db.close()


async def write(db: Database, size: int = 1) -> None:
    async with db.begin() as session:
        await do(session, "INSERT INTO kept VALUES (?)", "x" * size)


async def fill(db: Database) -> None:
    async with db.begin() as session:
        await do(session, "PRAGMA max_page_count=4")
    with pytest.raises(OperationalError):
        await write(db, 100_000)


async def make_room(db: Database) -> None:
    async with db.read() as session:
        await do(session, "SELECT 1")
    async with db.begin() as session:
        await do(session, "PRAGMA max_page_count=400000")


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "bot.outage"]


async def test_a_full_disk_is_said_once_and_that_it_is_over_once(
    store: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(store)
    clock.now += 5
    await fill(store)
    clock.now += STEADY_S
    await make_room(store)
    await write(store)
    assert said(caplog) == [
        "The store is away or refuses: OperationalError SQLITE_FULL",
        "The store is back after 15 s",
    ]


async def test_a_small_row_that_still_fits_is_not_the_end_of_it(
    store: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(store)
    await write(store)
    assert not [line for line in said(caplog) if "back" in line]


async def test_one_that_comes_and_goes_is_said_once_a_minute(
    store: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(4):
        await fill(store)
        await make_room(store)
        clock.now += STEADY_S
        await write(store)
    assert len([line for line in said(caplog) if "away" in line]) == 1
    clock.now += AGAIN_S
    await fill(store)
    assert len([line for line in said(caplog) if "away" in line]) == 2


async def test_a_new_connection_after_none_says_that_it_is_back(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "away"
    db = open_database(f"sqlite+aiosqlite:///{folder}/rows.sqlite3")
    tell_outages(db.engine, clock)
    with pytest.raises(OperationalError):
        async with db.begin() as session:
            await do(session, "SELECT 1")
    folder.mkdir()
    clock.now += 3
    async with db.begin() as session:
        await do(session, "SELECT 1")
    await db.close()
    assert said(caplog) == [
        "The store is away or refuses: OperationalError SQLITE_CANTOPEN",
        "The store is back after 3 s",
    ]


async def test_a_fault_of_a_statement_is_no_outage(
    store: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with store.begin() as session:
        await do(session, "CREATE UNIQUE INDEX once ON kept (words)")
    await write(store)
    with pytest.raises(IntegrityError):
        await write(store)
    assert said(caplog) == []
