"""Contact lists: errors per line in Dutch, nothing twice, nothing lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from contacts.directory import Audience, Channel, Organisation, Person, Role, RoleGrant
from contacts.importing import Reading, import_contacts, read_contacts
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database

HEAD = "organisatie;domein;naam;doelgroepen;rechten;e-mail;telefoon\n"
LINE = "School A;onderwijs;Docent VO;docent vo/mbo|schoolleiding;lid;docent@school.example;\n"


def read(text: str) -> Reading:
    return read_contacts(text.encode())


def test_a_line_becomes_a_person_with_audiences_in_order() -> None:
    row = read(HEAD + LINE).rows[0]
    assert row.audiences == (Audience.TEACHER_VO_MBO, Audience.SCHOOL_LEADER)
    assert (row.line, row.email) == (2, "docent@school.example")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_common_encodings_are_read(encoding: str) -> None:
    text = HEAD + "Café één;onderwijs;Conciërge;geen;;;\n"
    assert read_contacts(text.encode(encoding)).rows[0].organisation == "Café één"


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_other_delimiters_are_seen(delimiter: str) -> None:
    text = (HEAD + LINE).replace(";", delimiter)
    assert len(read(text).rows) == 1


def test_a_missing_column_is_named_with_the_nearest() -> None:
    reading = read("organisatie;domeinen;naam;doelgroepen\nA;onderwijs;B;geen\n")
    assert not reading.rows
    said = " ".join(error.text for error in reading.errors)
    assert "'domein' ontbreekt" in said
    assert "domeinen" in said


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("A;onderwijs;;geen;;;\n", "'naam' is leeg"),
        ("A;sport;B;geen;;;\n", "'sport'"),
        ("A;onderwijs;B;tovenaar;;;\n", "'tovenaar'"),
        ("A;onderwijs;B;geen;baas;;\n", "'baas'"),
        ("A;onderwijs;B;geen;;geenmail;\n", "geen e-mailadres"),
        ("A;onderwijs;B;geen;;;026;extra\n", "meer cellen"),
        (f"A;onderwijs;{'b' * 121};geen;;;\n", "te lang"),
    ],
)
def test_each_mistake_is_said_on_its_line(line: str, part: str) -> None:
    reading = read(HEAD + LINE + line)
    assert len(reading.rows) == 1
    assert [error.line for error in reading.errors] == [3]
    assert part in reading.errors[0].text


def test_a_double_address_keeps_the_first() -> None:
    reading = read(HEAD + LINE + LINE.replace("Docent VO", "Docent PO"))
    assert [row.name for row in reading.rows] == ["Docent VO"]
    assert "regel 2" in reading.errors[0].text


def test_formulas_are_made_harmless() -> None:
    row = read(HEAD + 'A;onderwijs;"=HYPERLINK(""x"")";geen;;;\n').rows[0]
    assert not row.name.startswith(("=", "+", "-", "@"))


@given(st.binary(max_size=400))
def test_no_bytes_however_odd_raise(raw: bytes) -> None:
    read_contacts(raw)
    read_contacts(HEAD.encode() + raw)


async def test_the_same_list_twice_changes_nothing(db: Database, now: datetime) -> None:
    for expected in ((1, 0, 1), (0, 1, 0)):
        async with db.begin() as session:
            result = await import_contacts(
                session, read(HEAD + LINE), who=SYSTEM, is_exercise=False, now=now
            )
        assert (result.added, result.updated, result.organisations) == expected
    async with db.read() as session:
        assert len((await session.exec(select(Person))).all()) == 1
        assert len((await session.exec(select(Channel))).all()) == 1


async def test_an_address_of_another_organisation_is_refused(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await import_contacts(session, read(HEAD + LINE), who=SYSTEM, is_exercise=False, now=now)
        other = read(HEAD + LINE.replace("School A", "School B"))
        result = await import_contacts(session, other, who=SYSTEM, is_exercise=False, now=now)
    assert result.added == 0
    assert "docent@school.example" in result.errors[0].text


async def test_exercise_and_real_lists_stay_apart(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        await import_contacts(session, read(HEAD + LINE), who=SYSTEM, is_exercise=False, now=now)
        result = await import_contacts(
            session, read(HEAD + LINE), who=SYSTEM, is_exercise=True, now=now
        )
        found = await session.exec(select(Organisation.is_exercise))
    assert "gescheiden" in result.errors[0].text
    assert list(found.all()) == [False]


async def test_rights_are_granted_and_journalled_without_names(db: Database, now: datetime) -> None:
    text = HEAD + "Gemeente;gemeente;Naam Hier;geen;coördinator;co@gemeente.example;\n"
    async with db.begin() as session:
        await import_contacts(session, read(text), who=SYSTEM, is_exercise=False, now=now)
    async with db.read() as session:
        granted = (await session.exec(select(RoleGrant.role))).all()
        entries = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    assert list(granted) == [Role.COORDINATOR]
    assert "role_granted" in {entry.action for entry in entries}
    assert "Naam Hier" not in repr(entries)
    assert "co@gemeente" not in repr(entries)


def test_the_example_file_reads_without_a_mistake() -> None:
    example = Path(__file__).parents[1] / "docs" / "voorbeelden" / "contacten.csv"
    reading = read_contacts(example.read_bytes())
    assert reading.errors == ()
    assert len(reading.rows) >= 8
