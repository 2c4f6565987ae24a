"""SQLite knows how much stands in the tables, and takes the index that fits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from bot.bench.filling import fill
from bot.bench.made_up import Amounts
from bot.config import Config
from bot.database import open_database
from bot.migrating import migrate
from bot.query_plans import GREW, SMALL, QueryPlans, is_outdated
from contacts.claiming import due_deliveries
from contacts.directory import ChannelKind
from contacts.marking import EDIT_PATIENCE
from contacts.outbox import Delivery
from contacts.records import Database
from contacts.sealing import Sealer
from tests.conftest import NOW

FEW = Amounts(contacts=300, events=2, deliveries=6)
#: the bench fills by SQLAlchemy's own bulk insert, which SQLModel warns of
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SENT_OF_ONE_TEXT = (
    "EXPLAIN QUERY PLAN SELECT count(*) FROM delivery JOIN message "
    "ON message.id = delivery.message_id "
    "WHERE message.briefing_id = 1 AND delivery.act = 'send' AND delivery.status = 'sent'"
)
WHAT_IS_DUE = (
    "EXPLAIN QUERY PLAN SELECT delivery.id FROM delivery JOIN message "
    "ON message.id = delivery.message_id "
    "WHERE delivery.status = 'planned' AND delivery.kind = 'telegram' "
    "AND message.status = 'ready' "
    "ORDER BY delivery.priority, delivery.not_before, delivery.id LIMIT 60"
)


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def url(tmp_path: Path) -> str:
    address = f"sqlite+aiosqlite:///{tmp_path / 'store.sqlite3'}"
    await migrate(address)
    return address


def a_delivery(number: int) -> Delivery:
    return Delivery(
        message_id=1, kind=ChannelKind.TELEGRAM, address=f"chat {number}", not_before=NOW,
        planned_at=NOW,
    )  # fmt: skip


async def look_at_claims(db: Database, kind: ChannelKind) -> str:
    """How SQLite finds what is due, by the pump's own question."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with db.begin() as session:
            await due_deliveries(
                session, kind, busy=(), limit=60, patience=EDIT_PATIENCE,
                sealer=Sealer(Sealer.new_key()), now=NOW,
            )  # fmt: skip
    finally:
        event.remove(engine, "before_cursor_execute", note)
    question, parameters = next(one for one in asked if "ORDER BY delivery.priority" in one[0])
    async with db.engine.begin() as connection:
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", parameters)
        return "\n".join(line["detail"] for line in plan.mappings())


async def with_figures(db: Database) -> set[str]:
    async with db.engine.begin() as connection:
        return {n for (n,) in await connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1")}


async def first_table(db: Database) -> str:
    """What SQLite reads first for the deliveries of one text that were sent."""
    async with db.read() as session:
        plan = await (await session.connection()).exec_driver_sql(SENT_OF_ONE_TEXT)
        return str(plan.mappings().all()[0]["detail"]).split()[1]


async def test_the_deliveries_of_one_text_are_found_by_their_text(url: str) -> None:
    async with opened(url) as db:
        await fill(db, Amounts(contacts=100, events=20, deliveries=2000), Config(), now=NOW)
        assert await first_table(db) == "delivery", "the guess that misleads: every one ever made"
        assert await QueryPlans(db).keep()
    async with opened(url) as db:
        assert await first_table(db) == "message"


async def test_a_claim_does_not_read_every_message_first(url: str) -> None:
    async with opened(url) as db:
        await fill(db, Amounts(contacts=100, events=20, deliveries=2000), Config(), now=NOW)
        async with db.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE delivery SET status = 'planned'")
        await QueryPlans(db).keep()
        async with db.engine.begin() as connection:
            plan = (await connection.exec_driver_sql(WHAT_IS_DUE)).mappings().all()
    assert [line["detail"].split()[:2] for line in plan] == [
        ["SEARCH", "delivery"], ["SEARCH", "message"],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_what_holds_a_delivery_up_is_looked_for_at_its_address(
    url: str, kind: ChannelKind
) -> None:
    """By its status it is everything that waits, once for each row of a batch."""
    async with opened(url) as db:
        await fill(db, FEW, Config(), now=NOW)
        unknown = await look_at_claims(db, kind)
        async with db.engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")
        for plan in (unknown, await look_at_claims(db, kind)):
            assert "delivery_2 USING INDEX ix_delivery_address (address=?" in plan


@pytest.mark.parametrize("kind", list(ChannelKind))
async def test_figures_of_few_deliveries_do_not_slow_down_the_evening_that_follows(
    url: str, kind: ChannelKind
) -> None:
    """Each claim read every row for every row: half a second a batch with 10,000 of them."""
    async with opened(url) as db:
        await fill(db, FEW, Config(), now=NOW)
        async with db.engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")  # as an older version did
        assert "SCAN" not in await look_at_claims(db, kind), (
            "it is asked row by row, whatever they say"
        )
        assert await QueryPlans(db).keep()
        assert "delivery" not in await with_figures(db), "they would mislead what joins"
    async with opened(url) as db:
        assert "SCAN" not in await look_at_claims(db, kind)


async def test_a_table_gets_figures_once_it_is_no_small_one(url: str) -> None:
    async with opened(url) as db:
        plans = QueryPlans(db)
        await fill(db, FEW, Config(), now=NOW)
        await plans.keep()
        assert "person" in await with_figures(db)
        assert "delivery" not in await with_figures(db)
        async with db.begin() as session:
            session.add_all(a_delivery(number) for number in range(SMALL))
        assert await plans.keep()
        assert "delivery" in await with_figures(db)


async def test_an_empty_store_has_nothing_to_look_at(url: str) -> None:
    async with opened(url) as db:
        assert not await QueryPlans(db).keep()


async def test_nothing_is_looked_at_twice_before_it_grew(url: str) -> None:
    async with opened(url) as db:
        plans = QueryPlans(db)
        await fill(db, Amounts(contacts=100, events=20, deliveries=2000), Config(), now=NOW)
        assert await plans.keep()
        assert not await plans.keep()


SIZES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 100_000))


@given(known=SIZES)
def test_what_did_not_grow_is_not_outdated(known: dict[str, int]) -> None:
    small = {name: min(size, SMALL - 1) for name, size in known.items()}
    assert not is_outdated({}, small)
    assert not is_outdated(known, {name: size for name, size in known.items() if size})


@given(known=st.integers(0, 100_000), others=SIZES)
def test_one_table_that_grew_is_enough(known: int, others: dict[str, int]) -> None:
    grown = max(SMALL, known * GREW)
    assert is_outdated(others | {"delivery": known}, others | {"delivery": grown})
