"""Brings the tables to the version of the code. There is no way back: restore a backup.

:class:`MigrationError` — the database cannot be brought to this version;
:class:`NewerStore` where it is the program that is too old.

Alembic is loaded only when there is something to change: a third of a start went to it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, event, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
BUSY_TIMEOUT_S = 30
#: the files of SQLite's log, and how every file with rows is kept
LOGS, PRIVATE = ("-wal", "-shm"), 0o600
#: any number that nobody else locks with in this database
MIGRATION_LOCK = 7_031_902
T = TypeVar("T")


class MigrationError(Exception):
    """The database at ``url`` cannot be brought to this version."""

    def __init__(self, what: str, url: str = "") -> None:
        super().__init__(what)
        self.url = url


class NewerStore(MigrationError):
    """The database has a version that this program does not know: a newer one made it."""


async def migrate(url: str) -> None:
    """Create or upgrade the database at ``url``; nothing happens when it is current.

    :raises MigrationError: it cannot be reached, or is newer than the code; nothing changed.
    """
    try:
        _make_folder(url)
    except OSError as error:
        raise MigrationError(str(error), url) from error
    keep_private(url)
    await on_connection(url, _upgrade)


async def is_current(url: str) -> bool:
    """Whether the database exists and has the version of the code.

    :raises NewerStore: this program is older.
    :raises MigrationError: it cannot be reached.
    """
    return may_exist(url) and await on_connection(url, _is_at_head)


async def holds_tables(url: str) -> bool:
    """Whether there is a database of ours, of whatever version.

    :raises MigrationError: it cannot be reached.
    """
    return may_exist(url) and await on_connection(url, _has_version)


def differences(connection: Connection) -> list[Any]:
    """What the tables lack or have too much, compared with the code."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from bot.tables import load_tables

    load_tables()
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def on_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Run ``work`` on a connection of :func:`open_connection`, in its transaction."""
    async with open_connection(url) as connection:
        return await connection.run_sync(work)


@asynccontextmanager
async def open_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """One connection in one transaction, with SQLite's checks of references put off.

    :raises MigrationError: it cannot be opened, or what was done with it failed; nothing changed.
    """
    try:
        async with _connection(url) as connection:
            yield connection
    except MigrationError as error:
        error.url = error.url or url
        raise
    except (SQLAlchemyError, OSError) as error:
        raise MigrationError(str(error), url) from error


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        # The driver would commit before each change of a table.
        connection.isolation_level = None
        # Batch mode rebuilds a table by dropping it, which would delete what refers to it.
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _config(connection: Connection) -> AlembicConfig:
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    # A percent sign in the path would be read as a placeholder.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if _is_at_head(connection):
        return
    if connection.dialect.name == "postgresql":
        # Hosts that start together wait for the first of them.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        if _is_at_head(connection):
            return
    upgrade_to(connection, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise MigrationError(f"a row of {broken[0]} refers to nothing")


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the tables to this version, in the connection's transaction.

    :raises MigrationError: there is no road from the one to the other.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(connection), revision)
    except CommandError as error:
        raise MigrationError(str(error)) from error


def newest() -> str:
    """The version of the code, by the names of its files: ``v0007_passkeys.py`` is ``0007``."""
    return max(_known())


def _known() -> set[str]:
    names = [file.name for file in (MIGRATIONS / "versions").glob("v*_*.py")]
    return {name.removeprefix("v").partition("_")[0] for name in names}


def _is_at_head(connection: Connection) -> bool:
    """:raises NewerStore: it has a version that the code does not know."""
    version = _version(connection)
    if version is not None and version not in _known():
        raise NewerStore(version)
    return version == newest()


def _has_version(connection: Connection) -> bool:
    return _version(connection) is not None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    # The name is ours.
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").first()  # noqa: S608
    return None if found is None else str(found[0])


def may_exist(url: str) -> bool:
    """False only for an SQLite file that is not there; opening would create it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(str(parsed.database)).exists()


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        # Addresses of people: for the owner's eyes, when the folder is ours to make.
        Path(str(parsed.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep_private(url: str) -> None:
    """Only its owner reads the file: names and addresses of people are in it. The files of its log,
    which come and go beside it, get the same from SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return
    file = Path(str(parsed.database))
    # One that is there is not opened: closing it again would take the locks from who works with it
    # in this process.
    if not file.exists():
        with suppress(OSError):  # who cannot write there hears it when it is opened
            file.touch(mode=PRIVATE)
    for one in (file, *(file.with_name(file.name + ending) for ending in LOGS)):
        with suppress(OSError):  # not there, or of another owner, who decides then
            if one.stat().st_mode & ~PRIVATE & 0o777:
                one.chmod(PRIVATE)


async def write_revision(message: str) -> None:
    """``make migration m="…"``: what the code has and a fresh, migrated database lacks."""
    from alembic import command

    number = len(list((MIGRATIONS / "versions").glob("v*.py"))) + 1

    def write(connection: Connection) -> None:
        config = _config(connection)
        command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")

    with tempfile.TemporaryDirectory() as folder:
        await on_connection(f"sqlite+aiosqlite:///{folder}/fresh.sqlite3", write)
    for file in (MIGRATIONS / "versions").glob(f"v{number:04}_*.py"):
        _remove_remarks(file)


def _remove_remarks(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write_revision(sys.argv[1]))
