"""Brings the tables to the version of the code. There is no way back: restore a backup."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlmodel import SQLModel

import bot.rows  # noqa: F401  (its tables belong to the metadata)
from bot.database import open_database

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(url: str) -> None:
    """Create or upgrade the database at ``url``; nothing happens when it is current."""
    _make_folder(url)
    database = open_database(url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


async def is_current(url: str) -> bool:
    """Whether the database exists and has the version of the code."""
    if not _may_exist(url):
        return False
    database = open_database(url)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_is_at_head)
    finally:
        await database.close()


def differences(connection: Connection) -> list[object]:
    """What the tables lack or have too much, compared with the code (for a test)."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


def _config(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _is_at_head(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _may_exist(url: str) -> bool:
    """False only for an SQLite file that is not there; opening would create it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(str(parsed.database)).exists()


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)


async def _write_revision(message: str, url: str) -> None:
    """``make migration m="…"``: compare a fresh, migrated database with the code."""
    await migrate(url)
    database = open_database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message, autogenerate=True)
        )
    await database.close()


if __name__ == "__main__":
    asyncio.run(_write_revision(sys.argv[1], sys.argv[2]))
