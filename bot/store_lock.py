"""Keeps a second house away from a PostgreSQL that one house works on.

SQLite is a file of one machine, where the address of the pages keeps a second one away
(``bot/listening.py``). Two houses on one outbox call each other's rows uncertain, so a house takes
a lock of the session, on a connection of its own, for as long as it lives: alone, or shared where
``[database] several_hosts`` says that there are more. Of a process that was killed the system ends
the connection at once; of a host that vanished PostgreSQL does within six seconds
(``bot.database.liveness``).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, LiteralString

from sqlalchemy import make_url

from bot import run_texts as texts
from bot.database import liveness
from bot.migrating import MigrationError
from bot.settings import DatabaseSettings

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = logging.getLogger(__name__)

#: longer than PostgreSQL needs to see that a host is gone, so that a restart is never refused
WAIT_S = 10.0
AGAIN_S = 0.5
#: between two looks whether the connection is still there
LOOK_S = 2.0
#: any number that nobody else locks with; two installations may share a database by schemas
NUMBER = 7_031_904
_ALONE: LiteralString = "SELECT pg_try_advisory_lock(%s, hashtext(coalesce(current_schema(), '')))"
_SHARED: LiteralString = _ALONE.replace("_lock(", "_lock_shared(")


class StoreTaken(Exception):
    """Another house works on this store, and one of the two does not know of several hosts."""


class StoreLock:
    """The lock of one house, from :meth:`take` to :meth:`close`. On SQLite there is none."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._url, self._is_shared = make_url(settings.url), settings.several_hosts
        self._connection: AsyncConnection | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def take(self, say: Callable[[str], None], *, wait_s: float = WAIT_S) -> None:
        """Take it and keep it. Who must wait for it says so first.

        :raises StoreTaken: it was not free in time.
        :raises bot.migrating.MigrationError: the store cannot be reached.
        """
        if self._url.get_backend_name() == "sqlite":
            return
        from psycopg import Error

        try:
            await self._wait(say, wait_s)
        except (Error, OSError) as error:
            await self._hang_up()
            address = self._url.render_as_string(hide_password=False)
            raise MigrationError(str(error), address) from error
        self._keeping = asyncio.create_task(self._keep(), name="store lock")

    async def close(self) -> None:
        """Let go; others may take it at once."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None
        await self._hang_up()

    async def _wait(self, say: Callable[[str], None], wait_s: float) -> None:
        loop = asyncio.get_running_loop()
        until, has_said = loop.time() + wait_s, False
        while not await self._try():
            if loop.time() >= until:
                await self._hang_up()
                raise StoreTaken
            if not has_said:
                has_said = True
                say(texts.WAITS_FOR_STORE.format(seconds=round(wait_s)))
            await asyncio.sleep(AGAIN_S)

    async def _try(self) -> bool:
        """Whether it is ours now."""
        if self._connection is None:
            self._connection = await self._connect()
        found = await self._connection.execute(_SHARED if self._is_shared else _ALONE, (NUMBER,))
        row = await found.fetchone()
        return row is not None and bool(row[0])

    async def _connect(self) -> AsyncConnection:
        from psycopg import AsyncConnection
        from psycopg.conninfo import make_conninfo

        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = liveness(self._url.query.get("options", ""))
        # In no transaction: PostgreSQL ends those that stand idle.
        return await AsyncConnection.connect(make_conninfo(address, **options), autocommit=True)

    async def _keep(self) -> None:
        """Until cancelled. A store that was away ended the lock and not the house."""
        from psycopg import Error

        lost = refused = False
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if self._connection is not None and not lost:
                    await self._connection.execute("SELECT 1")
                elif await self._try():
                    log.info("The store lock is held again", extra={"action": "lock_held"})
                    lost = refused = False
                elif not refused:
                    refused = True
                    log.error("Another house holds the store", extra={"action": "lock_refused"})
            except (Error, OSError) as error:
                if not lost:
                    log.warning(
                        "The store lock is lost: %s", type(error).__name__,
                        extra={"action": "lock_lost"},
                    )  # fmt: skip
                lost = True
                await self._hang_up()

    async def _hang_up(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with contextlib.suppress(Exception):  # it is gone already
                await connection.close()
