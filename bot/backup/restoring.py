"""``schakel restore``: the way back from a backup, all or nothing.

The new store is built, checked and brought to the version of the code beside the old one (SQLite)
or in one transaction (PostgreSQL); only then it takes its place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.backup.aftercare import Held, stop_after_restore
from bot.backup.making import look_at_sqlite, scratch_folder
from bot.backup.manifest import (
    KEY,
    MANIFEST,
    SQLITE,
    TABLES,
    VERSIONS,
    Manifest,
    Table,
    is_ours,
    read_manifest,
)
from bot.backup.sealed_file import BackupError, SealedReader
from bot.console.health import read_beats, silent_since
from bot.database import open_database
from bot.migrating import (
    LOGS,
    PRIVATE,
    MigrationError,
    may_exist,
    migrate,
    on_connection,
    open_connection,
    upgrade_to,
)
from bot.settings import TickSettings

LONGEST_MANIFEST = 1 << 20


class InUse(Exception):
    """Schakel is running on this store."""


class NotEmpty(Exception):
    """There is a store already, and nobody said that it may go."""


class OtherEngine(Exception):
    """The backup is of another kind of store than the one it should go to."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. ``old_store``: where the store that stood there is kept (SQLite)."""

    manifest: Manifest
    held: Held
    secret_key: bytes | None
    old_store: Path | None


def check_backup(file: Path, key: bytes) -> Manifest:
    """Read the whole backup and compare it with what it says about itself.

    :raises BackupError: it is damaged.
    """
    with open_backup(file, key) as (manifest, _, parts), scratch_folder(file.parent) as folder:
        _unpack(manifest, parts, folder)
    return manifest


async def restore(
    file: Path, url: str, *, key: bytes, overwrite: bool, ticks: TickSettings, now: datetime
) -> Restored:
    """Put the backup in the place of the store at ``url``.

    :param overwrite: an existing store may go.
    :param ticks: how often the parts of a house that would run on it turn.
    :raises BackupError: it is damaged; nothing changed.
    :raises InUse, NotEmpty, OtherEngine: nothing changed.
    """
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    with open_backup(file, key) as (manifest, secret_key, parts):
        if (manifest.engine == "sqlite") is not is_sqlite:
            raise OtherEngine
        await may_take_the_place(url, overwrite=overwrite, ticks=ticks, now=now)
        place = Path(str(make_url(url).database)) if is_sqlite else None
        beside = place.parent if place else file.parent
        beside.mkdir(mode=0o700, parents=True, exist_ok=True)
        with scratch_folder(beside) as folder:
            _unpack(manifest, parts, folder)
            if place is None:
                held, old = await _into_postgresql(url, manifest, folder, now=now), None
            else:
                held, old = await _into_sqlite(url, place, manifest, folder, now=now)
    return Restored(manifest, held, secret_key, old)


