"""PostgreSQL takes the index that fits, also in the minute before it looked by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bot.query_plans import SMALL, QueryPlans
from contacts.bulk import plan_deliveries
from contacts.claiming import due_deliveries
from contacts.directory import Channel, ChannelKind, ChannelStatus
from contacts.marking import EDIT_PATIENCE
from contacts.outbox import Content, Message, MessageKind
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient
from tests.outbox_world import a_person

MANY = 20_000


@pytest.fixture(autouse=True)
def only_there(db: Database) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite is told in another way (test_query_plans.py)")


async def plan_of(db: Database, question: str, parameters: Any = None) -> str:
    """How it would be answered where looking up row by row is said to be dear: which is what
    PostgreSQL believes on a bad day, and then whatever can be joined and sorted is."""
    async with db.engine.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
        found = await connection.exec_driver_sql(f"EXPLAIN {question}", parameters)
        return "\n".join(line for (line,) in found.all())


async def rows_known(db: Database, table: str) -> int:
    """How many rows PostgreSQL thinks that there are."""
    known = text("SELECT reltuples FROM pg_class WHERE relname = :table")
    async with db.engine.begin() as connection:
        return int((await connection.execute(known, {"table": table})).scalar_one())


async def rows_counted(db: Database, table: str) -> int:
    """How many were written, as far as that was noted."""
    noted = text("SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = :table")
    async with db.engine.begin() as connection:
        return int((await connection.execute(noted, {"table": table})).scalar_one())


@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_a_claim_walks_the_outbox_in_its_order_and_reads_no_more_than_it_takes(
    db: Database, now: datetime, kind: ChannelKind
) -> None:
    async with db.begin() as session:
        message = Message(
            kind=MessageKind.BRIEFING, content=Content().to_json(), created_at=now, send_at=now
        )
        session.add(message)
        await session.flush()
        to = [Recipient(kind, str(one), None, None) for one in range(MANY)]
        await plan_deliveries(session, message, to, now=now)
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        async with db.begin() as session:
            waiting = await due_deliveries(
                session, kind, busy=(), limit=60, patience=EDIT_PATIENCE,
                sealer=Sealer(Sealer.new_key()), now=now,
            )  # fmt: skip
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)
    assert [one.chat for one in waiting] == [str(one) for one in range(60)]
    question = next(one for one in asked if "ORDER BY delivery.priority" in one[0])
    plan = await plan_of(db, *question)
    assert "Index Scan using ix_delivery_due on delivery" in plan
    assert "Sort" not in plan
    assert "Join" not in plan


async def test_a_list_that_was_just_read_in_is_looked_at_and_then_found_by_its_address(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat="eerste")
        rows = [
            {
                "person_id": person.id, "kind": ChannelKind.TELEGRAM, "address": str(one),
                "rank": 1, "status": ChannelStatus.ACTIVE, "is_exercise": False, "created_at": now,
            }
            for one in range(SMALL * 10)
        ]  # fmt: skip
        connection = await session.connection()
        await connection.execute(insert(Channel.metadata.tables["channel"]), rows)
    plans = QueryPlans(db)
    async with asyncio.timeout(20):
        # What was written is counted a moment after its connection became idle.
        while await rows_known(db, "channel") != SMALL * 10 + 1:
            await asyncio.sleep(0.2)
            await plans.keep()
    assert not await plans.keep(), "nothing grew since"


async def test_a_table_that_somebody_works_on_is_left_for_the_next_round(db: Database) -> None:
    """Waiting for it would break off PostgreSQL's own clean-up."""
    count = SMALL * 3
    async with db.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO channel_pause (kind, until, since, reason) "
            f"SELECT 'telegram', now(), now(), 'x' FROM generate_series(1, {count})"
        )
    plans = QueryPlans(db)
    async with asyncio.timeout(20):
        while await rows_counted(db, "channel_pause") < count:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.2)
        async with db.engine.connect() as other:
            await other.exec_driver_sql("LOCK TABLE channel_pause IN SHARE UPDATE EXCLUSIVE MODE")
            await plans.keep()
            assert await rows_known(db, "channel_pause") != count
        await plans.keep()
    assert await rows_known(db, "channel_pause") == count
