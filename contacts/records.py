"""The small kernel for records: row base, choice columns, guarded moves, database handle.

Every status in the house changes through :func:`move` (one row) or :func:`move_many`
(a batch). Both do the same three things in the caller's transaction: check the move
against its table, run one guarded ``UPDATE … WHERE status = ?``, write one journal entry.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Enum,
    Executable,
    String,
    Update,
    any_,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session, declared_attr
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.any_of import any_of, text_of
from contacts.gathering import GatheringAsyncSession
from contacts.journal import Who, write_journal

S = TypeVar("S", bound=StrEnum)
MoveTable = Mapping[S, frozenset[S]]

# Constraint names must be the same on every database, or migrations cannot drop them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class RecordError(Exception):
    """A record refused a change."""


class IllegalMove(RecordError):
    """This status may not follow that one."""


class StaleMove(RecordError):
    """The record was no longer in the status that the move starts from."""


class Row(SQLModel):
    """Base of every table: the table is named after the class in snake case."""

    # Nobody judges a row by its model: what could is made when it is asked for, which saves memory.
    model_config = {"defer_build": True}

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  (the decorator gives it the class)
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


def choice(kind: type[S], *, default: S | None = None, index: bool = False) -> Any:
    """A column that holds one member of a StrEnum, by value, as VARCHAR on every database.

    ``default=None`` makes the column nullable.
    """
    stored: Column[Any] = Column(_stored_as(kind), nullable=default is None, index=index)
    return Field(default=default, sa_column=stored)


def required_choice(kind: type[S], *, index: bool = False) -> Any:
    """As :func:`choice`, without a default and never null."""
    return Field(sa_column=Column(_stored_as(kind), nullable=False, index=index))


def _stored_as(kind: type[S]) -> Enum:
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        validate_strings=True,
        length=40,
    )


async def read_columns(
    session: AsyncSession, statement: Executable, values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """Rows of plain columns, in the session's transaction, many times quicker than objects.

    For pages and plans over thousands of rows, of which only these columns are looked at, and for
    what is asked so often that its statement is made once.

    :param values: of the statement's own parameters.
    """

    def ask(there: Session) -> Sequence[Any]:
        there.flush()
        return there.connection().execute(statement, values).all()

    return await session.run_sync(ask)


def check_move(table: MoveTable[S], old: S, new: S) -> None:
    """Raise :class:`IllegalMove` unless ``table`` allows ``old → new``."""
    if new not in table.get(old, frozenset()):
        raise IllegalMove(f"{type(old).__name__}: {old} → {new}")


async def move(
    session: AsyncSession,
    table: MoveTable[S],
    row: Any,
    new: S,
    *,
    who: Who,
    action: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> None:
    """Move one row to status ``new``, set ``values`` with it, and journal it.

    :param row: a table row with ``id`` and ``status``; it is refreshed in place.
    :raises IllegalMove: the table does not allow it.
    :raises StaleMove: somebody else moved the row first.
    """
    old: S = row.status
    check_move(table, old, new)
    kind = type(row)
    result = await session.exec(
        update(kind)
        .where(col(kind.id) == row.id, col(kind.status) == old)
        .values(status=new, **values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:
        raise StaleMove(f"{kind.__name__} {row.id}: no longer {old}")
    await session.refresh(row)
    write_journal(
        session,
        who=who,
        action=action,
        subject=f"{kind.__tablename__}:{row.id}",
        detail={"from": old.value, "to": new.value, **(detail or {})},
        now=now,
    )


async def move_many(
    session: AsyncSession,
    table: MoveTable[S],
    kind: Any,
    ids: Sequence[int],
    old: S,
    new: S,
    *,
    who: Who,
    action: str,
    now: datetime,
    each: Mapping[str, Mapping[int, str | None]] | None = None,
    **values: Any,
) -> list[int]:
    """Move a batch ``old → new``; returns the ids that were still in ``old``.

    One statement and one journal entry for the whole batch; rows that somebody else moved
    first are left alone and missing from the answer. Rows are taken by their numbers, the lowest
    first, as everybody does who takes several: two who begin at different ends would wait for
    each other, and PostgreSQL would end one of them.

    :param each: texts that differ per row, by column and number of the row.
    """
    check_move(table, old, new)
    if not ids:
        return []
    each = each or {}
    plain = {name: value for name, value in values.items() if not _is_expression(value)}
    waits = session.get_bind().dialect.name != "sqlite"  # there is one writer at a time
    statement = _moving(kind, tuple(sorted(plain)), tuple(sorted(each)), in_order=waits)
    if len(plain) < len(values):
        worked_out = {name: value for name, value in values.items() if name not in plain}
        statement = statement.values(**worked_out)
    given = {f"to_{name}": value for name, value in plain.items()}
    given |= {f"each_{name}": texts for name, texts in each.items()}
    found = await read_columns(
        session, statement, {"ids": ids, "old": old.value, "to_status": new, **given}
    )
    moved = sorted(ids_of(found))
    if moved:
        write_journal(
            session,
            who=who,
            action=action,
            subject=kind.__tablename__,
            detail={"from": old.value, "to": new.value, "ids": moved},
            now=now,
        )
    return moved


async def set_many(
    session: AsyncSession,
    kind: Any,
    ids: Sequence[int],
    *,
    who: Who,
    action: str,
    now: datetime,
    **values: Any,
) -> None:
    """The same columns of a batch, with one journal entry; their status stays as it is."""
    if not ids:
        return
    await session.exec(
        update(kind)
        .where(col(kind.id).in_(ids))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    write_journal(
        session, who=who, action=action, subject=kind.__tablename__, detail={"ids": ids}, now=now
    )


def _is_expression(value: Any) -> bool:
    """An expression that the store works out."""
    return isinstance(value, ColumnElement) or hasattr(value, "__clause_element__")


@cache
def _moving(kind: Any, values: tuple[str, ...], each: tuple[str, ...], *, in_order: bool) -> Update:
    """Made once for each kind of move: making it costs more than running it.

    :param in_order: an UPDATE takes its rows as it finds them, so they are locked before it.
    """
    table = kind.__table__
    given = {
        name: bindparam(f"to_{name}", type_=table.c[name].type) for name in ("status", *values)
    }
    learned = {name: text_of(table.c.id, f"each_{name}") for name in each}
    wanted = any_of(table.c.id, "ids")
    if in_order:
        there = table.alias()
        held = select(there.c.id).where(any_of(there.c.id, "ids"), _still(there))
        first = held.order_by(there.c.id).with_for_update().scalar_subquery()
        # As an array: of a subquery PostgreSQL may make a join, which reads the whole table.
        wanted = table.c.id == any_(func.array(first, type_=ARRAY(table.c.id.type)))
    return (
        update(table).where(wanted, _still(table)).values(**given, **learned).returning(table.c.id)
    )


def _still(table: Any) -> ColumnElement[bool]:
    """``status = :old``, in words that no index answers.

    SQLite prefers an index that begins with the status to the primary key, and then walks over
    every row in that status: with 250,000 of them that is the whole time of a batch.
    """
    return type_coerce(table.c.status, String).concat("") == bindparam("old", type_=String())


#: it is the store that fails, and nothing that it was asked to keep
STORE_AWAY = (OperationalError, InterfaceError, PoolTimeout, OSError)
#: PostgreSQL ends what holds locks and asks nothing for so long: a process that hangs, or whose
#: machine went while something between keeps its connections, held up whoever took over for a
#: minute. Storing what an enormous feed brought, on two cores with six at work, once asked nothing
#: for more than eight seconds.
WRITER_IDLE_MS = 20_000


class Database:
    """The store: short write transactions and read-only looks.

    ``begin`` takes the write lock at once (``BEGIN IMMEDIATE`` on SQLite), so a
    read-modify-write never fails half-way with "locked". Never await the network inside.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations and maintenance."""
        return self._writer

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One write transaction: committed at the end, rolled back on an exception."""
        async with (
            GatheringAsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self._writer.dialect.name == "postgresql":
                connection = await session.connection()
                await connection.exec_driver_sql(
                    f"SET LOCAL idle_in_transaction_session_timeout = {WRITER_IDLE_MS}"
                )
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A look without the write lock; what is changed in it is thrown away."""
        async with GatheringAsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Give all connections back."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def ids_of(rows: Iterable[Any]) -> list[int]:
    """The primary keys of stored rows."""
    return [row.id for row in rows]
