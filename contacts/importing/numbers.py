"""Gives new rows their numbers beforehand, so that thousands are written in one statement.

Without numbers the ORM asks for each row's own, one round trip a row: 39 s for a list of 10,000
people on a busy machine of two cores, where it now takes a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession


async def number_rows(session: AsyncSession, rows: Sequence[Any]) -> None:
    """Set ``id`` of rows that have none yet; the caller holds the write lock or a sequence."""
    by_table: dict[type[Any], list[Any]] = {}
    for row in rows:
        if row.id is None:
            by_table.setdefault(type(row), []).append(row)
    for table, new in by_table.items():
        for row, number in zip(new, await _numbers(session, table, len(new)), strict=True):
            row.id = number


async def _numbers(session: AsyncSession, table: type[Any], count: int) -> Sequence[int]:
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        name = str(table.__tablename__)
        found = await connection.execute(
            text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)"),
            {"name": name, "n": count},
        )
        return [int(number) for (number,) in found.all()]
    highest = (await connection.execute(select(func.max(col(table.id))))).scalar() or 0
    return range(highest + 1, highest + 1 + count)
