"""Nobody is ever scored: no column, no number in an own file, no list by how people answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlmodel import SQLModel

from bot.own_data import export_contact
from bot.tables import load_tables
from contacts.directory import ChannelKind, Domain, Organisation, Person
from contacts.people import open_channel
from contacts.pointers import person_columns
from contacts.records import Database

NOW = datetime(2026, 6, 9, 8, 0, tzinfo=UTC)
_MARK = re.compile(
    r"scor|points?$|grade|rating|rank|trust|reliab|rate$|level|punctual|diligen|engag|responsive"
)
#: what such a word means here, and of whom it is
ON_PURPOSE = {
    ("channel", "rank"): "the order in which somebody's own addresses are tried",
    ("signal", "reliability"): "how sure a duider is of what was told, not of who told it",
    ("signal_reading", "reliability"): "the same, of one duider",
    ("source", "trust"): "what kind of outlet it is",
}
#: numbers that say what somebody is: a key, or the way back to a row
_KEY = re.compile(r"(?:^|_)id$|_by$|^version$|^rank$")


def marks(tables: list[Table]) -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in tables
        for column in table.columns
        if _MARK.search(column.name)
    }


def test_no_column_is_a_mark_but_those_that_say_nothing_of_a_person() -> None:
    load_tables()
    assert marks(SQLModel.metadata.sorted_tables) == set(ON_PURPOSE)


def test_neither_a_person_nor_an_organisation_has_a_number_of_its_own() -> None:
    for name in ("person", "organisation"):
        table = SQLModel.metadata.tables[name]
        numbers = {one.name for one in table.columns if isinstance(one.type, Integer)}
        assert {one for one in numbers if not _KEY.search(one)} == set()


def test_a_reading_of_a_signal_is_never_tied_to_who_told_it() -> None:
    told = [column.name for column in person_columns(SQLModel.metadata.tables["signal"])]
    assert "person_id" not in told
    assert "told_by" not in told


async def test_the_file_of_a_contact_has_no_mark(db: Database) -> None:
    async with db.begin() as session:
        school = Organisation(name="School", domain=Domain.EDUCATION, created_at=NOW)
        session.add(school)
        await session.flush()
        person = Person(organisation_id=school.id or 0, name="Docent", created_at=NOW)
        session.add(person)
        await session.flush()
        await open_channel(session, person, ChannelKind.EMAIL, "d@school.example", rank=1, now=NOW)
        kept = await export_contact(session, person)
    rows = [kept["person"], *(row for value in kept.values() if isinstance(value, list)
                              for row in value)]  # fmt: skip
    assert len(rows) > 1
    assert {name for row in rows for name in row if _MARK.search(name)} == {"rank"}


def test_the_walk_sees_a_mark_that_nobody_meant() -> None:
    table = Table(
        "gast", MetaData(), Column("trust_score", Integer), Column("name", String),
        Column("answer_rate", Integer),
    )  # fmt: skip
    assert marks([table]) == {("gast", "trust_score"), ("gast", "answer_rate")}
