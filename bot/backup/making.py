"""``schakel backup``: one consistent moment of a running installation, in one encrypted file.

SQLite is copied in one step by its own backup interface, while others write. PostgreSQL is read
in one ``REPEATABLE READ`` transaction with ``COPY``: no ``pg_dump``, which must be installed and
not older than the server.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from sqlalchemy import column, create_engine, inspect, make_url, select, table

from bot.backup.manifest import (
    KEY,
    MANIFEST,
    SQLITE,
    TABLES,
    VERSIONS,
    Manifest,
    Table,
    is_ours,
)
from bot.backup.sealed_file import BackupError, SealedWriter

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCRATCH = ".schakel-backup-"
#: what a backup that was killed left behind is thrown away by the next one
STALE_S = 3600
SUFFIX = ".backup"


def make_backup(
    url: str, out: Path, *, key: bytes, secret_key: bytes | None, now: datetime
) -> Manifest:
    """Write the backup to ``out``, which must not exist; it is there whole or not at all.

    :param key: the Fernet key of the backup.
    :param secret_key: the installation's own key, when it lives in a file; without it the
        ways back to reporters could not be opened after a restore.
    :raises BackupError: the store is damaged.
    :raises FileExistsError: ``out`` exists.
    """
    if out.exists():
        raise FileExistsError(out)
    made = [folder for folder in out.parents if not folder.exists()]
    part = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            manifest = _write(url, file, key, secret_key, now)
            file.flush()
            os.fsync(file.fileno())
        part.rename(out)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        for folder in made:
            # Only those that are empty: somebody else may have put something there meanwhile.
            with suppress(OSError):
                folder.rmdir()
        raise
    return manifest


def default_name(now: datetime) -> str:
    """Sorts by time."""
    return f"schakel-{now:%Y%m%d-%H%M%S}{SUFFIX}"


def forget_older(folder: Path, keep: int) -> int:
    """Throw all but the newest ``keep`` backups in this folder away; returns how many."""
    found = sorted(folder.glob(f"schakel-*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
    for path in found[: max(0, len(found) - keep)]:
        path.unlink()
    return max(0, len(found) - keep)


def _write(
    url: str, file: IO[bytes], key: bytes, secret_key: bytes | None, now: datetime
) -> Manifest:
    writer = SealedWriter(file, key)
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    taken = _sqlite(url, now) if is_sqlite else _postgresql(url, now)
    with (
        taken as (manifest, parts),
        tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|gz") as tar,
    ):
        _add(tar, MANIFEST, io.BytesIO(manifest.model_dump_json().encode()))
        if secret_key is not None:
            _add(tar, KEY, io.BytesIO(secret_key))
        for name, part in parts.items():
            _add(tar, name, part)
    writer.close()
    return manifest


def _add(tar: tarfile.TarFile, name: str, part: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = part.seek(0, os.SEEK_END)
    part.seek(0)
    tar.addfile(entry, part)


def _manifest(
    now: datetime, engine: str, revision: str, counts: Mapping[str, int], tables: Any = ()
) -> Manifest:
    return Manifest(
        made_at=now, version=version("schakel"), engine=engine, revision=revision,
        counts=dict(counts), tables=tuple(tables),
    )  # fmt: skip


Taken = tuple[Manifest, dict[str, IO[bytes]]]


@contextmanager
def _sqlite(url: str, now: datetime) -> Iterator[Taken]:
    place = Path(str(make_url(url).database))
    with scratch_folder(place.parent) as folder:
        copy = folder / SQLITE
        source, target = sqlite3.connect(place), sqlite3.connect(copy)
        try:
            # In one step: in pieces it starts again at every write of somebody else.
            source.backup(target)
            revision, counts = look_at_sqlite(target)
        finally:
            source.close()
            target.close()
        with copy.open("rb") as part:
            yield _manifest(now, "sqlite", revision, counts), {SQLITE: part}


def look_at_sqlite(connection: sqlite3.Connection) -> tuple[str, dict[str, int]]:
    """Version of the tables and rows per table.

    :raises BackupError: the file is damaged, or a row refers to nothing.
    """
    try:
        whole = connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
        loose = connection.execute("PRAGMA foreign_key_check").fetchone()
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        counts = {
            # The names come from the file itself, which is ours; no value stands in a statement.
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in names
        }
        # Names of our own.
        revision = connection.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()  # noqa: S608
    except sqlite3.DatabaseError:
        raise BackupError("damaged") from None
    if not whole or loose is not None or revision is None:
        raise BackupError("damaged")
    return str(revision[0]), counts


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """A folder for its owner's eyes on the same disk as the store, gone at the end."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=beside) as name:
        folder = Path(name)
        for old in beside.glob(f"{SCRATCH}*"):
            if old.stat().st_mtime < folder.stat().st_mtime - STALE_S:
                shutil.rmtree(old, ignore_errors=True)
        yield folder


@contextmanager
def _postgresql(url: str, now: datetime) -> Iterator[Taken]:
    engine = create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")
    parts: dict[str, IO[bytes]] = {}
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            revision = str(
                connection.scalar(select(column("version_num")).select_from(table(VERSIONS)))
            )
            tables = _tables(connection)
            counts = {}
            for one in tables:
                part: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed below)
                parts[f"{TABLES}{one.name}"] = part
                counts[one.name] = _copy_out(connection, one, part)
            yield _manifest(now, "postgresql", revision, counts, tables), parts
    finally:
        for part in parts.values():
            part.close()
        engine.dispose()


def _tables(connection: Connection) -> list[Table]:
    """All of them, those that others refer to first."""
    look = inspect(connection)
    ordered = [name for name, _ in look.get_sorted_table_and_fkc_names() if name]
    return [
        Table(name=name, columns=tuple(one["name"] for one in look.get_columns(name)))
        for name in ordered
        if name != VERSIONS and is_ours(name)
    ]


def _copy_out(connection: Connection, one: Table, part: IO[bytes]) -> int:
    """Returns how many rows were written."""
    from psycopg import sql

    driver: Any = connection.connection.driver_connection
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(one.name), sql.SQL(", ").join(map(sql.Identifier, one.columns))
    )
    with driver.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for piece in copy:
                part.write(piece)
        return int(cursor.rowcount)
