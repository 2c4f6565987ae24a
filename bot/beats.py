"""Writes down when a part of the machine last turned; two hosts may do so at the same moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rows import Heartbeat


async def note_beat(
    session: AsyncSession, name: str, at: datetime, *, only_later: bool = False
) -> None:
    """It turned at this moment, and if somebody was told that it stood still, that is over.

    :param only_later: not when it turned then, or later, already: it may be standing still.
    """
    statement = await _insert(session, name, at)
    fresh = statement.excluded.at
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"at": fresh, "told_at": None},
            where=col(Heartbeat.at) < fresh if only_later else None,
        )
    )


async def expect_beat(session: AsyncSession, name: str, *, now: datetime) -> None:
    """It must turn from now on, unless that is known already."""
    statement = await _insert(session, name, now)
    await session.exec(statement.on_conflict_do_nothing(index_elements=["name"]))


async def _insert(session: AsyncSession, name: str, at: datetime) -> Any:
    row = {"name": name, "at": at}
    if (await session.connection()).dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # loading it is a fiftieth of a start without

        return postgresql.insert(Heartbeat).values(row)
    return sqlite.insert(Heartbeat).values(row)
