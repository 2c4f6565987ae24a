"""Fills an empty store with made-up rows.

The texts are really drafted, because their size and their remarks decide what the pages cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import insert
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bench import bench_texts as texts
from bot.bench.made_up import (
    WRITTEN,
    Amounts,
    acknowledgements,
    channels,
    delivery,
    domain_of,
    events,
    items,
    journal,
    message,
    organisation_of,
    organisations,
    people,
    shares,
    signals,
    sources,
)
from bot.config import Config
from bot.console.sessions import start_session
from bot.tables import load_tables
from briefings.drafting import draft_briefing
from briefings.facts import open_facts
from briefings.rows import BriefingKind, BriefingStatus, Fact, FactKind
from contacts.directory import Domain, Role, RoleGrant
from contacts.records import Database
from feeds.rows import Event

#: rows per statement
BATCH = 2_000
#: one text in so many still waits for approval, so that its page counts the whole audience
WAITING_EACH = 6
ROLES = (Role.COORDINATOR, Role.APPROVER, Role.INTERPRETER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: a session token per user, and events with texts, the biggest first."""

    tokens: Sequence[str]
    events: Sequence[int]


async def fill(db: Database, amounts: Amounts, config: Config, *, now: datetime) -> Filled:
    """Make the tables and everything in them."""
    load_tables()
    async with db.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with db.begin() as session:
        await keep(session, organisations(amounts, now))
        await keep(session, people(amounts, now))
        await keep(session, channels(amounts, now))
        await keep(session, sources(now))
        await keep(session, events(amounts, now))
        await keep(session, items(amounts, now))
        written = range(1, min(amounts.events, WRITTEN) + 1)
        briefings = {number: await _write(session, number, config, now=now) for number in written}
        await _send(session, amounts, briefings, now)
        await keep(session, signals(amounts, now))
        await keep(session, journal(amounts, now))
        tokens = [
            await _sign_in(session, person, now)
            for person in islice(_who_see_all(amounts), amounts.users)
        ]
    return Filled(tokens, list(written))


async def keep(session: AsyncSession, rows: Iterable[SQLModel]) -> None:
    """Insert many rows of one table, in batches."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        values = [row.model_dump() for row in batch]
        await session.execute(insert(type(batch[0])), values)


async def _write(session: AsyncSession, number: int, config: Config, *, now: datetime) -> int:
    """The facts and the seven texts of one event; returns the number of the version."""
    event = await session.get_one(Event, number)
    await open_facts(session, event, config.briefings, editor_id=1, now=now)
    session.add(
        Fact(
            event_id=number,
            kind=FactKind.CONFIRMED,
            text=texts.FACT,
            source_name=texts.FACT_SOURCE,
            source_at=now,
            created_at=now,
        )
    )
    briefing = await draft_briefing(
        session, event, kind=BriefingKind.FIRST, settings=config.briefings, editor_id=1, now=now
    )
    briefing.submitted_at = now
    if number % WAITING_EACH:
        briefing.status, briefing.distributed_at = BriefingStatus.DISTRIBUTED, now
    else:
        briefing.status = BriefingStatus.SUBMITTED
    await session.flush()
    assert briefing.id is not None
    return briefing.id


async def _send(
    session: AsyncSession, amounts: Amounts, briefings: dict[int, int], now: datetime
) -> None:
    """A message per event that was sent, and what became of it at each address."""
    sent = [number for number in briefings if number % WAITING_EACH]
    await keep(session, (message(number, briefings[number], now) for number in sent))
    shared = list(shares(amounts, sent))
    await keep(session, (delivery(*share, amounts, now) for share in shared))
    await keep(session, acknowledgements(shared, now))


def _who_see_all(amounts: Amounts) -> Iterator[int]:
    """The police reads no single signal, so nobody of theirs can walk over every page."""
    for person in range(1, amounts.contacts + 1):
        if domain_of(organisation_of(person, amounts)) is not Domain.SAFETY:
            yield person


async def _sign_in(session: AsyncSession, person: int, now: datetime) -> str:
    """Somebody with the rights to see every page; returns their session's token."""
    session.add_all([RoleGrant(person_id=person, role=role, granted_at=now) for role in ROLES])
    await session.flush()
    token = await start_session(session, person, now=now)
    assert token is not None
    return token
