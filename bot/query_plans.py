"""Tells the store how much stands in its tables, so that it takes the right index.

Without figures it guesses that a status picks out ten rows; on an evening it picks out all of
them, and one count read every delivery that the house ever made. SQLite advises to look again as
tables grow (https://www.sqlite.org/lang_analyze.html). Few deliveries get no figures: with them all
are read, also when ten thousand are planned a moment later. A reading connection keeps the figures
with which it was opened, so none is kept for long (``bot.database.READERS_LAST_S``).

PostgreSQL looks by itself, but within a minute or two. Of a list that was just read in it guesses
that it has four addresses, and each batch that is sent then reads all 10,000: 10 ms instead of 0.3.
So what grew is looked at here, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import text

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
#: with a figure for it, what joins deliveries that wait with their messages first reads every
#: message ever made, into a filter for the few that it looks up
LEFT_OUT = {"message"}
#: our tables that grew since PostgreSQL last looked; what only changed is its own affair
_GREW_THERE = text(
    "SELECT relname FROM pg_stat_user_tables JOIN pg_class USING (relname) "
    "WHERE pg_class.oid = relid AND schemaname = current_schema() "
    "AND pg_has_role(relowner, 'USAGE') "
    "AND n_live_tup >= :small AND n_live_tup >= :grew * greatest(reltuples, 0)"
)
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
            return await self._keep_there()
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

    async def _keep_there(self) -> bool:
        async with self._db.engine.connect() as connection:
            found = await connection.execute(_GREW_THERE, {"small": SMALL, "grew": GREW})
            grew = [name for (name,) in found.all()]
        for name in grew:
            # Whoever is at work on a table looks as well, and waiting would break off a clean-up.
            async with self._db.engine.begin() as connection:
                await connection.exec_driver_sql(f'ANALYZE (SKIP_LOCKED) "{name}"')
        return bool(grew)


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
