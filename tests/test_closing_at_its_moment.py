"""A closing text that was approved for later looks once more at its moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import ticks
from bot.chat.buttons import parse
from bot.chat.coordinator import texts
from bot.chat.coordinator.progress import progress_view
from bot.chat.router import TAPS
from bot.evening.closing_held import tell_held
from bot.evening.texts import CLOSE_AGAIN
from bot.house import House
from briefings.approval import (
    Approved,
    Submitted,
    approve,
    submit,
)
from briefings.calling_off import go_on, hold
from briefings.came_due import LOOKS_AHEAD
from briefings.distribution import distribute_due
from briefings.last_look import hold_unheard, untold_holds
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import closings_due
from contacts.directory import ChannelKind
from contacts.outbox import Content, EmailForm, Message, MessageKind, MessageStatus
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import EventStatus
from tests.briefings_cast import SETTINGS, Cast
from tests.closing_world import LATER, a_closing, answered, begun, told, told_at_desk
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat

MOMENT = LATER + timedelta(hours=12)


async def for_the_morning(session: AsyncSession) -> tuple[Cast, Briefing]:
    """A closing text that is approved for later."""
    cast, closing = await a_closing(session)
    bound = await submit(session, closing, cast.writer, SETTINGS, now=LATER)
    assert isinstance(bound, Submitted), bound
    done = await approve(
        session, closing, cast.approver, SETTINGS, expected_hash=bound.content_hash, now=LATER,
        send_at=MOMENT,
    )  # fmt: skip
    assert isinstance(done, Approved), done
    return cast, closing


async def hold_and_tell(session: AsyncSession, *, now: datetime) -> int:
    """What a round does with closing texts, in one transaction; how many it stopped."""
    due = [one.id or 0 for one in await closings_due(session, by=now + LOOKS_AHEAD)]
    held = [one for one in due if await hold_unheard(session, one, now=now)]
    for one in await untold_holds(session):
        await tell_held(session, one, now=now)
    return len(held)


async def notices(session: AsyncSession) -> list[str]:
    found = await session.exec(
        select(Message).where(col(Message.kind) == MessageKind.NOTICE).order_by(col(Message.id))
    )
    forms = [Content.from_json(message.content).telegram for message in found.all()]
    return [form.text for form in forms if form is not None]


async def test_a_signal_between_approval_and_its_moment_holds_a_closing_and_is_told(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        signal = await told(session, cast, at=LATER + timedelta(hours=1))
        assert await hold_and_tell(session, now=LATER + timedelta(hours=1)) == 0
        assert await hold_and_tell(session, now=MOMENT - timedelta(seconds=20)) == 1
        assert await distribute_due(session, now=MOMENT) == []
        assert cast.event.status is EventStatus.CONFIRMED
        assert (closing.status, closing.send_at) == (BriefingStatus.APPROVED, None)
        states = await session.exec(
            select(Message.status, Message.halt_reason).where(
                col(Message.briefing_id) == closing.id
            )
        )
        assert set(states.all()) == {(MessageStatus.HALTED, "signals_wait")}
        said = [text for text in await notices(session) if "ging niet uit" in text]
        assert len(said) == 2  # the coordinator's, with buttons, and the approver's
        assert all("Er kwam een signaal bij." in text for text in said)
        text, rows = await progress_view(session, cast.event.id or 0, closing.id or 0, now=MOMENT)
        assert "Er kwam een signaal bij." in text
        assert [button.text for button in rows[0]] == [texts.SIGNALS, CLOSE_AGAIN]
        # Nobody lets it tell that nothing was told.
        assert not await go_on(session, closing, who=cast.writer.who, now=MOMENT)
        await answered(session, cast, signal, at=MOMENT)
        assert not await go_on(session, closing, who=cast.writer.who, now=MOMENT)
        again = await begun(session, cast, now=MOMENT)
        assert again.id != closing.id
        assert closing.status is BriefingStatus.WITHDRAWN


async def nothing(*_: object, **__: object) -> None:
    """A pump that has nothing to do."""


@pytest.mark.parametrize("starts", [True, False])
async def test_a_round_and_a_house_that_starts_late_look_before_anything_leaves(
    db: Database, starts: bool
) -> None:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        await told(session, cast, at=LATER + timedelta(hours=1))
    pump = SimpleNamespace(wake=lambda: None, recover=nothing, run=nothing)
    house: Any = SimpleNamespace(db=db, pump=pump, clock=lambda: MOMENT)
    if starts:
        await House._hold_pump(house, asyncio.Event())
    else:
        await ticks.refresh(house, MOMENT)
    async with db.read() as session:
        stored = await session.get_one(Briefing, closing.id)
        assert (stored.status, stored.send_at) == (BriefingStatus.APPROVED, None)
        assert any("ging niet uit" in text for text in await notices(session))


async def test_a_closing_without_new_signals_leaves_at_its_moment(db: Database) -> None:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        assert await hold_and_tell(session, now=MOMENT) == 0
        assert await distribute_due(session, now=MOMENT) == [closing.id]
        assert cast.event.status is EventStatus.CLOSED


async def test_going_on_with_a_closing_that_was_held_is_refused_with_a_way_on(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, closing = await for_the_morning(session)
        await told(session, cast, at=LATER + timedelta(hours=1))
        await hold_and_tell(session, now=MOMENT)
    chat = Chat(db, MOMENT, cast.writer.person_id)
    await chat.run(TAPS["brkg"], tap=parse(f"brkg:{cast.event.id}:{closing.id}"))
    assert "Er kwam een signaal bij." in await chat.text()
    assert await chat.labels() == [texts.SIGNALS, CLOSE_AGAIN]
    async with db.read() as session:
        states = await session.exec(
            select(Message.status).where(col(Message.briefing_id) == closing.id)
        )
        assert set(states.all()) == {MessageStatus.HALTED}


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_the_page_says_why_a_closing_stands_still(desk: Desk) -> None:
    await desk.fact()
    await desk.send(1)
    assert (await desk.press("nieuwe-versie", soort="afsluiting")).status_code == 303
    assert (await desk.press("indienen", versie=2)).status_code == 303
    await told_at_desk(desk)
    async with desk.world.db.begin() as session:
        found = await session.exec(
            select(Briefing).where(
                col(Briefing.event_id) == desk.number, col(Briefing.version) == 2
            )
        )
        closing = found.one()
        closing.status = BriefingStatus.APPROVED
        await post(
            session, kind=MessageKind.CLOSING, content=Content(email=EmailForm("x", "x", "x")),
            to=[Recipient(ChannelKind.EMAIL, "docent@school.example", None, 1)],
            event_id=desk.number, briefing_id=closing.id, now=desk.world.now,
        )  # fmt: skip
        assert await hold(session, closing, reason="signals_wait", now=desk.world.now)
    page = await desk.page("verzenden")
    assert "er kwam een signaal bij dat nog geen antwoord heeft" in page
    assert "Eerst de signalen" in page
    today = (await desk.web.get("/")).text
    assert "Gestopt: afsluiting, want er kwam een signaal bij" in today
    refused = await desk.press("doorgaan", versie=2)
    assert refused.headers["location"].endswith("still_unheard")
    assert "niet wat partners meldden" in (await desk.web.get(refused.headers["location"])).text
