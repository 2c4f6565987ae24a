"""What the turns of a batch start from, read once for all of them.

It holds as long as no turn of the batch writes to the tables that it was read from; then it is
forgotten, and each turn asks for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import TextClause, event
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.config import Config
from bot.inbox import Selves, selves_of
from bot.now import current_config
from bot.rows import Conversation, IncomingUpdate, UpdateStatus
from briefings.city_lines import CityLineState
from contacts.directory import Channel, Organisation, Person, RoleGrant


def _names(*kinds: Any) -> frozenset[str]:
    return frozenset(str(kind.__tablename__) for kind in kinds)


#: what each part of :class:`Ahead` was read from
SOURCES = {
    "selves": _names(Channel, Person, Organisation, RoleGrant),
    "talking": _names(Conversation),
    "config": _names(CityLineState),
}


@dataclass
class Ahead:
    """None: unknown, each turn reads it.

    ``rows``: the updates that wait, of no session; ``talking``: the chats in a guided question.
    """

    rows: Mapping[int, IncomingUpdate] = field(default_factory=dict)
    selves: Mapping[int, Selves] | None = None
    talking: Collection[int] | None = None
    config: Config | None = None

    def written(self, table: str | None) -> None:
        """Something was written to this table; None: who knows to which."""
        for part, tables in SOURCES.items():
            if table is None or table in tables:
                setattr(self, part, None)


async def look_ahead(session: AsyncSession, ids: Sequence[int], config: Config) -> Ahead:
    """Everything for these updates, kept true for as long as the transaction lasts."""
    waiting = await session.exec(
        select(IncomingUpdate).where(
            col(IncomingUpdate.id).in_(ids), col(IncomingUpdate.status) == UpdateStatus.NEW
        )
    )
    rows = {row.id: row for row in waiting.all()}
    session.expunge_all()
    chats = {row.chat for row in rows.values() if row.chat is not None}
    talking = await session.exec(select(Conversation.chat).where(col(Conversation.chat).in_(chats)))
    ahead = Ahead(
        rows,
        await selves_of(session, chats),
        set(talking.all()),
        await current_config(session, config),
    )
    session.expunge_all()
    await _watch(session, ahead)
    return ahead


async def _watch(session: AsyncSession, ahead: Ahead) -> None:
    """Below everything that can write: also what does not pass the session is seen."""
    connection = (await session.connection()).sync_connection

    def note(*given: Any) -> None:
        compiled: Any = getattr(given[4], "compiled", None)
        statement: Any = getattr(compiled, "statement", None)
        if statement is None or isinstance(statement, TextClause):
            ahead.written(None)
        elif compiled.isinsert or compiled.isupdate or compiled.isdelete:
            ahead.written(getattr(getattr(statement, "table", None), "name", None))

    event.listen(connection, "after_cursor_execute", note)
