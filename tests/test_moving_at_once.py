"""Who calls a message off and who sends it take the same rows in the same order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.claiming import Lease, claim, give_back
from contacts.journal import SYSTEM
from contacts.marking import mark_sending
from contacts.outbox import Delivery, DeliveryStatus, MessageKind
from contacts.preparing import Linking
from contacts.records import Database, hold
from contacts.sealing import Sealer
from contacts.sending import cancel_message, post
from tests.outbox_world import BOTH, all_deliveries, chat_recipient, statuses

pytestmark = pytest.mark.skipif(
    "not config.getoption('postgresql')", reason="SQLite has one writer: nothing is at once"
)

SEALER = Sealer(Sealer.new_key())
COUNT = 20
WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
Work = Callable[[AsyncSession], Awaitable[object]]


def sends(ids: list[int], now: datetime) -> Work:
    """As the pump does just before a request."""

    async def work(session: AsyncSession) -> object:
        return await mark_sending(
            session, ids, lease=Lease("me", now + timedelta(minutes=1)),
            linking=Linking("https://schakel.example", 14), sealer=SEALER, now=now,
        )  # fmt: skip

    return work


def goes_back(ids: list[int], now: datetime) -> Work:
    """As the pump does when its channel pauses."""

    async def work(session: AsyncSession) -> object:
        return await give_back(session, ids, action="claims_given_back", now=now)

    return work


async def claimed(db: Database, now: datetime) -> tuple[int, list[int]]:
    """A message of which all is claimed, and the last one stands first in the table."""
    async with db.begin() as session:
        to = [chat_recipient(str(number)) for number in range(COUNT)]
        planned = await post(session, kind=MessageKind.BRIEFING, content=BOTH, to=to, now=now)
        ids = [one.id or 0 for one in planned]
        message = planned[0].message_id
    for ident in reversed(ids):
        async with db.begin() as session:
            await claim(session, [ident], Lease("me", now + timedelta(minutes=1)), now=now)
    return message, ids


async def is_waiting(db: Database) -> None:
    """Until somebody waits for a lock."""
    async with asyncio.timeout(20):
        while not await told(db, WAITING):  # noqa: ASYNC110 - another transaction, which wakes nobody
            await asyncio.sleep(0.02)


async def told(db: Database, question: str) -> int:
    async with db.read() as session:
        return int((await (await session.connection()).execute(text(question))).scalar_one())


async def in_its_own(db: Database, work: Work) -> None:
    async with db.begin() as session:
        # So PostgreSQL reads a table that is small, or that was just filled.
        for way in ("indexscan", "bitmapscan", "indexonlyscan"):
            await (await session.connection()).execute(text(f"SET LOCAL enable_{way} = off"))
        await work(session)


async def begins_with_the_lowest(db: Database, ids: list[int], work: Work) -> None:
    """It waits for the first row without holding any other."""
    async with db.begin() as session:
        await hold(session, Delivery, ids[:1])
        waiting = asyncio.create_task(in_its_own(db, work))
        await is_waiting(db)
        rest = update(Delivery).where(col(Delivery.id).in_(ids[1:])).values(attempts=1)
        await (await session.connection()).execute(text("SET LOCAL lock_timeout = '3s'"))
        await session.exec(rest.execution_options(synchronize_session=False))
    await waiting


@pytest.mark.parametrize("act", [sends, goes_back])
async def test_what_sends_takes_the_lowest_row_first(
    db: Database, now: datetime, act: Callable[[list[int], datetime], Work]
) -> None:
    _, ids = await claimed(db, now)
    await begins_with_the_lowest(db, ids, act(ids, now))


async def test_what_calls_off_takes_the_lowest_row_first(db: Database, now: datetime) -> None:
    message, ids = await claimed(db, now)

    async def work(session: AsyncSession) -> object:
        return await cancel_message(session, message, who=SYSTEM, now=now, reason="stopped")

    await begins_with_the_lowest(db, ids, work)
    assert set(statuses(await all_deliveries(db))) == {DeliveryStatus.CANCELLED.value}
