"""Everything that is kept about one contact, as a file for that contact; and erasing it.

Which rows those are follows from the tables themselves: every column that points to a person.
A new table is in the file, and in the check of ``docs/privacy.md``, without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.seats import players_of
from bot.rows import Conversation, LiveMessage
from contacts.directory import Channel, ChannelKind, Organisation, Person
from contacts.erasing import erase_person, people_to_erase
from contacts.journal import SYSTEM, JournalEntry, Who
from contacts.pointers import person_columns
from contacts.sealing import Sealer, is_sealed

#: what only proves or opens something, and says nothing about its owner
NOT_TOLD = frozenset({"token_hash", "public_key", "credential", "lease_owner"})
#: words that somebody wrote for other members, by table: they are theirs to have
OWN_WORDS = {"help_entry": "text_sealed", "peer_group": "name_sealed"}
#: in a row about whom somebody asked, what that other said is theirs: by table, the column of whose
#: row it is, and what nobody else's file tells
OF_ANOTHER = {"peer_seat": ("person_id", frozenset({"person_id", "status", "answered_at"}))}


async def export_contact(
    session: AsyncSession, person: Person, sealer: Sealer | None = None
) -> dict[str, Any]:
    """All rows about this person, by table, as plain values for JSON; under ``played`` the same of
    whom they played in exercises.

    :param sealer: opens what this person wrote for other members; without it those words stay out.
    """
    organisation = await session.get_one(Organisation, person.organisation_id)
    found: dict[str, Any] = {
        "person": _plain(person.model_dump()),
        "organisation": organisation.name,
    }
    for table in SQLModel.metadata.sorted_tables:
        columns = person_columns(table)
        if not columns or table.name == "person":
            continue
        mine = or_(*(column == person.id for column in columns))
        asked = table.select().where(mine).order_by(*table.primary_key.columns)
        rows = await (await session.connection()).execute(asked)
        told = [
            _plain(_opened(table.name, _own_part(table.name, dict(row), person), sealer))
            for row in rows.mappings()
        ]
        if told:
            found[table.name] = told
    lines = await session.exec(
        select(JournalEntry)
        .where(
            or_(
                col(JournalEntry.actor) == str(Who("person", person.id)),
                col(JournalEntry.subject) == f"person:{person.id}",
            )
        )
        .order_by(col(JournalEntry.id))
    )
    found["journal_entry"] = [_plain(line.model_dump()) for line in lines.all()]
    for player in await players_of(session, person.id or 0):
        found.setdefault("played", []).append(await export_contact(session, player, sealer))
    return found


def _own_part(table: str, row: dict[str, Any], person: Person) -> dict[str, Any]:
    """Without what another said, where this person only asked. Pure."""
    whose, hidden = OF_ANOTHER.get(table, ("", frozenset()))
    if not whose or row[whose] == person.id:
        return row
    return {name: value for name, value in row.items() if name not in hidden}


def _opened(table: str, row: dict[str, Any], sealer: Sealer | None) -> dict[str, Any]:
    name = OWN_WORDS.get(table)
    if sealer is None or name is None or not row[name]:
        return row
    return {**row, name: sealer.read(row[name])}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _values(row) if value not in (None, "", [])}


def _values(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name in NOT_TOLD or (isinstance(value, str) and is_sealed(value)):
            continue
        yield name, value.isoformat() if isinstance(value, datetime | date | time) else value


async def erase_contact(session: AsyncSession, person: Person, *, who: Who, now: datetime) -> None:
    """Erase the contact, and what the house keeps of their chat."""
    # Erasing one forgets what was read of the others, so each is read in its turn.
    for number in [player.id for player in await players_of(session, person.id or 0)]:
        await erase_person(session, await session.get_one(Person, number), who=who, now=now)
    await session.refresh(person)
    numbers = await _own_chats(session, person)
    for kept in (Conversation, LiveMessage):
        await session.exec(delete(kept).where(col(kept.chat).in_(numbers)))
    await erase_person(session, person, who=who, now=now)


async def _own_chats(session: AsyncSession, person: Person) -> list[int]:
    """The chats of this person alone: whom somebody played goes, their own chat goes on."""
    others = select(Channel.address).where(
        col(Channel.person_id) != person.id, col(Channel.kind) == ChannelKind.TELEGRAM
    )
    chats = await session.exec(
        select(Channel.address).where(
            col(Channel.person_id) == person.id,
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.address).not_in(others),
        )
    )
    return [int(chat) for chat in chats.all() if chat.lstrip("-").isdecimal()]


async def erase_who_left(session: AsyncSession, *, now: datetime) -> int:
    """Erase who left a month ago; returns how many."""
    gone = await people_to_erase(session, now=now)
    for person_id in gone:
        # Erasing one forgets what was read of the others, so each is read in its turn.
        person = await session.get_one(Person, person_id)
        await erase_contact(session, person, who=SYSTEM, now=now)
    return len(gone)
