"""The list as a file and back without a difference; imports taken back."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import col, delete, select

from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    GroupMember,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.groups import set_groups
from contacts.importing import read_contacts
from contacts.importing import texts as words
from contacts.importing.batches import (
    KEEP,
    AlreadyUndone,
    ImportBatch,
    forget_undo,
    latest_batch,
    undo_import,
)
from contacts.importing.exporting import Kind, write_rows
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Content, EmailForm, MessageKind
from contacts.people import grant, revoke
from contacts.records import Database
from contacts.sending import Recipient, post
from tests.console_world import World, a_world
from tests.contact_files_world import HEAD, LIST, bring_in, rows, take_back, written
from tests.stores import is_postgresql, statements_of


@pytest.mark.parametrize("kind", Kind)
async def test_a_list_goes_out_and_in_without_a_difference(
    db: Database, now: datetime, kind: Kind
) -> None:
    await bring_in(db, now, LIST)
    raw = await written(db, kind)
    again = await bring_in(db, now, raw)
    assert (again.added, again.updated, again.unchanged, again.errors) == (0, 0, 3, [])
    assert again.changes == []
    assert await written(db, kind) == raw or kind is Kind.XLSX


NAMES = st.text(
    st.characters(categories=("L", "N"), include_characters=" '’;,\"-&", exclude_characters=""),
    min_size=1, max_size=30,
).map(lambda text: " ".join(text.split()).strip("=+-@ ") or "x")  # fmt: skip
ROWS = st.lists(
    st.tuples(NAMES, NAMES, st.sampled_from(["docent_po", "schoolleiding", "jongerenwerk"])),
    min_size=1, max_size=6, unique_by=lambda row: (row[0].lower(), row[1].lower()),
)  # fmt: skip


@settings(max_examples=40)
@given(ROWS, st.sampled_from(Kind))
def test_whatever_stands_in_the_cells_comes_back(
    people: list[tuple[str, str, str]], kind: Kind
) -> None:
    columns = dict.fromkeys(words.HEADERS, "")
    given_rows = [
        {**columns, "organisation": organisation, "domain": "onderwijs", "name": name,
         "audiences": audience, "language": "nl", "email": f"p{number}@x.example"}
        for number, (organisation, name, audience) in enumerate(people)
    ]  # fmt: skip
    reading = read_contacts(write_rows(given_rows, kind))
    assert reading.errors == ()
    assert [(r.organisation, r.name, r.audiences[0].value) for r in reading.rows] == people


async def test_a_spreadsheet_holds_text_and_no_formula(db: Database, now: datetime) -> None:
    await bring_in(db, now, LIST)
    sheet = load_workbook(io.BytesIO(await written(db, Kind.XLSX))).worksheets[0]
    assert sheet["A1"].value == "organisatie"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}


@pytest.mark.parametrize("raw", [b"PK\x03\x04 no spreadsheet", b"BEGIN:VCARD\nnonsense"])
def test_a_broken_file_is_said_in_dutch_and_raises_nothing(raw: bytes) -> None:
    reading = read_contacts(raw)
    assert reading.rows == ()
    assert "niet te lezen" in reading.errors[0].text


def test_a_card_of_somebody_elses_program_says_what_it_misses() -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Docent\r\nORG:School\r\nEND:VCARD\r\n"
    reading = read_contacts(card.encode())
    assert [error.line for error in reading.errors] == [1, 1]
    assert "X-SCHAKEL-DOMEIN" in reading.errors[0].text


def test_a_personal_address_of_a_mosque_is_an_error_on_its_line_without_consent() -> None:
    line = "Moskee;maatschappelijk;Bestuur;religieus;;a.yilmaz@m.example;;;\n"
    reading = read_contacts((HEAD + line).encode())
    assert "geen functioneel adres" in reading.errors[0].text
    head = HEAD.replace("\n", ";toestemming\n")
    assert read_contacts((head + line.replace("\n", ";ja\n")).encode()).errors == ()
    assert read_contacts((head + line.replace("\n", ";nou\n")).encode()).rows == ()


async def test_each_line_says_what_it_would_change(db: Database, now: datetime) -> None:
    await bring_in(db, now, LIST)
    again = await bring_in(db, now, LIST.replace("mentor", "zorgcoördinator"))
    (change,) = again.changes
    assert (change.line, change.is_new, change.what) == (
        2, False, ("functie: mentor → zorgcoördinator",),
    )  # fmt: skip


async def test_an_import_is_taken_back_as_a_whole(db: Database, now: datetime) -> None:
    await bring_in(db, now, LIST)
    await take_back(db, now)
    for table in (Person, Organisation, Channel, RoleGrant, GroupMember):
        assert await rows(db, table) == [], table
    async with db.read() as session:
        assert await latest_batch(session, is_exercise=False) is None


async def test_what_was_changed_since_stays(db: Database, now: datetime) -> None:
    await bring_in(db, now, LIST)
    await bring_in(db, now, LIST.replace("mentor", "decaan").replace("026 1", "026 2"))
    async with db.begin() as session:
        docent = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        docent.function = "rector"
    await take_back(db, now)
    docent = next(p for p in await rows(db, Person) if p.name == "Docent")
    assert (docent.function, docent.phone) == ("rector", "026 1")


async def test_who_got_a_message_leaves_instead_of_vanishing(db: Database, now: datetime) -> None:
    result = await bring_in(db, now, LIST)
    form = EmailForm(subject="x", text="x", html="x")
    async with db.begin() as session:
        to = Recipient(ChannelKind.EMAIL, "d@a.example", result.person_ids[0], 1)
        await post(
            session, kind=MessageKind.BRIEFING, content=Content(email=form), to=[to], now=now
        )
    await take_back(db, now)
    (left,) = await rows(db, Person)
    assert (left.name, left.left_at) == ("Docent", now)
    assert [organisation.name for organisation in await rows(db, Organisation)] == ["School A"]


async def test_a_right_and_a_place_given_since_under_a_number_that_came_free_stay(
    db: Database, now: datetime
) -> None:
    """SQLite gives the number of the newest row again once that row is gone."""
    later = now + timedelta(minutes=5)
    result = await bring_in(db, now, LIST)
    async with db.begin() as session:
        home = Organisation(name="Gemeente", domain=Domain.MUNICIPALITY, created_at=now)
        session.add(home)
        await session.flush()
        adviser = Person(organisation_id=home.id or 0, name="Adviseur", created_at=later)
        session.add(adviser)
        await session.flush()
        (right_given,) = (await session.exec(select(RoleGrant))).all()
        (seat,) = (await session.exec(select(GroupMember))).all()
        numbers, group = (right_given.id, seat.id), seat.group_id
        await revoke(session, result.person_ids[0], right_given.role, who=SYSTEM, now=later)
        docent = await session.get_one(Person, result.person_ids[0])
        await set_groups(session, docent, [], who=SYSTEM, now=later)
        await grant(session, adviser.id or 0, Role.APPROVER, who=SYSTEM, now=later)
        await session.flush()
        await set_groups(session, adviser, [group], who=SYSTEM, now=later)
    if not is_postgresql():
        assert [(await rows(db, table))[0].id for table in (RoleGrant, GroupMember)] == [*numbers]
    await take_back(db, later)
    assert [right.role for right in await rows(db, RoleGrant)] == [Role.APPROVER]
    assert [seat.person_id for seat in await rows(db, GroupMember)] == [adviser.id]


async def test_the_way_back_is_forgotten_after_a_week(db: Database, now: datetime) -> None:
    await bring_in(db, now, LIST)
    async with db.begin() as session:
        assert await forget_undo(session, now=now + KEEP) == 0
        assert await forget_undo(session, now=now + KEEP + timedelta(hours=1)) == 1
        (batch,) = (await session.exec(select(ImportBatch))).all()
        with pytest.raises(AlreadyUndone):
            await undo_import(session, batch, who=SYSTEM, now=now)


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def upload(world: World, raw: bytes, name: str) -> httpx.Response:
    form = (await world.desk.get("/contacten/inlezen")).text
    token = form.split('name="sleutel" value="')[1].split('"')[0]
    return await world.desk.post(
        "/contacten/inlezen", data={"sleutel": token}, files={"bestand": (name, raw)},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip


async def test_the_desk_looks_brings_in_takes_back_and_takes_out(world: World) -> None:
    page = (await upload(world, LIST.encode(), "lijst.csv")).text
    assert "nieuwe organisatie" in page
    assert len(await rows(world.db, Organisation)) == 2
    content = page.split('name="bestand" value="')[1].split('"')[0]
    await world.press("/contacten/inlezen/opslaan", bestand=content)
    assert len(await rows(world.db, Organisation)) == 4
    batch = (await rows(world.db, ImportBatch))[-1]
    out = await world.press("/contacten/uitvoer", vorm="xlsx")
    assert out.content.startswith(b"PK")
    assert out.headers["content-disposition"] == 'attachment; filename="contacten.xlsx"'
    assert "contacts_exported" in {line.action for line in await rows(world.db, JournalEntry)}
    asked = await world.press(f"/inlezen/{batch.id}/terug")
    assert "Zeker weten?" in asked.text
    assert "van de lijst, en 2 organisaties" in asked.text
    assert len(await rows(world.db, Organisation)) == 4
    await world.press(f"/inlezen/{batch.id}/terug", zeker="ja")
    assert len(await rows(world.db, Organisation)) == 2
    assert (await world.press(f"/inlezen/{batch.id}/terug", zeker="ja")).status_code == 404


async def test_the_page_gives_an_example_that_it_takes_as_it_is(world: World) -> None:
    page = (await world.desk.get("/contacten/inlezen")).text
    assert 'href="/contacten/voorbeeld.csv"' in page
    example = await world.desk.get("/contacten/voorbeeld.csv")
    assert "voorbeeld-contacten.csv" in example.headers["content-disposition"]
    seen = await upload(world, example.content, "voorbeeld-contacten.csv")
    assert "<b>0</b> fouten" in seen.text
    assert "<b>0</b> nieuw<" not in seen.text


async def test_taking_back_never_takes_who_asks_nor_the_last_of_a_role(world: World) -> None:
    """One press once took the whole desk off the list."""
    desk = [person.id for person in await rows(world.db, Person)]
    async with world.db.begin() as session:
        await session.exec(delete(RoleGrant).where(col(RoleGrant.role) == Role.APPROVER))
        keeper = Person(
            organisation_id=world.organisation_id, name="Goedkeurder", created_at=world.now
        )
        session.add(keeper)
        await session.flush()
        assert keeper.id is not None
        session.add(RoleGrant(person_id=keeper.id, role=Role.APPROVER, granted_at=world.now))
        for made in (desk, [keeper.id]):
            session.add(
                ImportBatch(
                    made_at=world.now, made_by="machine",
                    undo={"made": {"person": made}, "changed": []},
                )
            )  # fmt: skip
    both = await rows(world.db, ImportBatch)
    last = await world.press(f"/inlezen/{both[1].id}/terug", zeker="ja")
    assert last.status_code == 422
    assert "niemand meer met deze rechten: goedkeurder" in last.text
    async with world.db.begin() as session:
        (await session.get_one(ImportBatch, both[1].id)).undone_at = world.now
    mine = await world.press(f"/inlezen/{both[0].id}/terug", zeker="ja")
    assert mine.status_code == 422
    assert "U staat zelf op deze lijst" in mine.text
    assert {person.left_at for person in await rows(world.db, Person)} == {None}


async def test_an_organisation_of_refused_lines_only_does_not_come_on_the_list(
    db: Database, now: datetime
) -> None:
    head = "organisatie;domein;naam;doelgroepen;e-mail\n"
    await bring_in(db, now, f"{head}Eerste school;onderwijs;Docent;geen;docent@school.example\n")
    again = f"{head}Andere school;onderwijs;Docent;geen;docent@school.example\n"
    result = await bring_in(db, now, f"{again}Derde school;onderwijs;Docent;geen;d@derde.example\n")
    assert [error.line for error in result.errors] == [2]
    assert result.organisations == 1
    assert {one.name for one in await rows(db, Organisation)} == {"Eerste school", "Derde school"}


async def test_a_long_list_is_stored_without_a_question_per_line(
    db: Database, now: datetime
) -> None:
    """Few statements, whatever the length: the clock of a busy machine proves nothing."""
    lines = [
        f"School {n // 4};onderwijs;Docent {n};docent vo;;d{n}@s.example;;;" for n in range(1_600)
    ]
    with statements_of(db) as seen:
        result = await bring_in(db, now, HEAD + "\n".join(lines))
    assert (result.added, result.organisations) == (1_600, 400)
    assert len(seen) < 60
    assert Domain.EDUCATION in {row.domain for row in await rows(db, Organisation)}
