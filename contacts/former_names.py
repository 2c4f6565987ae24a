"""What an organisation was called before it became part of another: still found, still known.

On PostgreSQL somebody may plan a message for an organisation at the very moment at which it is
joined to another, or tell something for it. A number without a key would stay the old one, and one
with a key would be refused: a trigger waits for who is joining, and writes the number that the
organisation has by then. Deliveries come by the thousand and have no such key: it is done once for
all rows of a statement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, UniqueConstraint, or_
from sqlalchemy.event import listen
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Organisation
from contacts.records import Row

#: of the lock that who joins takes alone, and who plans takes together
JOINING = 7_305_001
#: sooner than PostgreSQL looks for a deadlock: who joins gives up, never who sends
PATIENCE_MS = 700


class FormerName(Row, table=True):
    """The name and the number of an organisation that is part of ``organisation_id`` now."""

    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    name: str = Field(max_length=200, index=True)
    former_id: int = Field(index=True, description="under which the journal knows it")
    joined_at: datetime


KNOWS_WHO_JOINED = (
    "CREATE OR REPLACE FUNCTION knows_who_joined() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "DECLARE part_of integer; "
    "BEGIN "
    "PERFORM pg_advisory_xact_lock_shared(7305001); "
    "IF NOT EXISTS (SELECT FROM organisation WHERE id = NEW.organisation_id) THEN "
    "SELECT organisation_id INTO part_of FROM former_name "
    "WHERE former_id = NEW.organisation_id ORDER BY id DESC LIMIT 1; "
    "NEW.organisation_id := COALESCE(part_of, NEW.organisation_id); "
    "END IF; "
    "RETURN NEW; END $$"
)
WAITS = (
    "CREATE OR REPLACE TRIGGER {table}_knows_who_joined BEFORE INSERT ON {table} FOR EACH ROW "
    "WHEN (NEW.organisation_id IS NOT NULL) EXECUTE FUNCTION knows_who_joined()"
)
#: of the table whose rows come by the thousand
TOGETHER = "delivery"
#: the same for all rows of a statement: who joins is waited for before, the numbers come after
KNOW_TOGETHER = (
    (
        "CREATE OR REPLACE FUNCTION waits_for_who_joins() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN PERFORM pg_advisory_xact_lock_shared(7305001); RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE FUNCTION rows_know_who_joined() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN "
        "IF EXISTS (SELECT FROM written WHERE organisation_id IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM organisation WHERE id = written.organisation_id)) THEN "
        "UPDATE delivery SET organisation_id = ("
        "SELECT former_name.organisation_id FROM former_name "
        "WHERE former_id = delivery.organisation_id ORDER BY id DESC LIMIT 1) "
        "WHERE id IN (SELECT id FROM written) AND organisation_id IN ("
        "SELECT former_id FROM former_name WHERE former_id NOT IN (SELECT id FROM organisation)); "
        "END IF; "
        "RETURN NULL; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER delivery_waits_for_who_joins BEFORE INSERT ON delivery "
        "FOR EACH STATEMENT EXECUTE FUNCTION waits_for_who_joins()"
    ),
    (
        "CREATE OR REPLACE TRIGGER delivery_knows_who_joined AFTER INSERT ON delivery "
        "REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION rows_know_who_joined()"
    ),
)


def tables_that_wait() -> list[str]:
    """Every table whose rows name an organisation that somebody may be joining right now."""
    return sorted(
        table.name
        for table in SQLModel.metadata.tables.values()
        if "organisation_id" in table.columns and table.name != FormerName.__tablename__
    )


def _let_tables_wait(_: MetaData, connection: Connection, **__: Any) -> None:
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(KNOWS_WHO_JOINED)
    for table in tables_that_wait():
        if table != TOGETHER:
            connection.exec_driver_sql(WAITS.format(table=table))
    for statement in KNOW_TOGETHER:
        connection.exec_driver_sql(statement)


listen(SQLModel.metadata, "after_create", _let_tables_wait)


async def join_alone(session: AsyncSession) -> None:
    """Nobody plans a message from here to the commit, and what was planned is there to be moved.

    :raises sqlalchemy.exc.OperationalError: somebody is planning for longer than the patience.
    """
    if session.get_bind().dialect.name != "postgresql":
        return  # SQLite has one writer
    connection = await session.connection()
    await connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
    await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({JOINING})")


async def remember(
    session: AsyncSession, keep_id: int, gone: Organisation, *, now: datetime
) -> None:
    """``gone`` was called so, and is part of ``keep_id`` now."""
    session.add(
        FormerName(organisation_id=keep_id, name=gone.name, former_id=gone.id or 0, joined_at=now)
    )
    await session.flush()


def named_like(search: str) -> ColumnElement[bool]:
    """Organisations that are called so, or were. A condition on ``Organisation``."""
    before = select(FormerName.organisation_id).where(
        col(FormerName.name).icontains(search, autoescape=True)
    )
    return or_(
        col(Organisation.name).icontains(search, autoescape=True), col(Organisation.id).in_(before)
    )


async def former_names(
    session: AsyncSession, organisations: Collection[int | None]
) -> Mapping[int, list[str]]:
    """What each of these was called before, oldest first."""
    found = await session.exec(
        select(FormerName.organisation_id, FormerName.name)
        .where(col(FormerName.organisation_id).in_(organisations))
        .order_by(col(FormerName.id))
    )
    names: dict[int, list[str]] = {}
    for number, name in found.all():
        names.setdefault(number, []).append(name)
    return names


async def former_numbers(session: AsyncSession) -> Mapping[int, tuple[str, str]]:
    """By a number that is gone: the name it had, and that of which it is part now."""
    found = await session.exec(
        select(FormerName.former_id, FormerName.name, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(FormerName.organisation_id))
        .where(col(FormerName.former_id).not_in(select(Organisation.id)))
        .order_by(col(FormerName.id))
    )
    return {number: (before, now) for number, before, now in found.all()}
