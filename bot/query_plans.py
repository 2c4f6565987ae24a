"""Tells SQLite how much stands in the tables, so that it takes the right index.

Without figures it guesses that a status picks out ten rows; on an evening it picks out all of
them, and one count read every delivery that the house ever made. SQLite advises to look again as
tables grow (https://www.sqlite.org/lang_analyze.html). Few deliveries get no figures: with them all
are read, also when ten thousand are planned a moment later. PostgreSQL does it by itself. A reading
connection keeps the figures with which it was opened, so none is kept for long
(``bot.database.READERS_LAST_S``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from contacts.records import Database

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

#: entries of an index that are read for its figure; the cost no longer grows with the store
LIMIT = 1000
#: of these a smaller one gets no figures
SMALL = 200
GROWS_AT_ONCE = {"delivery"}
#: after so many times as many rows the figures are of another store
GREW = 4
#: with a figure for it, each claim of what is due would first read every message ever made, into a
#: filter for the few that it looks up
LEFT_OUT = {"message"}
_FIGURES = "SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def is_outdated(known: Mapping[str, int], rows: Mapping[str, int]) -> bool:
    """Whether a table grew so much since it was ``known`` that the figures mislead. Pure."""
    return any(count >= max(SMALL, known.get(name, 0) * GREW) for name, count in rows.items())


class QueryPlans:
    """Remembers at which size the tables were last looked at."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: Mapping[str, int] | None = None

    async def keep(self) -> bool:
        """Look again if a table grew much; returns whether that was so."""
        if self._db.engine.dialect.name != "sqlite":
            return False
        async with self._db.engine.begin() as connection:
            rows = await _sizes(connection)
            if self._known is None:
                await _forget_misleading(connection, rows)
                self._known = {}
            if not is_outdated(self._known, rows):
                return False
            await connection.exec_driver_sql(f"PRAGMA analysis_limit = {LIMIT}")
            for name in rows.keys() - _without_figures(rows):
                await connection.exec_driver_sql(f'ANALYZE "{name}"')
        self._known = rows
        return True


async def _forget_misleading(connection: AsyncConnection, rows: Mapping[str, int]) -> None:
    """Figures that stand there from before and mislead."""
    tables = [(name,) for name in _without_figures(rows)]
    for (figures,) in (await connection.exec_driver_sql(_FIGURES)).all():
        question = f"DELETE FROM {figures} WHERE tbl = ?"  # noqa: S608 - SQLite's own names
        await connection.exec_driver_sql(question, tables)
    # So that this connection reads them anew.
    await connection.exec_driver_sql("ANALYZE sqlite_schema")


def _without_figures(rows: Mapping[str, int]) -> set[str]:
    """Tables that never have any, and those that are small now and may be large in a minute."""
    return LEFT_OUT | {name for name in GROWS_AT_ONCE if rows.get(name, 0) < SMALL}


async def _sizes(connection: AsyncConnection) -> dict[str, int]:
    """The highest number in each table: as good as a count, and read at once."""
    names = [name for (name,) in await connection.exec_driver_sql(_TABLES)]
    if not names:
        return {}
    each = ", ".join(f'(SELECT max(rowid) FROM "{name}")' for name in names)  # noqa: S608 - own names
    (found,) = await connection.exec_driver_sql(f"SELECT {each}")
    return {name: int(size or 0) for name, size in zip(names, found, strict=True)}
