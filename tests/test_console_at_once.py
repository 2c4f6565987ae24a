"""Two who press at once from the same page: the second one waits, and is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.console.doors import StalePage, Visit
from bot.console.pages import PLAIN_COOKIE
from bot.console.sessions import form_token
from briefings.facts import set_context, set_next_update
from briefings.rows import Briefing, FactBlock
from contacts.directory import ContactGroup, Organisation, Person, Site
from contacts.groups import set_groups
from contacts.journal import SYSTEM
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk
from tests.console_world import SAME_SITE
from tests.test_console_stale import _EVENT, SEEN, the_form

on_postgresql = pytest.mark.skipif(
    "not config.getoption('postgresql')", reason="SQLite has one writer: nothing is at once"
)
Edit = Callable[[Any, Desk], Awaitable[None]]


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def changed(session: Any, kind: Any, where: Any, **values: Any) -> None:
    row = (await session.exec(select(kind).where(where))).one()
    for name, value in values.items():
        setattr(row, name, value)
    await session.flush()


async def the_context(session: Any, desk: Desk) -> None:
    await set_context(
        session, desk.number, editor_id=None, now=desk.world.now, neutral_title="Een ander"
    )


async def the_promise(session: Any, desk: Desk) -> None:
    block = (await session.exec(select(FactBlock).where(FactBlock.event_id == desk.number))).one()
    at = block.next_update_at + timedelta(hours=1)
    await set_next_update(session, desk.number, at, editor_id=None, now=desk.world.now)


async def the_words(session: Any, desk: Desk) -> None:
    at = desk.world.now + timedelta(seconds=1)
    await changed(session, Briefing, col(Briefing.event_id) == desk.number, edited_at=at)


async def the_event(session: Any, desk: Desk) -> None:
    await changed(session, Event, col(Event.id) == desk.number, severity=2, grip=1)


async def the_person(session: Any, desk: Desk) -> None:
    await changed(session, Person, col(Person.name) == "Docent", phone="026 0000000")


async def the_hours(session: Any, desk: Desk) -> None:
    await changed(
        session, Person, col(Person.name) == "Docent", quiet_from=time(21), quiet_until=time(6)
    )


async def the_groups(session: Any, desk: Desk) -> None:
    asked = select(Person).where(col(Person.name) == "Docent").with_for_update()
    teacher = (await session.exec(asked)).one()
    group = (await session.exec(select(ContactGroup))).one()
    await set_groups(session, teacher, [group.id], who=SYSTEM, now=desk.world.now)


async def the_organisation(session: Any, desk: Desk) -> None:
    number = desk.world.organisation_id
    await changed(session, Organisation, col(Organisation.id) == number, phone="026 0000000")


async def the_place(session: Any, desk: Desk) -> None:
    await changed(session, Site, col(Site.id) == 1, name="Hoofdgebouw")


@on_postgresql
@pytest.mark.parametrize(
    ("path", "edit"),
    [
        (f"{_EVENT}/kader", the_context),
        (f"{_EVENT}/volgende-update", the_promise),
        (f"{_EVENT}/teksten/schrijven", the_words),
        (f"{_EVENT}/indienen", the_words),
        (f"{_EVENT}/wijzigen", the_event),
        (f"{_EVENT}/grip", the_event),
        ("/contact/{number:int}/gegevens", the_person),
        ("/contact/{number:int}/rusttijd", the_hours),
        ("/contact/{number:int}/groepen", the_groups),
        ("/organisatie/{number:int}", the_organisation),
        ("/locatie/{number:int}", the_place),
    ],
)
async def test_what_a_colleague_is_saving_is_waited_for_and_not_overwritten(
    desk: Desk, path: str, edit: Edit
) -> None:
    act, fields = await the_form(desk, path, SEEN[path])
    token = form_token(desk.world.sealer, desk.web.cookies.get(PLAIN_COOKIE) or "")
    async with desk.world.db.begin() as colleague:
        await edit(colleague, desk)
        pressing = asyncio.create_task(
            desk.web.post(act, data={"sleutel": token, **fields}, headers=SAME_SITE)
        )
        await asyncio.sleep(0.5)
        assert not pressing.done()
    assert (await pressing).status_code in (409, 422)


async def test_what_somebody_took_away_meanwhile_is_held_by_nobody(desk: Desk) -> None:
    async with desk.world.db.begin() as session:
        place = Site(organisation_id=desk.world.organisation_id, name="Dependance")
        session.add(place)
        await session.flush()
        number = place.id
    async with desk.world.db.begin() as session:
        found = await session.get_one(Site, number)
        await session.delete(found)
        await session.flush()
        visit = Visit(None, None, None, session, desk.world.now)
        with pytest.raises(StalePage):
            await visit.hold(found)
