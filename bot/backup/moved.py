"""A store that was moved away says so: who starts it again would send once more what the other
one sends.

It stays as it was, for whoever must go back, and then that is said with as many words.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, inspect, select

from bot.migrating import may_exist, on_connection
from contacts.journal import OPERATOR, TABLE, entry_of, write_entries

MOVED, KEPT = "store_moved", "store_kept"


async def moved_at(url: str) -> datetime | None:
    """When this store was moved away, unless it is used on; None when there is none.

    :raises bot.migrating.MigrationError: it cannot be reached.
    """
    return await on_connection(url, _moved_at) if may_exist(url) else None


async def note_moved(url: str, *, now: datetime) -> None:
    """From now on nobody starts it without noticing."""
    await _note(url, MOVED, now)


async def note_kept(url: str, *, now: datetime) -> None:
    """It is used on after all."""
    await _note(url, KEPT, now)


async def _note(url: str, action: str, now: datetime) -> None:
    entry = entry_of(OPERATOR, action, "store", {}, now=now)
    await on_connection(url, lambda connection: write_entries(connection, [entry]))


def _moved_at(connection: Connection) -> datetime | None:
    if not inspect(connection).has_table(TABLE.name):
        return None
    last = connection.execute(
        select(TABLE.c.action, TABLE.c.at)
        .where(TABLE.c.action.in_((MOVED, KEPT)))
        .order_by(TABLE.c.id.desc())
        .limit(1)
    ).first()
    return last.at if last is not None and last.action == MOVED else None
