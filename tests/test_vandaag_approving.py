"""Who may not approve what waits reads that on Vandaag, and who does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.console.texts import NEED_OTHER
from bot.digest_texts import OWN, WAITS_TITLE
from contacts.directory import Role
from contacts.journal import SYSTEM
from contacts.people import revoke
from contacts.records import Database
from feeds.rows import Event
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, client_of, press, signed_in

NOT_YOU = NEED_OTHER.partition("{")[0].strip(" ·.")


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def handed_in(desk: Desk, severity: int) -> None:
    await desk.fact()
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).severity = severity
    assert (await desk.press("indienen", versie=1)).status_code == 303


async def test_below_four_eyes_a_coordinator_approves_and_is_asked_plainly(desk: Desk) -> None:
    await handed_in(desk, 3)
    page = (await desk.web.get("/")).text
    assert "Teksten wachten op goedkeuring" in page
    assert NOT_YOU not in page


async def test_who_handed_in_reads_that_somebody_else_approves(desk: Desk) -> None:
    await handed_in(desk, 4)
    page = (await desk.web.get("/")).text
    assert f"{NOT_YOU}. Bij deze ernst of GRIP keurt iemand anders goed dan wie schreef" in page
    await desk.let_approve()
    assert NOT_YOU not in (await desk.web.get("/")).text


async def test_a_coordinator_who_is_no_approver_reads_who_is(desk: Desk) -> None:
    await handed_in(desk, 4)
    await desk.let_approve()
    async with desk.world.db.begin() as session:
        await revoke(session, desk.world.staff_id, Role.APPROVER, who=SYSTEM, now=desk.world.now)
    page = (await desk.web.get("/")).text
    assert f"{NOT_YOU}. Bij deze ernst of GRIP keurt een goedkeurder goed" in page


async def test_a_rondbrief_is_asked_of_who_may_approve_it_and_did_not_write_it(desk: Desk) -> None:
    world = desk.world
    await press(desk.web, world.sealer, "/rondbrief")
    await press(desk.web, world.sealer, "/rondbrief/1/indienen", gezien="1")
    page = (await desk.web.get("/")).text
    assert WAITS_TITLE in page
    assert OWN.rstrip(".") in page
    for role, is_asked in ((Role.APPROVER, True), (Role.ADMIN, False)):
        async with world.db.begin() as session:
            person_id = await a_colleague(session, f"Collega {role}", (role,), world.now)
            cookies = await signed_in(session, person_id, world.now)
        async with client_of(world.db, world.sealer, world.now, cookies=cookies) as other:
            page = (await other.get("/")).text
        assert (WAITS_TITLE in page) is is_asked
        assert NOT_YOU not in page