@contextmanager
def open_backup(
    file: Path, key: bytes
) -> Iterator[tuple[Manifest, bytes | None, Iterator[tuple[str, IO[bytes]]]]]:
    """The manifest, the installation's key, and the parts that follow, to be read in order."""
    with file.open("rb") as source:
        reader = SealedReader(source, key)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|gz") as tar:
                parts = _parts(tar)
                name, first = next(parts, ("", None))
                if name != MANIFEST or first is None:
                    raise BackupError("damaged")
                manifest = read_manifest(first.read(LONGEST_MANIFEST))
                name, part = next(parts, ("", None))
                secret_key = part.read(1000) if name == KEY and part else None
                yield manifest, secret_key, _again(name, part, parts)
            while reader.read(1 << 20):
                pass
        except (tarfile.TarError, EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise BackupError("damaged") from error


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for entry in tar:
        part = tar.extractfile(entry)
        if part is None:
            raise BackupError("damaged")
        yield entry.name, part


def _again(
    name: str, part: IO[bytes] | None, rest: Iterator[tuple[str, IO[bytes]]]
) -> Iterator[tuple[str, IO[bytes]]]:
    if part is not None and name != KEY:
        yield name, part
    yield from rest


def _unpack(manifest: Manifest, parts: Iterator[tuple[str, IO[bytes]]], folder: Path) -> None:
    """Write the parts to ``folder`` by numbers of our own, and compare the counts.

    :raises BackupError: parts are missing or hold something else than the manifest says.
    """
    wanted = {f"{TABLES}{table.name}": f"{n}.copy" for n, table in enumerate(manifest.tables)}
    wanted = wanted or {SQLITE: SQLITE}
    seen = set()
    for name, part in parts:
        if name not in wanted or name in seen:
            raise BackupError("damaged")
        seen.add(name)
        with (folder / wanted[name]).open("wb") as out:
            shutil.copyfileobj(part, out)
    if seen != set(wanted):
        raise BackupError("damaged")
    if manifest.engine == "sqlite":
        connection = sqlite3.connect(folder / SQLITE)
        try:
            found = look_at_sqlite(connection)
        finally:
            connection.close()
    else:
        found = (
            manifest.revision,
            {table.name: _lines(folder / f"{n}.copy") for n, table in enumerate(manifest.tables)},
        )
    if found != (manifest.revision, manifest.counts):
        raise BackupError("damaged")


def _lines(file: Path) -> int:
    """Rows of a table in PostgreSQL's text form: a line break inside a value is escaped."""
    with file.open("rb") as source:
        return sum(1 for _ in source)


async def may_take_the_place(
    url: str, *, overwrite: bool, ticks: TickSettings, now: datetime
) -> None:
    """Nobody is working there, and nothing is lost when something else comes.

    :param ticks: how often the parts of a house turn: one that looks rarely runs as well.
    :raises InUse: some part of a house turned, and would not be late yet.
    :raises NotEmpty: there are tables, and they may not go.
    """
    if not may_exist(url):
        return
    database = open_database(url)
    try:
        async with database.read() as session:
            beats = await read_beats(session, ticks, now=now)
    except SQLAlchemyError:
        # No table of ours: an empty database, or something else's.
        if overwrite or not await on_connection(url, lambda c: inspect(c).get_table_names()):
            return
        raise NotEmpty from None
    finally:
        await database.close()
    if beats and silent_since(beats, ticks) is None:
        raise InUse
    if not overwrite:
        raise NotEmpty


async def _into_sqlite(
    url: str, place: Path, manifest: Manifest, folder: Path, *, now: datetime
) -> tuple[Held, Path | None]:
    """Mend the copy beside the old store, then let it take the place in one step."""
    copy = folder / SQLITE
    copy.chmod(PRIVATE)
    there = make_url(url).set(database=str(copy)).render_as_string(hide_password=False)
    await _bring_up_to_date(there)
    database = open_database(there)
    try:
        async with database.begin() as session:
            held = await stop_after_restore(session, taken_at=manifest.made_at, now=now)
    finally:
        await database.close()
    _into_one_file(copy)
    old = _put_aside(place, now)
    copy.replace(place)
    return held, old


def _put_aside(place: Path, now: datetime) -> Path | None:
    """The old store under another name, with what its log still held."""
    if not place.exists():
        return None
    # Damaged: that may be why somebody restores. Its log goes along below.
    with contextlib.suppress(sqlite3.DatabaseError):
        _into_one_file(place)
    old = place.with_name(f"{place.name}.{now:%Y%m%d-%H%M%S}.old")
    for ending in LOGS:
        if (log := place.with_name(place.name + ending)).exists():
            log.rename(old.with_name(old.name + ending))
    os.link(place, old)
    # For whoever made it when files were open to all; it is kept for as long as nobody removes it.
    for file in (old, *(old.with_name(old.name + ending) for ending in LOGS)):
        with contextlib.suppress(OSError):
            file.chmod(PRIVATE)
    return old


def _into_one_file(place: Path) -> None:
    """What the log still holds goes into the file itself."""
    connection = sqlite3.connect(place)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


async def _bring_up_to_date(url: str) -> None:
    try:
        await migrate(url)
    except MigrationError:
        raise BackupError("newer") from None


async def _into_postgresql(url: str, manifest: Manifest, folder: Path, *, now: datetime) -> Held:
    """Everything in one transaction: the old tables go, the backup's come, and are counted."""
    try:
        async with open_connection(url) as connection:
            await connection.run_sync(_drop_tables)
            await connection.run_sync(upgrade_to, manifest.revision)
            known = await connection.run_sync(_known_columns)
            driver: Any = (await connection.get_raw_connection()).driver_connection
            for number, table in enumerate(manifest.tables):
                if not set(table.columns) <= known.get(table.name, set()):
                    raise BackupError("damaged")
                count = await _copy_in(driver, table, folder / f"{number}.copy")
                if count != manifest.counts.get(table.name):
                    raise BackupError("damaged")
            await connection.run_sync(set_sequences)
            await connection.run_sync(upgrade_to, "head")
            async with AsyncSession(connection, expire_on_commit=False) as session:
                held = await stop_after_restore(session, taken_at=manifest.made_at, now=now)
                # Into the transaction of the connection, which ends after it.
                await session.commit()
    except MigrationError:
        raise BackupError("newer") from None
    return held


def _drop_tables(connection: Any) -> None:
    for name in filter(is_ours, inspect(connection).get_table_names()):
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.exec_driver_sql(f"DROP TABLE {quoted} CASCADE")


def _known_columns(connection: Any) -> dict[str, set[str]]:
    look = inspect(connection)
    return {
        name: {column["name"] for column in look.get_columns(name)}
        for name in look.get_table_names()
        if name != VERSIONS and is_ours(name)
    }


async def _copy_in(driver: Any, table: Table, file: Path) -> int:
    from psycopg import sql

    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    async with driver.cursor() as cursor:
        async with cursor.copy(statement) as copy:
            with file.open("rb") as source:
                while piece := source.read(1 << 20):
                    await copy.write(piece)
        return int(cursor.rowcount)


def set_sequences(connection: Any) -> None:
    """New rows get numbers after those that came back."""
    look = inspect(connection)
    for table in filter(is_ours, look.get_table_names()):
        for column in look.get_columns(table):
            if not column.get("autoincrement"):
                continue
            name = connection.dialect.identifier_preparer.quote(table)
            field = connection.dialect.identifier_preparer.quote(column["name"])
            connection.exec_driver_sql(
                # Both are quoted names of the tables themselves.
                f"SELECT setval(pg_get_serial_sequence(%s, %s), "  # noqa: S608
                f"coalesce(max({field}), 0) + 1, false) FROM {name}",
                (name, column["name"]),
            )
