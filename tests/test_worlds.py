"""Two worlds, real and exercise: nothing crosses from one to the other, whatever is tried."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.database import open_database
from bot.migrating import migrate
from contacts.directory import ChannelKind, ChannelStatus
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    EmailForm,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.preparing import Case, Known, Linking, Listed, Marked, prepare
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.transport import Outgoing
from feeds.rows import Event, Origin
from tests import stores

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
SEALER = Sealer(Sealer.new_key())
CONTENT = Content(
    telegram=TelegramForm("Oefentekst"),
    email=EmailForm(subject="Oefentekst", text="Oefentekst", html="<p>Oefentekst</p>"),
).to_json()


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Anything that the outbox could hold: also a row that was planned for the wrong world."""
    message = Message(
        id=1, kind=draw(st.sampled_from(MessageKind)), content=CONTENT, created_at=NOW,
        send_at=NOW, is_exercise=draw(st.booleans()),
    )  # fmt: skip
    delivery = Delivery(
        id=1, message_id=1, kind=draw(st.sampled_from(ChannelKind)), address="1",
        person_id=draw(st.none() | st.just(1)), organisation_id=draw(st.none() | st.just(1)),
        act=draw(st.sampled_from(DeliveryAct)), is_backup=draw(st.booleans()),
        fallback_of_id=draw(st.none() | st.just(7)), is_repeat=draw(st.booleans()),
        not_before=NOW, planned_at=NOW,
    )  # fmt: skip
    listed = st.builds(Listed, st.sampled_from(ChannelStatus), st.booleans())
    known = st.builds(Known, st.booleans(), st.none())
    return Case(
        delivery, message, None, draw(st.none() | st.just("1")),
        draw(st.none() | listed), draw(st.none() | known),
    )  # fmt: skip


def is_on_the_list_of_exercises(case: Case) -> bool:
    if case.channel is not None:
        return case.channel.is_exercise
    return case.organisation is not None and case.organisation.is_exercise


def prepared(case: Case) -> Marked:
    async def go() -> Marked:
        session = AsyncSession()  # bound to nothing: this text asks for no link
        [marked] = await prepare(session, [case], Linking("x", 1), sealer=SEALER, now=NOW)
        return marked

    return asyncio.run(go())


@given(case=cases())
def test_what_leaves_goes_to_an_address_of_its_own_world_and_says_which(case: Case) -> None:
    work = prepared(case).work
    if isinstance(work, Outgoing):
        assert is_on_the_list_of_exercises(case) == case.message.is_exercise
        assert work.is_exercise == case.message.is_exercise


@given(case=cases())
def test_the_guard_stands_in_the_way_of_nothing_else(case: Case) -> None:
    work = prepared(case).work
    same = is_on_the_list_of_exercises(case) == case.message.is_exercise
    closed = case.channel is not None and case.channel.status is ChannelStatus.CLOSED
    if same and case.chat is not None and not closed:
        assert isinstance(work, Outgoing)


def an_event(*, is_exercise: bool) -> Event:
    return Event(
        title="x", type="algemeen", origin=Origin.MANUAL, detected_at=NOW, is_exercise=is_exercise
    )


@given(first=st.booleans(), tried=st.lists(st.booleans(), min_size=1, max_size=6))
def test_an_event_stays_what_it_was_whatever_is_written(first: bool, tried: list[bool]) -> None:
    event = an_event(is_exercise=first)
    for value in tried:
        if value == first:
            event.is_exercise = value
            continue
        with pytest.raises(ValueError, match="worlds"):
            event.is_exercise = value
        assert event.is_exercise is first


async def carried_over(db: Database, is_exercise: bool) -> bool:
    """Try it past the object, in a statement, and tell whether it happened."""
    async with db.begin() as session:
        event = an_event(is_exercise=is_exercise)
        session.add(event)
        await session.flush()
        number = event.id
    with pytest.raises(IntegrityError, match="worlds"):
        async with db.begin() as session:
            await session.exec(
                update(Event).where(col(Event.id) == number).values(is_exercise=not is_exercise)
            )
    async with db.begin() as session:  # the same value again is no change
        await session.exec(
            update(Event).where(col(Event.id) == number).values(is_exercise=is_exercise)
        )
        kept = await session.exec(select(Event.is_exercise).where(col(Event.id) == number))
        return kept.one() != is_exercise


@pytest.mark.parametrize("is_exercise", [False, True])
async def test_a_statement_cannot_carry_an_event_over(db: Database, is_exercise: bool) -> None:
    assert not await carried_over(db, is_exercise)


async def test_a_store_that_was_upgraded_refuses_it_too(tmp_path: Path) -> None:
    url = stores.fresh_url(tmp_path)
    await migrate(url)
    db = open_database(url)
    try:
        assert not await carried_over(db, False)
    finally:
        await db.close()
        stores.drop(url)
