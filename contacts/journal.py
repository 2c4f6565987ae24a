"""The journal: who did what to which record, and when. Append-only; never holds contents.

``detail`` carries statuses, counts, codes and ids. Texts, names, addresses and links do
not belong in it; a test reads the journal after a full evening and looks for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, insert
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.gathering import GatheringSession


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: a person by id, or a part of the machine by name."""

    name: str
    person_id: int | None = None

    def __str__(self) -> str:
        return f"person:{self.person_id}" if self.person_id is not None else self.name


SYSTEM = Who("system")
#: whoever sits at the terminal
OPERATOR = Who("cli")


class JournalEntry(SQLModel, table=True):
    """One line of the journal. ``subject`` is ``<table>:<id>`` or ``<table>``."""

    __tablename__ = "journal_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str = Field(max_length=80)
    action: str = Field(max_length=60, index=True)
    subject: str = Field(max_length=80, index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def note_dropped(
    session: AsyncSession, count: int, action: str, subject: str, now: datetime, *,
    of: str = "count",
) -> int:  # fmt: skip
    """What the machine wiped because its time was over, if that is anything; returns how many.

    :param of: what was counted, as the entry names it.
    """
    if count:
        write_journal(
            session, who=SYSTEM, action=action, subject=subject, detail={of: count}, now=now
        )
    return count


def write_journal(
    session: AsyncSession,
    *,
    who: Who,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry to the caller's transaction. ``action`` is in the past tense.

    Those of a transaction are written together, in their order, at the latest when it is committed.
    """
    entry = entry_of(who, action, subject, detail or {}, now=now)
    gathering = session.sync_session
    if isinstance(gathering, GatheringSession):
        gathering.gather(write_entries, entry)
    else:
        session.add(JournalEntry(**entry))


def entry_of(
    who: Who, action: str, subject: str, detail: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """The columns of one entry. Pure."""
    return {
        "at": now, "actor": str(who), "action": action, "subject": subject,
        "detail": dict(detail),
    }  # fmt: skip


TABLE = JournalEntry.metadata.tables[str(JournalEntry.__tablename__)]
# Nobody asks for their numbers.
_INSERT = insert(TABLE).inline()


def write_entries(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Entries of :func:`entry_of`, in one statement, where there is no session."""
    connection.execute(_INSERT, list(entries))
