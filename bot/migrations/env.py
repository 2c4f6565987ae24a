"""Alembic's environment: runs on the connection it is given; batch mode for SQLite."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import DateTime, Enum, String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from bot.tables import load_tables


def plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a migration in SQLAlchemy's own types: it must not change when our classes do."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return repr(DateTime(timezone=True)).replace("DateTime", "sa.DateTime")
    if isinstance(item, AutoString | Enum):
        return f"sa.{String(item.length)!r}"
    return False


load_tables()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=plain_types,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
