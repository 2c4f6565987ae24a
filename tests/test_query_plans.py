"""SQLite knows how much stands in the tables, and takes the index that fits."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.filling import fill
from bot.bench.made_up import Amounts
from bot.config import Config
from bot.database import open_database
from bot.migrating import migrate
from bot.query_plans import GREW, SMALL, QueryPlans, is_outdated
from contacts.records import Database
from tests.conftest import NOW

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


async def first_table(db: Database) -> str:
    """What SQLite reads first for the deliveries of one text that were sent."""
    async with db.read() as session:
        plan = await (await session.connection()).exec_driver_sql(SENT_OF_ONE_TEXT)
        return str(plan.all()[0][3]).split()[1]


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
            plan = (await connection.exec_driver_sql(WHAT_IS_DUE)).all()
    assert [str(line[3]).split()[:2] for line in plan] == [
        ["SEARCH", "delivery"], ["SEARCH", "message"],
    ]  # fmt: skip


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
