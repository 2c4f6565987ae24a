"""The name that went still finds the organisation that stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import select

from bot.console.journal import journal_line
from contacts.directory import (
    Organisation,
)
from contacts.former_names import former_names, former_numbers
from contacts.joining import (
    join_organisations,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import organisation_named
from contacts.records import Database
from tests.console_world import World, a_world
from tests.contact_files_world import bring_in, rows
from tests.joined_pair import an_organisation, two


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_the_old_name_still_finds_it_at_the_desk_and_in_the_journal(world: World) -> None:
    keep, gone = await two(world.db, world.now)
    await world.press("/contacten/dubbel/organisatie", blijft=keep, gaat=gone, zeker="ja")
    found = (await world.desk.get("/contacten?zoek=Regenboog, de")).text
    assert f'href="/organisatie/{keep}"' in found
    assert "heette eerder Regenboog, de" in found
    assert "Heette eerder Regenboog, de." in (await world.desk.get(f"/organisatie/{keep}")).text
    async with world.db.read() as session:
        for name in ("regenboog, DE", "De Regenboog"):
            assert await organisation_named(session, name, is_exercise=False) == keep
        assert await organisation_named(session, "Regenboog, de", is_exercise=True) is None
        names = await former_numbers(session)
        entries = (await session.exec(select(JournalEntry))).all()
    [line] = [
        journal_line(one, {}, names) for one in entries if one.action == "organisations_joined"
    ]
    assert "heette eerder Regenboog, de" in line.detail
    old = JournalEntry(at=world.now, actor="system", action="x", subject=f"organisation:{gone}")
    said = journal_line(old, {}, names).subject
    assert said.endswith("(heette Regenboog, de; nu bij De Regenboog)")


async def test_a_list_with_the_old_name_makes_nothing_anew(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await join_organisations(session, keep, gone, who=SYSTEM, now=now)
    head = "organisatie;domein;naam;doelgroepen;e-mail\n"
    line = "Regenboog, de;onderwijs;Docent;docent po;docent@regenboog.example\n"
    result = await bring_in(db, now, head + line)
    assert [one.name for one in await rows(db, Organisation)] == ["De Regenboog"]
    assert result.changes[0].who == "Docent, De Regenboog (heette eerder Regenboog, de)"
    again = await bring_in(db, now, head + line)
    assert (again.unchanged, again.changes) == (1, [])


async def test_who_takes_the_old_name_afterwards_is_meant_by_it(
    db: Database, now: datetime
) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await join_organisations(session, keep, gone, who=SYSTEM, now=now)
        other = an_organisation("Regenboog, de", now)
        session.add(other)
        await session.flush()
        number = other.id
    async with db.read() as session:
        assert await organisation_named(session, "Regenboog, de", is_exercise=False) == number


async def test_names_go_along_when_it_is_joined_once_more(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await join_organisations(session, keep, gone, who=SYSTEM, now=now)
        third = an_organisation("Het Palet", now)
        session.add(third)
        await session.flush()
        number = third.id or 0
        await join_organisations(session, number, keep, who=SYSTEM, now=now)
        names = await former_names(session, [number])
    assert names == {number: ["Regenboog, de", "De Regenboog"]}
