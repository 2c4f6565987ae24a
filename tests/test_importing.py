"""Contact lists: errors per line in Dutch, nothing twice, nothing lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    GroupMember,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.importing import ImportResult, Reading, import_contacts, read_contacts
from contacts.importing.example import example_list
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import close_channel
from contacts.records import Database
from feeds.chosen_place import choose, shipped
from feeds.districts import districts

CAST = Path(__file__).parents[1] / "bot" / "demo" / "cast.csv"
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


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "@SUM(A1)", " =-=1", "\t=1", "--=1", "+1+1|x"],
)
def test_no_cell_keeps_the_start_of_a_formula(cell: str) -> None:
    row = read(HEAD + f'A;onderwijs;"{cell}";geen;;;\n').rows[0]
    assert not row.name.startswith(("=", "+", "-", "@", "\t", " "))


def test_a_telephone_number_keeps_its_plus() -> None:
    assert read(HEAD + "A;onderwijs;B;geen;;;+31 (0)26 000\n").rows[0].phone == "+31 (0)26 000"


def test_the_separator_line_of_a_spreadsheet_is_skipped() -> None:
    assert [row.line for row in read("sep=;\n" + HEAD + LINE).rows] == [3]


def test_utf_16_without_its_mark_is_read() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert len(read_contacts((HEAD + LINE).encode(encoding)).rows) == 1


def test_headers_are_read_as_people_write_them() -> None:
    text = "Naam organisatie;Domein;Contactpersoon;Rollen;E-mailadres;Intern_aanspreekpunt\n"
    row = read(text + "A;Onderwijs;B;Docent PO;B@School.Example;mentor\n").rows[0]
    assert (row.organisation, row.audiences) == ("A", (Audience.TEACHER_PO,))
    assert (row.email, row.internal_contact) == ("b@school.example", "mentor")


def test_a_column_that_comes_twice_is_refused() -> None:
    (error,) = read(HEAD.replace("telefoon", "tel;telefoon") + LINE).errors
    assert "twee keer" in error.text


def test_a_district_may_be_named_or_coded() -> None:
    text = "organisatie;domein;naam;doelgroepen;wijk\nA;onderwijs;B;geen;{}\n"
    known = {"presikhaaf-west": "WK020204"}
    for written in ("Presikhaaf-West", "WK020204"):
        row = read_contacts(text.format(written).encode(), known).rows[0]
        assert row.district == "WK020204"
    (error,) = read_contacts(text.format("Nergenshuizen").encode(), known).errors
    assert "'Nergenshuizen' is geen wijk" in error.text
    assert "Bedoelt u" not in error.text


@pytest.mark.parametrize("written", ["Presikhaaf", "presikhaf-west"])
def test_half_a_district_is_answered_with_what_may_be_meant(written: str) -> None:
    text = f"organisatie;domein;naam;doelgroepen;wijk\nA;onderwijs;B;geen;{written}\n"
    known = {"presikhaaf-west": "WK020204", "elden": "WK020220"}
    (error,) = read_contacts(text.encode(), known).errors
    assert "Bedoelt u 'Presikhaaf-West (WK020204)'?" in error.text


def test_a_loose_quote_loses_no_line_in_silence() -> None:
    reading = read(HEAD + LINE + 'A;onderwijs;"B;geen;;;\n' + LINE.replace("docent@", "b@"))
    assert [row.line for row in reading.rows] == [2]
    assert [error.line for error in reading.errors] == [3]
    assert "aanhalingsteken" in reading.errors[0].text


def test_two_of_one_name_without_address_cannot_be_told_apart() -> None:
    (error,) = read(HEAD + "A;onderwijs;Docent;geen;;;\nA;onderwijs;docent;geen;;;\n").errors
    assert (error.line, "regel 2" in error.text) == (3, True)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\x00\x01\x02", b"\xff\xfe\x00", b"x" * 20_000_001])
def test_what_is_no_list_is_said_in_one_sentence(raw: bytes) -> None:
    reading = read_contacts(raw)
    assert (reading.rows, [error.line for error in reading.errors]) == ((), [0])


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_every_line_is_a_row_or_an_error(text: str, encoding: str) -> None:
    raw = (HEAD + text).encode(encoding, "replace")
    reading = read_contacts(raw)
    bad = {error.line for error in reading.errors}
    assert not bad & {row.line for row in reading.rows}


@given(st.binary(max_size=400))
def test_no_bytes_however_odd_raise(raw: bytes) -> None:
    read_contacts(raw)
    read_contacts(HEAD.encode() + raw)


async def test_the_same_list_twice_changes_nothing(db: Database, now: datetime) -> None:
    for expected in ((1, 0, 0, 1), (0, 0, 1, 0)):
        async with db.begin() as session:
            result = await import_contacts(
                session, read(HEAD + LINE), who=SYSTEM, is_exercise=False, now=now
            )
        counts = (result.added, result.updated, result.unchanged, result.organisations)
        assert counts == expected
    async with db.read() as session:
        assert len((await session.exec(select(Person))).all()) == 1
        assert len((await session.exec(select(Channel))).all()) == 1


async def take(db: Database, text: str, now: datetime) -> ImportResult:
    async with db.begin() as session:
        return await import_contacts(session, read(text), who=SYSTEM, is_exercise=False, now=now)


async def test_a_changed_line_updates_the_person_of_that_address(
    db: Database, now: datetime
) -> None:
    await take(db, HEAD + LINE, now)
    result = await take(db, HEAD + LINE.replace("Docent VO", "Mentor"), now)
    assert (result.added, result.updated) == (0, 1)
    async with db.read() as session:
        assert (await session.exec(select(Person.name))).all() == ["Mentor"]


async def test_colleagues_with_the_same_function_stay_two_people(
    db: Database, now: datetime
) -> None:
    text = HEAD + LINE + LINE.replace("docent@", "collega@")
    assert (await take(db, text, now)).added == 2
    assert (await take(db, text, now)).unchanged == 2


async def test_an_address_added_later_joins_the_person_without_one(
    db: Database, now: datetime
) -> None:
    await take(db, HEAD + "School A;onderwijs;Docent VO;geen;;;\n", now)
    result = await take(db, HEAD + LINE, now)
    assert (result.added, result.updated) == (0, 1)


async def test_a_closed_address_is_not_opened_by_the_same_list(db: Database, now: datetime) -> None:
    await take(db, HEAD + LINE, now)
    async with db.begin() as session:
        await close_channel(
            session, ChannelKind.EMAIL, "docent@school.example", reason="bounce", now=now
        )
    (error,) = (await take(db, HEAD + LINE, now)).errors
    assert "blijft dicht" in error.text
    async with db.read() as session:
        assert (await session.exec(select(Channel.status))).one() == ChannelStatus.CLOSED


async def test_who_left_does_not_come_back_by_a_list(db: Database, now: datetime) -> None:
    await take(db, HEAD + LINE, now)
    async with db.begin() as session:
        (await session.exec(select(Person))).one().left_at = now
    (error,) = (await take(db, HEAD + LINE, now)).errors
    assert "vertrokken" in error.text


async def test_groups_are_made_once_and_joined_once(db: Database, now: datetime) -> None:
    head = HEAD.replace("telefoon", "groep")
    text = head + LINE.replace(";\n", ";Oost|Scholen\n")
    for _ in range(2):
        await take(db, text, now)
    async with db.read() as session:
        assert len((await session.exec(select(ContactGroup))).all()) == 2
        assert len((await session.exec(select(GroupMember))).all()) == 2


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


@pytest.mark.parametrize("city", shipped())
def test_the_example_has_the_wijken_of_the_city(city: str) -> None:
    choose(city)
    try:
        known = {name.lower(): code for code, name in districts()}
        reading = read_contacts(example_list(districts()), known)
    finally:
        choose()
    assert reading.errors == ()
    assert len(reading.rows) >= 8
    used = {row.district for row in reading.rows} - {None}
    assert used
    assert used <= set(known.values())
    assert any(site.district in known.values() for row in reading.rows for site in row.sites)


def test_the_example_without_wijken_reads_as_well() -> None:
    reading = read_contacts(example_list([]), {})
    assert reading.errors == ()
    assert {row.district for row in reading.rows} == {None}


def test_the_example_has_no_address_that_could_be_somebodys() -> None:
    reading = read_contacts(example_list([]), {})
    domains = {row.email.partition("@")[2] for row in reading.rows if row.email}
    assert domains == {"example.nl", "example.org"}


async def test_the_example_comes_on_the_list_of_the_demo_as_it_is(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await import_contacts(
            session, read_contacts(CAST.read_bytes()), who=SYSTEM, is_exercise=True, now=now
        )
        reading = read_contacts(example_list(districts()))
        result = await import_contacts(session, reading, who=SYSTEM, is_exercise=True, now=now)
    assert result.errors == []
    assert result.added == len(reading.rows)


def test_a_wijk_of_another_city_is_refused_but_for_a_municipality_next_door() -> None:
    known = {"overvecht": "WK034403"}
    elsewhere = "School;onderwijs;Docent VO;docent vo;;{0};;WK020204;{1}\n"
    head = HEAD.rstrip("\n") + ";wijk;buurgemeente\n"
    refused = read_contacts((head + elsewhere.format("a@s.example", "")).encode(), known)
    assert "WK020204" in refused.errors[0].text
    assert refused.rows == ()
    near = elsewhere.replace("onderwijs", "gemeente").format("b@s.example", "Buurstad")
    assert read_contacts((head + near).encode(), known).errors == ()
