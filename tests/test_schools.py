"""A school has a type and places: on its page, in groups, in a list that goes out and in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from contacts.directory import (
    Audience,
    ContactGroup,
    Domain,
    Organisation,
    Person,
    SchoolType,
    Site,
    teacher_text,
)
from contacts.groups import members_of
from contacts.importing import import_contacts, read_contacts
from contacts.importing.batches import latest_batch, undo_import
from contacts.importing.exporting import Kind
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database
from contacts.sharing import find_members
from feeds.districts import districts
from tests.console_world import World, a_world, hidden_in
from tests.contact_files_world import bring_in, rows, written
from tests.helping import consent

HEAD = "organisatie;domein;naam;doelgroepen;e-mail;wijk;schooltype;locaties\n"
SCHOOL = (
    HEAD
    + "School A;onderwijs;Docent;docent;d@a.example;WK020201;vo | praktijkonderwijs;"
    + "Hoofdgebouw (WK020201, gastheer) | Dependance (WK020207)\n"
    + "School B;onderwijs;Juf;docent;j@b.example;WK020207;basisschool;\n"
)
NAMES = {name.lower(): code for code, name in districts()}


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def places(db: Database) -> list[tuple[str, str | None, bool]]:
    async with db.read() as session:
        found = await session.exec(select(Site).order_by(col(Site.id)))
        return [(one.name, one.district, one.can_host) for one in found.all()]


async def save(world: World, act: str, page: str, fields: dict[str, Any]) -> None:
    """Press the form of ``act`` as it stands on its page."""
    seen = await hidden_in(world.desk, act, "", at=page)
    assert (await world.press(act, **seen, **fields)).status_code == 303


@pytest.mark.parametrize(
    ("types", "text"),
    [
        (["po"], Audience.TEACHER_PO),
        (["sbo", "so"], Audience.TEACHER_PO),
        (["vo", "pro"], Audience.TEACHER_VO_MBO),
        (["vso"], Audience.TEACHER_VO_MBO),
        (["mbo", "hbo", "wo"], Audience.TEACHER_VO_MBO),
        (["po", "vo"], None),
        ([], None),
    ],
)
def test_the_type_of_a_school_says_which_text_its_teachers_get(
    types: list[str], text: Audience | None
) -> None:
    assert teacher_text(types) is text


def test_every_kind_of_school_has_a_text() -> None:
    assert all(teacher_text([one]) is not None for one in SchoolType)


def test_docent_alone_is_the_text_of_the_school() -> None:
    reading = read_contacts(SCHOOL.encode())
    assert reading.errors == ()
    assert [row.audiences for row in reading.rows] == [
        (Audience.TEACHER_VO_MBO,), (Audience.TEACHER_PO,),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("A;onderwijs;B;docent;;;;\n", "hoort een schooltype"),
        ("A;onderwijs;B;docent;;;po|vo;\n", "hoort een schooltype"),
        ("A;onderwijs;B;geen;;;gymzaal;\n", "'gymzaal'"),
        ("A;veiligheid;B;geen;;;vo;\n", "hoort bij het domein onderwijs"),
        ("A;onderwijs;B;geen;;;;Zuid (Atlantis)\n", "'atlantis' is geen wijk"),
        ("A;onderwijs;B;geen;;;;Zuid (klarendal, centrum)\n", "is geen locatie"),
        ("A;onderwijs;B;geen;;;;(klarendal)\n", "is geen locatie"),
        ("A;onderwijs;B;geen;;;;Zuid | zuid\n", "twee keer"),
        (f"A;onderwijs;B;geen;;;;{'z' * 121}\n", "is geen locatie"),
    ],
)
def test_each_mistake_about_a_school_is_said_on_its_line(line: str, part: str) -> None:
    reading = read_contacts((HEAD + line).encode(), NAMES)
    assert not reading.rows
    assert part in " ".join(error.text for error in reading.errors)


def test_of_a_slip_in_the_domain_no_other_mistake_is_made() -> None:
    reading = read_contacts((HEAD + "A;onderwijz;B;geen;;;vo;\n").encode(), NAMES)
    [error] = reading.errors
    assert "'onderwijz'" in error.text
    assert "hoort bij het domein onderwijs" not in error.text


@pytest.mark.parametrize("kind", Kind)
async def test_schools_go_out_and_in_without_a_difference(
    db: Database, now: datetime, kind: Kind
) -> None:
    await bring_in(db, now, SCHOOL)
    assert await places(db) == [
        ("Hoofdgebouw", "WK020201", True), ("Dependance", "WK020207", False),
    ]  # fmt: skip
    again = await bring_in(db, now, await written(db, kind))
    assert (again.unchanged, again.changes, again.errors) == (2, [], [])
    assert len(await places(db)) == 2


async def test_a_list_adds_places_and_takes_none_away_and_all_goes_back(
    db: Database, now: datetime
) -> None:
    await bring_in(db, now, SCHOOL)
    before = await places(db)
    line = "School A;onderwijs;Docent;docent;d@a.example;;vo;dependance (WK020208) | Gymzaal\n"
    done = await bring_in(db, now, HEAD + line)
    (change,) = done.changes
    assert change.what == (
        "schooltype: vo, pro → vo",
        "locatie Dependance (WK020207) → Dependance (WK020208)",
        "locatie erbij: Gymzaal",
    )
    assert [name for name, *_ in await places(db)] == ["Hoofdgebouw", "Dependance", "Gymzaal"]
    async with db.begin() as session:
        batch = await latest_batch(session, is_exercise=False)
        assert batch is not None
        await undo_import(session, batch, who=SYSTEM, now=now)
    assert await places(db) == before
    [school] = [one for one in await rows(db, Organisation) if one.name == "School A"]
    assert school.school_types == ["vo", "pro"]


async def test_a_whole_new_school_goes_back_with_its_places(db: Database, now: datetime) -> None:
    await bring_in(db, now, SCHOOL)
    async with db.begin() as session:
        batch = await latest_batch(session, is_exercise=False)
        assert batch is not None
        await undo_import(session, batch, who=SYSTEM, now=now)
    assert await rows(db, Site) == await rows(db, Organisation) == []


async def test_a_school_of_refused_lines_leaves_no_place_behind(
    db: Database, now: datetime
) -> None:
    await bring_in(db, now, SCHOOL)
    taken = "School C;onderwijs;Docent;docent;d@a.example;;vo;Hal (WK020201)\n"
    reading = read_contacts((HEAD + taken).encode())
    async with db.begin() as session:
        result = await import_contacts(session, reading, who=SYSTEM, is_exercise=False, now=now)
    assert len(result.errors) == 1
    assert [name for name, *_ in await places(db)] == ["Hoofdgebouw", "Dependance"]


async def test_a_group_of_vo_schools_in_a_wijk_counts_a_place_there(world: World) -> None:
    async with world.db.begin() as session:
        await import_contacts(
            session, read_contacts(SCHOOL.encode()), who=SYSTEM, is_exercise=False, now=world.now
        )
    rule = {"soort": "regel", "schooltype": "vo", "wijk": "WK020207"}
    assert (await world.press("/contacten/groepen", naam="VO noord", **rule)).status_code == 303
    async with world.db.read() as session:
        group = (await session.exec(select(ContactGroup))).one()
        found = await members_of(session, group, is_exercise=False)
    assert [organisation.name for _, organisation in found] == ["School A"]
    page = (await world.desk.get("/contacten/groepen")).text
    assert "voortgezet onderwijs (vo) · Klarendal" in page


async def test_who_looks_for_somebody_in_a_wijk_finds_a_place_there(
    db: Database, now: datetime
) -> None:
    await bring_in(db, now, SCHOOL)
    async with db.begin() as session:
        for person in (await session.exec(select(Person))).all():
            await consent(session, person.id or 0, now)
        found = await find_members(
            session, Domain.EDUCATION, district="WK020207", asker_id=0, is_exercise=False
        )
    assert [one.organisation for one in found] == ["School A", "School B"]


async def test_the_page_of_a_school_keeps_its_type_and_its_places(world: World) -> None:
    number = world.organisation_id
    path = f"/organisatie/{number}"
    form = {"naam": "Voorbeeldcollege", "domein": "onderwijs", "schooltype": ["vo", "pro"]}
    await save(world, path, path, form)
    added = await world.press(f"{path}/locatie", naam="Dependance", wijk="WK020207", gastheer="ja")
    assert added.status_code == 303
    (site,) = await rows(world.db, Site)
    assert (site.organisation_id, site.district, site.can_host) == (number, "WK020207", True)
    page = (await world.desk.get(path)).text
    assert "Dependance, Klarendal" in page
    assert "ruimte voor overleg" in page
    assert "Docenten vo en mbo (past bij dit schooltype)" in page
    assert "tekst voor een ander schooltype" not in page
    await save(world, path, path, {**form, "schooltype": ["po"]})
    assert "tekst voor een ander schooltype" in (await world.desk.get(path)).text
    await save(world, f"/locatie/{site.id}", path, {"naam": "Dependance", "wijk": ""})
    assert await places(world.db) == [("Dependance", None, False)]
    assert (await world.press(f"/locatie/{site.id}/weg")).status_code == 303
    assert await places(world.db) == []
    said = [one.action for one in await rows(world.db, JournalEntry)]
    assert [one for one in said if one.startswith("site_")] == [
        "site_added", "site_changed", "site_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"naam": "", "wijk": ""}, "Vul een naam in"),
        ({"naam": "a|b", "wijk": ""}, "Laat het teken | weg"),
        ({"naam": "DEPENDANCE", "wijk": ""}, "heeft al een locatie"),
        ({"naam": "x" * 121, "wijk": ""}, "te lang"),
        ({"naam": "Zaal", "wijk": "WK999999"}, None),
    ],
)
async def test_a_place_that_cannot_be_is_refused(
    world: World, fields: dict[str, Any], said: str | None
) -> None:
    path = f"/organisatie/{world.organisation_id}/locatie"
    await world.press(path, naam="Dependance", wijk="")
    answer = await world.press(path, **fields)
    assert answer.status_code in (400, 404, 422)
    if said is not None:
        assert said in answer.text
    assert await places(world.db) == [("Dependance", None, False)]


async def test_a_type_of_school_belongs_to_a_school(world: World) -> None:
    refused = await world.press(
        "/contacten/organisatie", naam="Wijkteam", domein="veiligheid", schooltype="vo"
    )
    assert refused.status_code == 422
    assert "Een schooltype hoort bij het domein onderwijs" in refused.text
    assert [one.name for one in await rows(world.db, Organisation)].count("Wijkteam") == 0
