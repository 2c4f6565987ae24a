"""Moves an installation to another database: every row, counted on the other side, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Table, func, insert, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.backup.moved import moved_at, note_moved
from bot.backup.restoring import NotEmpty, may_take_the_place, set_sequences
from bot.migrating import (
    VERSION_TABLE,
    is_current,
    keep_private,
    may_exist,
    migrate,
    on_connection,
    open_connection,
)
from bot.settings import TickSettings
from bot.tables import load_tables

AT_ONCE = 1000

#: (name of a table, rows so far, rows in all)
Progress = Callable[[str, int, int], None]


class NotCurrent(Exception):
    """The old store is not there, or of another version than the code."""


class AlreadyMoved(Exception):
    """The old store was moved away before, and is not used on."""


class Miscounted(Exception):
    """A table has another number of rows on the other side; nothing was moved."""


def tables() -> list[Table]:
    """Ours, so that what is referred to comes before what refers to it."""
    load_tables()
    return list(SQLModel.metadata.sorted_tables)


async def move_database(
    source: str, target: str, *, ticks: TickSettings, now: datetime, on_progress: Progress
) -> dict[str, int]:
    """Copy everything from one store to another; (table: rows) that arrived.

    The old one is only read; once everything arrived it says that it was moved. The new one is made
    in one transaction.

    :raises NotCurrent: there is no old store, or it must be migrated first.
    :raises AlreadyMoved: the old store was moved away before.
    :raises bot.backup.restoring.InUse: somebody is still working on either of them.
    :raises bot.backup.restoring.NotEmpty: there is something in the new one.
    :raises bot.migrating.MigrationError: one of them cannot be reached, or refused.
    :raises Miscounted: what arrived is not what left.
    """
    if not await is_current(source):
        raise NotCurrent
    if await moved_at(source) is not None:
        raise AlreadyMoved
    for url in (source, target):
        await may_take_the_place(url, overwrite=True, ticks=ticks, now=now)
    await _need_room(target)
    await migrate(target)
    counts = {}
    async with open_connection(source) as old, open_connection(target) as new:
        for table in tables():
            if await _count(new, table):
                raise NotEmpty
        for table in tables():
            counts[table.name] = await _copy(old, new, table, on_progress)
        for table in tables():
            arrived = await _count(new, table)
            if arrived != counts[table.name]:
                raise Miscounted(table.name)
        if new.dialect.name == "postgresql":
            await new.run_sync(set_sequences)
    await note_moved(source, now=now)
    # It stays, with everybody in it, and nobody starts it again.
    keep_private(source)
    return counts


async def _need_room(target: str) -> None:
    """Tables of ours may stand ready, after a move that failed; those of others may not.

    :raises bot.backup.restoring.NotEmpty: this is the database of something else.
    """
    if may_exist(target):
        names = await on_connection(target, lambda c: inspect(c).get_table_names())
        if set(names) - {table.name for table in tables()} - {VERSION_TABLE}:
            raise NotEmpty


async def _copy(
    old: AsyncConnection, new: AsyncConnection, table: Table, on_progress: Progress
) -> int:
    total = await _count(old, table)
    own = [
        column for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]  # fmt: skip
    done, later = 0, []
    found = await old.stream(
        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    )
    async for part in found.mappings().partitions():
        rows = [dict(row) for row in part]
        for row in rows:
            # A row may refer to one of its own table that has yet to come.
            if held := {column.name: row[column.name] for column in own if row[column.name]}:
                later.append((row, held))
                row.update(dict.fromkeys(held))
        await new.execute(insert(table), rows)
        done += len(rows)
        on_progress(table.name, done, total)
    for row, held in later:
        same = [column == row[column.name] for column in table.primary_key.columns]
        await new.execute(update(table).where(*same).values(**held))
    return done


async def _count(connection: AsyncConnection, table: Table) -> int:
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())
