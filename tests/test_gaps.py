"""A gap in who is reached is urgent with an event, or of who signs in; else it rests."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.asking import leave_list
from bot.chat.router import route
from bot.config import Config
from bot.rows import UpdateKind
from bot.unsubscribing import Unsubscribing
from contacts.directory import Channel, LinkPurpose, Role
from contacts.journal import SYSTEM
from contacts.links import mint_person_link
from contacts.outbox import Delivery
from contacts.people import grant
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from tests.briefings_cast import an_event
from tests.console_world import SAME_SITE, client_of
from tests.outbox_world import a_briefing, a_person
from tests.partner_world import a_partner
from tests.test_quiet_notices import all_rest, last_sent
from tests.test_unsubscribing import PRESS, SEALER

WAYS = ["leaves", "stops", "unsubscribes"]
CASES = [(None, False, True), (Role.APPROVER, False, False), (None, True, False)]
LEAD, THEIRS = "900", "docent@school.example"


async def told(
    db: Database, now: datetime, way: str, role: Role | None, *, runs: bool
) -> list[Delivery]:
    """Somebody is not reached any more; what the coordinator was written."""
    async with db.begin() as session:
        await a_person(session, now, chat=LEAD, role=Role.COORDINATOR)
        person = await a_person(session, now, mail=THEIRS, role=role)
        number = person.id or 0
        token = await mint_person_link(session, number, LinkPurpose.OWN_PAGE, now=now)
        (delivery,) = await a_briefing(session, [person], now)
        channel = await session.exec(select(Channel.id).where(col(Channel.address) == THEIRS))
        form = {"kanaal": channel.one(), "doe": "stop"}
        if runs:
            session.add(an_event())
    await all_rest(db, now)
    async with client_of(db, SEALER, now) as web:
        if way == "leaves":
            async with db.begin() as session:
                person = await session.get_one(type(person), number)
                assert await leave_list(session, person, Config(), who=SYSTEM, now=now)
        elif way == "stops":
            answer = await web.post(f"/p/{token}/kanaal", data=form, headers=SAME_SITE)
            assert answer.status_code == 303
        else:
            made = Unsubscribing("http://127.0.0.1:8420", SEALER.derive("unsubscribe"))
            path = made.address(delivery.id or 0).removeprefix("http://127.0.0.1:8420")
            assert (await web.post(path, data=PRESS)).status_code == 200
    return await last_sent(db)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("role", "runs", "rests"), CASES)
async def test_a_coordinator_is_woken_by_a_gap_only_when_somebody_must_act_now(
    db: Database, now: datetime, way: str, role: Role | None, runs: bool, rests: bool
) -> None:
    rows = await told(db, now, way, role, runs=runs)
    assert [(row.address, row.reason) for row in rows] == [(LEAD, QUIET_HOURS if rests else None)]


@pytest.mark.parametrize(("role", "runs", "rests"), CASES)
async def test_so_it_is_of_who_blocks_the_bot(
    db: Database, now: datetime, role: Role | None, runs: bool, rests: bool
) -> None:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        lead = await a_person(session, now, chat=LEAD)
        await grant(session, lead.id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        if role is not None:
            await grant(session, chat.person_id, role, who=SYSTEM, now=now)
        if runs:
            session.add(an_event())
    await all_rest(db, now)
    await chat.run(lambda turn: route(turn, UpdateKind.MEMBERSHIP, None), text="kicked")
    rows = [row for row in await last_sent(db) if row.address == LEAD]
    assert [row.reason for row in rows] == [QUIET_HOURS if rests else None]
