"""Where a test keeps its rows: a SQLite file, or a database of a private PostgreSQL.

``pytest --postgresql`` starts a cluster of its own in a temporary folder, reachable by a socket
in that folder only, and runs the tests that keep rows on it.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlmodel import SQLModel

from bot.bench import cluster
from bot.bench.cluster import USER
from bot.database import open_database
from bot.migrating import migrate
from bot.tables import load_tables
from contacts.records import Database

#: the folder with the socket of the running cluster; workers inherit it
VARIABLE = "SCHAKEL_TEST_POSTGRESQL"
TEMPLATE = "with_tables"
MIGRATED = "migrated"
#: a crash of the cluster loses a test run, nothing else
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


NOBODY_ELSE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
#: how many tables, columns and triggers there are
SHAPE = """
SELECT
  (SELECT count(*) FROM pg_tables WHERE schemaname = 'public'),
  (SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'),
  (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)
"""
#: Emptying the few tables with rows takes milliseconds; the keys between them are left out of it.
NO_ROWS = """
DO $$ DECLARE name text; used boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO used;
    IF used THEN EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def start_cluster() -> Path:
    """A new cluster with the tables in a template; returns its folder."""
    folder = cluster.start_cluster(HASTY)
    os.environ[VARIABLE] = str(folder)
    _execute(f'CREATE DATABASE "{TEMPLATE}"')
    engine = create_engine(_address(TEMPLATE))
    load_tables()
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    _execute(f'CREATE DATABASE "{MIGRATED}"')
    asyncio.run(migrate(_address(MIGRATED)))
    return folder


def stop_cluster(folder: Path) -> None:
    cluster.stop_cluster(folder)
    os.environ.pop(VARIABLE, None)


def is_postgresql() -> bool:
    return VARIABLE in os.environ


def fresh_url(folder: Path, *, tables: bool = False) -> str:
    """The address of a new, empty store; on SQLite a file in ``folder``.

    :param tables: with the tables of the code already in it, where that is quicker.
    """
    if not is_postgresql():
        file = folder / "schakel.sqlite3"
        if tables:
            shutil.copyfile(_sqlite_template(), file)
        return f"sqlite+aiosqlite:///{file}"
    return _copy_of(TEMPLATE if tables else None)


def _copy_of(template: str | None) -> str:
    name = f"t{uuid.uuid4().hex[:16]}"
    copied = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
    _execute(f'CREATE DATABASE "{name}"{copied}')
    return _address(name)


@event.listens_for(Engine, "connect")
def backwards(connection: object, _record: object) -> None:
    """SQLite gives rows that nobody orders the other way round.

    Unasked it gives them in the order they came in, so what leans on that passes here and fails
    now and then on PostgreSQL.
    """
    if isinstance(connection, AsyncAdapt_aiosqlite_connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


@asynccontextmanager
async def clean_database() -> AsyncIterator[Database]:
    """A store with tables and no rows; each worker keeps one, with what its engines learnt.

    Making a database takes PostgreSQL a fifth of a second, and new engines compile every
    statement anew: together that was a third of the time of a test.
    """
    url, database = _kept()
    if is_postgresql():
        _new_shape(url)
    else:
        shutil.copyfile(_sqlite_template(), _file_of(url))
    yield database
    await database.close()
    if is_postgresql():
        _empty(url)
        return
    for rest in _file_of(url).parent.glob(f"{_file_of(url).name}*"):
        rest.unlink()


@cache
def _kept() -> tuple[str, Database]:
    """The one store of this worker."""
    if is_postgresql():
        url = _copy_of(TEMPLATE)
    else:
        folder = Path(tempfile.mkdtemp(prefix="schakel-rows-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite+aiosqlite:///{folder / 'schakel.sqlite3'}"
    return url, open_database(url)


def _file_of(url: str) -> Path:
    return Path(url.partition(":///")[2])


def _empty(url: str) -> None:
    """No rows, numbers from one again, and nobody left who still holds a lock.

    A test that changed the tables themselves leaves a store that nobody else should meet.
    """
    connection = _session_of(url)
    connection.execute(NOBODY_ELSE)
    if connection.execute(SHAPE).fetchone() == _new_shape(url):
        connection.execute(NO_ROWS)
        return
    connection.close()
    drop(url)
    _kept.cache_clear()


@cache
def _new_shape(url: str) -> tuple[Any, ...] | None:
    """As the store was when it was made; asked before the first test gets it."""
    return _session_of(url).execute(SHAPE).fetchone()


@cache
def _sqlite_template() -> Path:
    """An empty file with the tables of the code, made once by each worker."""
    folder = Path(tempfile.mkdtemp(prefix="schakel-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = create_engine(f"sqlite:///{folder / TEMPLATE}")
    load_tables()
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return folder / TEMPLATE


async def migrated_url(folder: Path) -> str:
    """A store as an installation has it after ``migrate``; on SQLite that is done once."""
    if is_postgresql():
        return _copy_of(MIGRATED)
    template = _sqlite_template().parent / "migrated"
    if not template.exists():
        made = template.with_suffix(".new")
        await migrate(f"sqlite+aiosqlite:///{made}")
        made.rename(template)
    file = folder / "schakel.sqlite3"
    shutil.copyfile(template, file)
    return f"sqlite+aiosqlite:///{file}"


def drop(url: str) -> None:
    """Throw a store of :func:`fresh_url` away; a file goes with its folder."""
    if url.startswith("postgresql"):
        name = url.partition("?")[0].rpartition("/")[2]
        _execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def everything_in(url: str, folder: Path) -> bytes:
    """All that an installation wrote, raw: its files, and what its database holds."""
    files = b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
    if not url.startswith("postgresql"):
        return files
    name = url.partition("?")[0].rpartition("/")[2]
    dumped = subprocess.run(
        ["pg_dump", "-h", os.environ[VARIABLE], "-U", USER, name], capture_output=True, check=True
    )
    return files + dumped.stdout


def keeps_rows(item: pytest.Item) -> bool:
    """Whether a test has a store, so that it says something else on another database.

    What is looked at in a browser is about pages; the same acts run without one, too.
    """
    used = set(getattr(item, "fixturenames", ()))
    return bool({"cities", "db", "evening", "place"} & used) and "browser" not in used


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=os.environ[VARIABLE], user=USER, dbname="postgres", autocommit=True
    ) as connection:
        yield connection


@cache
def _session_of(url: str) -> psycopg.Connection:
    """Kept between tests: what it learns of the tables is most of its time."""
    name = url.partition("?")[0].rpartition("/")[2]
    kept = psycopg.connect(host=os.environ[VARIABLE], user=USER, dbname=name, autocommit=True)
    atexit.register(kept.close)
    return kept


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """What is written through ``database`` meanwhile, in order, as the driver gets it."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _execute(statement: str) -> None:
    with _admin() as connection:
        connection.execute(statement.encode())


def _address(name: str) -> str:
    return cluster.address(Path(os.environ[VARIABLE]), name)
