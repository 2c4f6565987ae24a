"""Plans one message to very many addresses, in bounded memory.

The same rows as :func:`contacts.sending.post` writes, in the same one transaction; only nobody
gets them back as objects.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, insert, literal, literal_column
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.messages import journal_planned
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.sending import Recipient

#: rows per statement
CHUNK = 5_000
#: so many more make PostgreSQL's picture of the table wrong
MANY = 500
#: what is not the same for all
DIFFERENT = ("address", "person_id", "organisation_id")
#: the same in PostgreSQL, as lists
_GIVEN = (
    "unnest(CAST(%s AS varchar[]), CAST(%s AS integer[]), CAST(%s AS integer[])) "
    f"AS given({', '.join(DIFFERENT)})"
)
_TABLE = Delivery.metadata.tables[str(Delivery.__tablename__)]


async def plan_deliveries(
    session: AsyncSession,
    message: Message,
    to: Iterable[Recipient] | AsyncIterable[Recipient],
    *,
    now: datetime,
) -> int:
    """One planned delivery of a stored message per recipient; returns how many.

    An address that is named twice gets the message once: as the first one who has it.
    """
    assert message.id is not None
    connection = await session.connection()
    writers = {kind: _Writer(connection, message, kind, now=now) for kind in ChannelKind}
    async for recipient in _each(to):
        await writers[recipient.kind].add(recipient)
    for writer in writers.values():
        await writer.flush()
    count = sum(len(writer.known) for writer in writers.values())
    if count >= MANY and connection.dialect.name == "postgresql":
        # Until it knows that there are many, it reads them all for each batch: 5 times as slow.
        await connection.exec_driver_sql(f"ANALYZE {_TABLE.name}")
    journal_planned(session, message, count, now=now)
    await session.flush()
    return count


class _Writer:
    """Writes rows of one kind of channel, a chunk at a time; ``known``: the addresses so far."""

    def __init__(
        self, connection: AsyncConnection, message: Message, kind: ChannelKind, *, now: datetime
    ) -> None:
        self.known: set[str] = set()
        self._connection = connection
        self._sql, self._order = _statement(message, kind, connection.dialect, now=now)
        self._rows: list[Recipient] = []

    async def add(self, recipient: Recipient) -> None:
        if recipient.address in self.known:
            return
        self.known.add(recipient.address)
        self._rows.append(recipient)
        if len(self._rows) == CHUNK:
            await self.flush()

    async def flush(self) -> None:
        """Straight to the driver: values that need no conversion are not looked at one by one."""
        if self._rows:
            rows: Any = [tuple(getattr(one, name) for name in self._order) for one in self._rows]
            if self._connection.dialect.name == "postgresql":
                # One statement with three lists; one per row is most of the time.
                rows = tuple(list(column) for column in zip(*rows, strict=True))
            await self._connection.exec_driver_sql(self._sql, rows)
            self._rows.clear()


def _statement(
    message: Message, kind: ChannelKind, dialect: Dialect, *, now: datetime
) -> tuple[str, list[str]]:
    """What is the same for all stands in the statement; returns the order of what is not."""
    same = {
        "message_id": message.id,
        "kind": kind,
        "status": DeliveryStatus.PLANNED,
        "act": DeliveryAct.SEND,
        "priority": message.priority,
        "not_before": max(now, message.send_at),
        "attempts": 0,
        "is_repeat": False,
        "is_backup": False,
        "is_exercise": message.is_exercise,
        "planned_at": now,
    }
    values: dict[str, Any] = {
        name: literal(value, _TABLE.c[name].type) for name, value in same.items()
    }
    places = {name: f"<{name}>" for name in DIFFERENT}
    values |= {name: literal_column(place) for name, place in places.items()}
    compiled = (
        insert(_TABLE)
        .values(values)
        .inline()  # nobody wants the numbers back
        .compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    )
    sql = str(compiled)
    if dialect.name == "postgresql":
        head, given = sql.removesuffix(")").split(" VALUES (")
        for name, place in places.items():
            given = given.replace(place, f"given.{name}")
        return f"{head} SELECT {given} FROM {_GIVEN}", list(DIFFERENT)  # noqa: S608 - our own
    order = sorted(DIFFERENT, key=lambda name: sql.index(places[name]))
    for place in places.values():
        sql = sql.replace(place, "?")
    return sql, order


async def _each(
    to: Iterable[Recipient] | AsyncIterable[Recipient],
) -> AsyncIterator[Recipient]:
    if isinstance(to, AsyncIterable):
        async for one in to:
            yield one
        return
    for one in to:
        yield one
