"""Shared fixtures: a real SQLite file (or PostgreSQL) per test, and no network but loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.database import open_database
from contacts.records import Database

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden texts anew, to be read"
    )


@pytest.fixture
def now() -> datetime:
    """A Tuesday in term, 17.42 in Arnhem."""
    return NOW


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    url = os.environ.get("TEST_DATABASE_URL") or f"sqlite+aiosqlite:///{tmp_path}/schakel.sqlite3"
    database = open_database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.drop_all)
        await connection.run_sync(SQLModel.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The measuring data, or a loud skip."""
    place = Path(os.environ.get("SCHAKEL_DATA", "../shared/data"))
    if not place.is_dir():
        pytest.skip("SCHAKEL_DATA points nowhere and ../shared/data is not there: not measured")
    return place
