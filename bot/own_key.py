"""Which key a store is sealed with. Of two keys each opens only what it sealed itself, so whoever
starts with another one than before, or than another host, hears it at once.

The store keeps a fingerprint: a keyed hash, from which the key does not follow.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, inspect, select
from sqlmodel import SQLModel

from bot.config import Config, has_key, load_sealer
from bot.key_rows import StoreKey
from bot.migrating import may_exist, on_connection
from contacts.journal import OPERATOR, entry_of, write_entries
from contacts.sealing import PREFIX, Sealer

TABLE = StoreKey.metadata.tables[str(StoreKey.__tablename__)]
PURPOSE = "store-key"
#: any number that nobody else locks with in this database
LOCK = 7_031_903


class KeyFault(StrEnum):
    """Why the key at hand is not the one of the store."""

    OTHER = "other"
    MISSING = "missing"


def fingerprint_of(sealer: Sealer) -> str:
    """Pure."""
    return sealer.derive(PURPOSE).hex()


async def key_fault(config: Config) -> KeyFault | None:
    """What is wrong with the key for this store; None: it fits, or the store has none yet.

    Nothing is written: a key that is missing is not made.

    :raises bot.config.ConfigError: it cannot be read, or is damaged.
    :raises bot.migrating.MigrationError: the store cannot be reached.
    """
    noted = await _read(config)
    return None if noted is None else _compare(config, noted)


async def hold_key(config: Config, *, now: datetime) -> KeyFault | None:
    """As :func:`key_fault`, of a store with all its tables; the first key that it sees is noted."""
    if (there := await _read(config)) is not None:
        return _compare(config, there)
    mine = fingerprint_of(load_sealer(config))

    def note(connection: Connection) -> KeyFault | None:
        if connection.dialect.name == "postgresql":
            # Of hosts that start together one is the first.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        noted = _noted(connection)
        if noted is None:
            _note(connection, mine, now)
        return None if noted in (None, mine) else KeyFault.OTHER

    return await on_connection(config.database.url, note)


async def accept_key(config: Config, *, now: datetime) -> None:
    """From now on the store goes with the key at hand, which is made when there is none.

    What was sealed with another one stays shut; whoever was halfway an answer begins anew.
    """
    mine = fingerprint_of(load_sealer(config))

    def change(connection: Connection) -> None:
        connection.execute(delete(TABLE))
        _forget_half_answers(connection)
        _note(connection, mine, now)
        write_entries(connection, [entry_of(OPERATOR, "key_accepted", "store", {}, now=now)])

    await on_connection(config.database.url, change)


def _forget_half_answers(connection: Connection) -> None:
    """Questions in a chat with sealed words so far: none of their buttons could go on."""
    from bot.rows import Conversation  # a start looks at the key before it loads any rows

    table = SQLModel.metadata.tables[str(Conversation.__tablename__)]
    if not inspect(connection).has_table(table.name):
        return
    found = connection.execute(select(table.c.chat, table.c.data)).all()
    shut = [row.chat for row in found if PREFIX in json.dumps(row.data)]
    connection.execute(delete(table).where(table.c.chat.in_(shut)))


async def _read(config: Config) -> str | None:
    url = config.database.url
    return await on_connection(url, _noted) if may_exist(url) else None


def _compare(config: Config, noted: str) -> KeyFault | None:
    if not has_key(config):
        return KeyFault.MISSING
    return None if noted == fingerprint_of(load_sealer(config)) else KeyFault.OTHER


def _noted(connection: Connection) -> str | None:
    if not inspect(connection).has_table(TABLE.name):
        return None
    found = connection.execute(select(TABLE.c.fingerprint)).first()
    return None if found is None else str(found.fingerprint)


def _note(connection: Connection, fingerprint: str, now: datetime) -> None:
    values = {"id": 1, "fingerprint": fingerprint, "noted_at": now}
    connection.execute(insert(TABLE).values(**values))
