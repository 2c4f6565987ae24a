"""What is planned while two organisations become one gets the number that stays."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.bulk import plan_deliveries
from contacts.directory import (
    ChannelKind,
    Domain,
    Organisation,
    Site,
)
from contacts.former_names import tables_that_wait
from contacts.joining import (
    JoinBusy,
    join_organisations,
)
from contacts.journal import SYSTEM
from contacts.messages import store_message
from contacts.outbox import Delivery, MessageKind
from contacts.records import Database
from contacts.sending import Recipient, post
from signals.rows import Setting, Signal
from tests.contact_files_world import rows
from tests.joined_pair import WIJK, two
from tests.outbox_world import BOTH

on_postgresql = pytest.mark.skipif(
    "not config.getoption('postgresql')", reason="SQLite has one writer: nothing is at once"
)

#: the number of an organisation that was never joined to another
NOWHERE = 999


async def plan(session: AsyncSession, organisation: int, now: datetime) -> None:
    to = [Recipient(ChannelKind.EMAIL, "a@b.example", None, organisation)]
    await post(session, kind=MessageKind.NOTICE, content=BOTH, to=to, now=now)


@on_postgresql
async def test_what_is_being_planned_is_waited_for_and_goes_along(
    db: Database, now: datetime
) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await plan(session, gone, now)
        joining = asyncio.create_task(join_in_its_own(db, keep, gone, now))
        await asyncio.sleep(0.2)
        assert not joining.done()
    await joining
    assert [one.organisation_id for one in await rows(db, Delivery)] == [keep]


@on_postgresql
async def test_what_was_read_before_and_is_planned_after_gets_the_new_number(
    db: Database, now: datetime
) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as planner:
        assert await planner.get(Organisation, gone) is not None
        async with db.begin() as session:
            await join_organisations(session, keep, gone, who=SYSTEM, now=now)
            planning = asyncio.create_task(plan(planner, gone, now))
            await asyncio.sleep(0.2)
            assert not planning.done()
        await planning
    assert [one.organisation_id for one in await rows(db, Delivery)] == [keep]


@on_postgresql
async def test_many_at_once_get_the_new_number_too(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as planner:
        await planner.get(Organisation, gone)
        await join_in_its_own(db, keep, gone, now)
        message = await store_message(planner, kind=MessageKind.NOTICE, content=BOTH, now=now)
        of = (gone, keep, None, NOWHERE)
        to = [Recipient(ChannelKind.EMAIL, f"{n}@b.example", None, of[n % 4]) for n in range(20)]
        await plan_deliveries(planner, message, to, now=now)
    planned = {one.address: one.organisation_id for one in await rows(db, Delivery)}
    became = (keep, keep, None, NOWHERE)
    assert planned == {f"{n}@b.example": became[n % 4] for n in range(20)}


@on_postgresql
async def test_what_is_told_during_it_is_of_the_one_that_stays(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as teller:
        assert await teller.get(Organisation, gone) is not None
        await join_in_its_own(db, keep, gone, now)
        teller.add_all([
            Signal(
                organisation_id=gone, domain=Domain.EDUCATION, received_at=now, district=WIJK,
                setting=Setting.CLASSROOM, kinds=["vragen"], severity=2,
                read_due_at=now, answer_due_at=now, reply_handle="x",
            ),
            Site(organisation_id=gone, name="Dependance"),
        ])  # fmt: skip
    assert [one.organisation_id for one in await rows(db, Signal)] == [keep]
    assert [one.organisation_id for one in await rows(db, Site)] == [keep]


@on_postgresql
async def test_every_table_that_names_an_organisation_waits(db: Database) -> None:
    async with db.read() as session:
        found = await (await session.connection()).exec_driver_sql(
            "SELECT tgname FROM pg_trigger WHERE right(tgname, 16) = 'knows_who_joined'"
        )
        standing = {name for (name,) in found.all()}
    assert standing == {f"{table}_knows_who_joined" for table in tables_that_wait()}
    assert {"signal", "delivery", "help_entry"} < set(tables_that_wait())


@on_postgresql
async def test_who_holds_one_of_the_two_is_waited_for_and_then_it_is_busy(
    db: Database, now: datetime
) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        (await session.get_one(Organisation, gone)).phone = "026 0000000"
        await session.flush()
        with pytest.raises(JoinBusy):
            await join_in_its_own(db, keep, gone, now)


@on_postgresql
async def test_who_joins_gives_up_before_who_sends_does(db: Database, now: datetime) -> None:
    keep, gone = await two(db, now)
    async with db.begin() as session:
        await plan(session, gone, now)
        with pytest.raises(JoinBusy):
            await join_in_its_own(db, keep, gone, now)
    assert len(await rows(db, Organisation)) == 2
    assert [one.organisation_id for one in await rows(db, Delivery)] == [gone]


async def join_in_its_own(db: Database, keep: int, gone: int, now: datetime) -> None:
    async with db.begin() as session:
        await join_organisations(session, keep, gone, who=SYSTEM, now=now)
