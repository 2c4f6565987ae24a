"""An import is taken back whatever points to its people by now, and nobody inherits anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import count
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Enum, Integer, Table, Uuid
from sqlalchemy import types as kinds
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import TABLES
from contacts.directory import Organisation, Person
from contacts.journal import SYSTEM, JournalEntry, Who, write_journal
from contacts.merging import merge_people
from contacts.people import mark_left, set_backup
from contacts.pointers import STANDS_IN, history_columns, person_columns
from contacts.records import Database
from contacts.successors import open_succession
from tests.contact_files_world import LIST, bring_in, rows, take_back
from tests.outbox_world import a_person

#: every column of every table that holds the number of a person
POINTERS = [
    f"{table.name}.{column.name}"
    for table in SQLModel.metadata.sorted_tables
    for column in person_columns(table)
]
NEXT = count()
STAYS = {f"{column.table.name}.{column.name}" for column in history_columns()}


def column_of(pointer: str) -> Column[Any]:
    table, name = pointer.split(".")
    return SQLModel.metadata.tables[table].columns[name]


async def a_row(
    session: AsyncSession, table: Table, now: datetime, given: Mapping[str, Any]
) -> int | None:
    """Any row of this table, with what it needs, and with the values that are given."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in given:
            values[column.name] = given[column.name]
        elif column.foreign_keys and not column.nullable:
            (key,) = column.foreign_keys
            values[column.name] = await a_row(session, key.column.table, now, {})
        elif not (column.nullable or column.autoincrement is True or _is_own_number(column)):
            values[column.name] = a_value(column, now)
    made = await (await session.connection()).execute(table.insert().values(values))
    number = made.inserted_primary_key[0]  # type: ignore[index]
    return number if isinstance(number, int) else None


def _is_own_number(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer) and column.name == "id"


def a_value(column: Column[Any], now: datetime) -> Any:
    """A value of the kind of this column."""
    kind = column.type
    if isinstance(kind, Enum):
        return kind.enum_class and next(iter(kind.enum_class))
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Uuid):
        return "0" * 32
    length = getattr(kind, "length", None) or 8
    python: dict[type, Any] = {
        int: 1, float: 1.0, str: f"{next(NEXT):x}"[-length:],
        datetime: now, date: now.date(), time: now.time(),
    }  # fmt: skip
    wrapped = kind.impl if isinstance(kind, kinds.TypeDecorator) else kind
    return python[wrapped.python_type]


async def imported(db: Database, now: datetime) -> int:
    """The last one that the import made: a store may give that number again."""
    return max((await bring_in(db, now, LIST)).person_ids)


def test_every_table_is_looked_at() -> None:
    assert TABLES
    assert {"succession.left_person_id", "city_line_state.owner_id", "rota_turn.offered_to_id",
            "delivery.person_id", "briefing.approved_by"} <= STAYS  # fmt: skip
    assert not {"channel.person_id", f"organisation.{STANDS_IN}", f"person.{STANDS_IN}"} & STAYS


@pytest.mark.parametrize("pointer", POINTERS)
async def test_an_import_is_taken_back_whatever_points_to_its_people(
    db: Database, now: datetime, pointer: str
) -> None:
    number = await imported(db, now)
    column = column_of(pointer)
    async with db.begin() as session:
        await a_row(session, column.table, now, {column.name: number})
    assert await take_back(db, now) > 0
    async with db.read() as session:
        left = await session.get(Person, number)
        found = (await (await session.connection()).execute(select(column))).scalars().all()
    if pointer in STAYS:
        assert left is not None
        assert left.left_at == now
    else:
        assert left is None
        assert number not in found, "nothing waits for whoever gets this number next"


async def test_the_next_person_is_nobodys_back_up_by_their_number(
    db: Database, now: datetime
) -> None:
    number = await imported(db, now)
    async with db.begin() as session:
        school = (await a_person(session, now)).organisation_id
        organisation = await session.get_one(Organisation, school)
        await set_backup(
            session, organisation, await session.get_one(Person, number), who=SYSTEM, now=now
        )
    await take_back(db, now)
    organisations = {one.id: one for one in await rows(db, Organisation)}
    assert organisations[school].backup_person_id is None
    journal = await rows(db, JournalEntry)
    assert [line.action for line in journal].count("backup_set") == 2, "it can be read back"


async def test_who_did_something_keeps_their_number(db: Database, now: datetime) -> None:
    number = await imported(db, now)
    async with db.begin() as session:
        who = Who("person", number)
        write_journal(session, who=who, action="event_confirmed", subject="event:1", now=now)
    await take_back(db, now)
    assert [(one.id, one.left_at) for one in await rows(db, Person)] == [(number, now)]


async def test_who_left_before_the_import_is_taken_back_stops_nothing(
    db: Database, now: datetime
) -> None:
    number = await imported(db, now)
    async with db.begin() as session:
        person = await session.get_one(Person, number)
        await mark_left(session, person, who=SYSTEM, now=now)
        await open_succession(session, person, now=now)
    await take_back(db, now)
    assert [one.id for one in await rows(db, Person)] == [number]


async def test_who_stands_in_for_an_organisation_still_does_after_a_double_is_put_together(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        keep = await a_person(session, now, chat="1")
        twice = Person(organisation_id=keep.organisation_id, name="docent", created_at=now)
        session.add(twice)
        await session.flush()
        other = await a_person(session, now)
        other.backup_person_id, keep.backup_person_id = twice.id, twice.id
        for number in (keep.organisation_id, other.organisation_id):
            organisation = await session.get_one(Organisation, number)
            await set_backup(session, organisation, twice, who=SYSTEM, now=now)
        await merge_people(session, keep, twice, who=SYSTEM, now=now)
    async with db.read() as session:
        places = await session.exec(
            select(Organisation.backup_person_id).order_by(col(Organisation.id))
        )
        people = await session.exec(select(Person.backup_person_id).order_by(col(Person.id)))
        assert places.all() == [keep.id, keep.id]
        assert people.all() == [None, None, keep.id]
