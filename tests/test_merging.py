"""Who looks the same becomes one contact with what both had, and never across two worlds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ContactGroup,
    Domain,
    GroupMember,
    Organisation,
    Person,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.merging import alike, find_pairs, merge_people
from contacts.people import open_channel
from contacts.records import Database
from tests.console_world import World, a_world
from tests.contact_files_world import HEAD, bring_in, rows


def a_person(name: str, function: str = "", phone: str | None = None) -> Person:
    return Person(
        organisation_id=1, name=name, function=function, phone=phone,
        created_at=datetime.fromtimestamp(0).astimezone(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (a_person("J. de Vries"), a_person("de Vries, J."), True),
        (a_person("Docent", "mentor 2"), a_person("Docent", "conciërge"), False),
        (a_person("Anna", phone="026 1"), a_person("Bob", phone="026 1"), True),
        (a_person("Docent A"), a_person("Teamleider"), False),
    ],
)
def test_who_looks_the_same(one: Person, other: Person, same: bool) -> None:
    assert bool(alike([one, other])) is same
    assert bool(alike([other, one])) is same


async def test_merging_keeps_addresses_groups_and_texts_and_says_so(
    db: Database, now: datetime
) -> None:
    twice = "School A;onderwijs;Docent;docent po;;twee@a.example;;Noodlijst;\n"
    await bring_in(db, now, HEAD + twice.replace("twee", "een").replace("docent po", "docent vo"))
    await bring_in(db, now, HEAD + twice)
    async with db.begin() as session:
        (pair,) = await find_pairs(session, is_exercise=False)
        await merge_people(session, pair.first, pair.second, who=SYSTEM, now=now)
        with pytest.raises(ValueError, match="cannot be merged"):
            await merge_people(session, pair.first, pair.second, who=SYSTEM, now=now)
    keep = next(person for person in await rows(db, Person) if person.left_at is None)
    assert {channel.person_id for channel in await rows(db, Channel)} == {keep.id}
    assert keep.audiences == [Audience.TEACHER_VO_MBO.value, Audience.TEACHER_PO.value]
    assert len(await rows(db, GroupMember)) == 1
    assert len(await rows(db, ContactGroup)) == 1
    merged = [j for j in await rows(db, JournalEntry) if j.action == "contact_merged"]
    assert len(merged) == 1


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_the_desk_merges_and_not_across_worlds(world: World) -> None:
    async with world.db.begin() as session:
        for number, is_exercise in ((1, False), (2, True)):
            person = Person(
                organisation_id=world.organisation_id, name="Docent", created_at=world.now,
                is_exercise=is_exercise,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            await open_channel(
                session, person, ChannelKind.EMAIL, f"d{number}@s.example", rank=1, now=world.now
            )
    assert "Deze blijft" in (await world.desk.get("/contacten/dubbel")).text
    exercise = next(p for p in await rows(world.db, Person) if p.is_exercise)
    other = await world.press("/contacten/dubbel", blijft=1, gaat=exercise.id)
    assert other.status_code == 404
    real = [p for p in await rows(world.db, Person) if p.name == "Docent" and not p.is_exercise]
    await world.press("/contacten/dubbel", blijft=real[0].id, gaat=real[1].id)
    assert "Niemand lijkt dubbel" in (await world.desk.get("/contacten/dubbel")).text


async def test_pairs_are_found_by_portions_and_no_organisation_is_cut_in_two(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = (3, 1, 9, 2, 2)
    async with db.begin() as session:
        for number, size in enumerate(sizes):
            school = Organisation(name=f"School {number}", domain=Domain.EDUCATION, created_at=now)
            session.add(school)
            await session.flush()
            for each in range(size):
                # The first and the last of each are one person.
                name = "Docent" if each in (0, size - 1) else f"{'abcdefghi'[each] * 9}"
                session.add(Person(organisation_id=school.id or 0, name=name, created_at=now))
        await session.flush()
        found = []
        for portion in (1, 2, 3, 4, 400):
            monkeypatch.setattr("contacts.merging.PORTION", portion)
            pairs = await find_pairs(session, is_exercise=False)
            found.append([(one.organisation.name, one.first.name) for one in pairs])
            assert all(one.second.id == (one.first.id or 0) + 1 for one in pairs[-2:])
        assert await find_pairs(session, is_exercise=True) == []
    assert found == [[(f"School {n}", "Docent") for n in (0, 2, 3, 4)]] * 5
