"""Rows that many tests begin with: made once by each worker, and put into an empty store again.

Making a world takes thirty flushes, starting an event a page and seven texts; putting the same
rows back is a statement for each table. Every test still has a store of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table, TextClause, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from contacts.records import Database
from tests import stores

T = TypeVar("T")
Rows = dict[Table, list[dict[str, Any]]]
#: sequence → the last number that it gave; SQLite counts on from the highest row
Numbers = dict[str, int]

_made: dict[Hashable, tuple[Any, Rows, Numbers]] = {}
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
SET = "SELECT setval(quote_ident(:name)::regclass, :number)"


async def filled_tables(connection: AsyncConnection) -> list[Table]:
    """The few tables that have a row, the ones that others point at first."""
    answer = (await connection.execute(_has_rows())).one()
    return [
        table for table, has in zip(SQLModel.metadata.sorted_tables, answer, strict=True) if has
    ]


@cache
def _has_rows() -> TextClause:
    """One question for all tables; composing it takes longer than its answer."""
    return text(
        str(select(*(exists().select_from(one) for one in SQLModel.metadata.sorted_tables)))
    )


async def built_once(db: Database, key: Hashable, build: Callable[[], Awaitable[T]]) -> T:
    """What ``build`` gave, with its rows in ``db``.

    A store that holds something already gets them by building, as the first of a worker does.

    :param key: names everything that ``build`` depends on.
    """
    async with db.engine.begin() as connection:
        is_empty = not await filled_tables(connection)
        if is_empty and key in _made:
            given: T
            given, rows, numbers = _made[key]
            await _put_back(connection, rows, numbers)
            return given
    given = await build()
    if is_empty:
        async with db.engine.connect() as connection:
            _made[key] = (given, *await _taken(connection))
    return given


async def _taken(connection: AsyncConnection) -> tuple[Rows, Numbers]:
    rows = {
        table: [
            dict(row._mapping)
            for row in await connection.execute(table.select().order_by(*table.primary_key))
        ]
        for table in await filled_tables(connection)
    }
    if not stores.is_postgresql():
        return rows, {}
    return rows, {
        row.sequencename: row.last_value for row in await connection.execute(text(SEQUENCES))
    }


async def _put_back(connection: AsyncConnection, rows: Rows, numbers: Numbers) -> None:
    for table, some in rows.items():
        await connection.execute(table.insert(), some)
    for name, number in numbers.items():
        await connection.execute(text(SET), {"name": name, "number": number})
