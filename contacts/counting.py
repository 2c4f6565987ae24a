"""Counts: one row for each kind of thing that is counted, with how often."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession


async def count_one(session: AsyncSession, kind: Any, **key: Any) -> None:
    """One more in the row of ``kind`` with this key; who is the first makes it.

    Counted in the statement itself, so that two at the same moment are two, and neither loses
    what it was writing for the sake of a count.

    :param kind: a table with a ``count``, of which ``key`` is unique.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = kind.__table__
    first = dialect.insert(table).values(**key, count=1)
    more = first.on_conflict_do_update(
        index_elements=[table.c[name] for name in key],
        set_={"count": table.c.count + 1},
    )
    await session.flush()  # what is counted may be about a row that was only just made
    await (await session.connection()).execute(more)
