"""Opens the store: engines with the settings that keep SQLite honest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.quick_sqlite import connect_quickly
from contacts.records import Database

BUSY_TIMEOUT_MS = 30_000
#: a peer that is gone without a word is noticed within about six seconds, by us and by PostgreSQL:
#: until it notices, the rows of a host that lost its network stay locked
LIVENESS: Mapping[str, int] = {
    "tcp_keepalives_idle": 3, "tcp_keepalives_interval": 1, "tcp_keepalives_count": 3,
    "tcp_user_timeout": 6000,
}  # fmt: skip
#: what holds locks and does nothing for so long will not do anything any more
IDLE_IN_TRANSACTION_MS = 60_000
#: pages of the file that one connection keeps. Readers are many, and the system keeps the file in
#: memory anyway; the writer would write half a batch before its time.
WRITER_CACHE_KIB, READER_CACHE_KIB = 2048, 256
#: a connection plans with the figures of when it was opened (``bot.query_plans``)
READERS_LAST_S = 300
QUICKLY: Mapping[str, Any] = {"async_creator_fn": connect_quickly}
#: statements that a reader keeps prepared, of the hundreds that pages ask. With the driver's 128
#: eight readers held seven megabytes more; preparing one anew takes a tenth of a millisecond.
READER_STATEMENTS = 16
#: lists in rows are read by the thousand for a page; this reader takes a fifth of the time
LISTS: Mapping[str, Any] = {"json_deserializer": from_json}


def open_database(url: str) -> Database:
    """:func:`open_store`, with all tables at hand."""
    from bot.tables import load_tables

    load_tables()
    return open_store(url)


def open_store(url: str) -> Database:
    """Open ``sqlite+aiosqlite:///…`` or ``postgresql+psycopg://…``; nothing is created.

    For a house that starts: to send it needs few of the tables, and the others take a quarter of
    a start.

    Parameters stay out of errors: they are names and texts, and errors are logged.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_async_engine(
            url, pool_size=8, max_overflow=8, hide_parameters=True, **LISTS,
            connect_args=liveness(make_url(url).query.get("options", "")),
        )  # fmt: skip
        return Database(engine, engine)
    # One writing connection: writers queue in the process instead of colliding in the file.
    writer = create_async_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args=QUICKLY,
        **LISTS,
    )
    reader = create_async_engine(
        url,
        pool_recycle=READERS_LAST_S,
        pool_size=4,
        max_overflow=4,
        hide_parameters=True,
        connect_args={**QUICKLY, "cached_statements": READER_STATEMENTS},
        **LISTS,
    )
    _honest_sqlite(writer, "BEGIN IMMEDIATE", WRITER_CACHE_KIB)
    _honest_sqlite(reader, "BEGIN", READER_CACHE_KIB)
    return Database(writer, reader)


def liveness(options: str | tuple[str, ...] = "") -> dict[str, Any]:
    """How a connection to PostgreSQL notices that the other end is gone, for both ends.

    :param options: those that the address itself asks for; they stay. Pure.
    """
    said = [options] if isinstance(options, str) else list(options)
    said += [f"-c {name}={value}" for name, value in LIVENESS.items()]
    said.append(f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}")
    return {
        "options": " ".join(said).strip(),
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": LIVENESS["tcp_keepalives_idle"],
        "keepalives_interval": LIVENESS["tcp_keepalives_interval"],
        "keepalives_count": LIVENESS["tcp_keepalives_count"],
        "tcp_user_timeout": LIVENESS["tcp_user_timeout"],
    }


async def empty_log(db: Database) -> None:
    """Write SQLite's log into the file and empty it: what was wiped still stands in the log.

    Somebody who reads at this moment holds it up; the next round does it. PostgreSQL keeps its
    own house (``docs/privacy.md``).
    """
    if db.engine.dialect.name != "sqlite":
        return
    # A checkpoint cannot run in a transaction, and every connection of ours begins one.
    async with db.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.rollback()
        await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _honest_sqlite(engine: AsyncEngine, begin: str, cache_kib: int) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling runs WITH … UPDATE in autocommit.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"cache_size=-{cache_kib}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)
