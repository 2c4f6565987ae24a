"""A promised update that is over is not promised to who gets the text only after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import ticks
from briefings.calling_off import go_on, stop
from briefings.lapsed import drop_past_promises
from briefings.rows import Briefing
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.records import Database
from tests.approving import a_draft
from tests.briefings_cast import NOW, Cast, let_go

#: the texts promise an update at 22.00; it is 18.05
BEFORE, AFTER = NOW + timedelta(hours=3), NOW + timedelta(hours=5)
PROMISED = "Volgende update"


@dataclass(frozen=True)
class Form:
    status: DeliveryStatus
    chat: str
    mail: str
    html: str


async def forms(session: AsyncSession, cast: Cast) -> dict[int, Form]:
    """What each reader gets or got, by number in the cast."""
    numbers = {person.id: number for number, person in enumerate(cast.people)}
    found = await session.exec(
        select(Delivery, Message)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(col(Delivery.person_id).in_(numbers), col(Delivery.act) == DeliveryAct.SEND)
    )
    shown = {}
    for delivery, message in found.all():
        content = Content.from_json(message.content)
        assert content.telegram is not None
        assert content.email is not None
        shown[numbers[delivery.person_id]] = Form(
            delivery.status, content.telegram.text, content.email.text, content.email.html
        )
    return shown


async def going(session: AsyncSession) -> tuple[Cast, Briefing]:
    """Approved, and one of three has it."""
    cast, briefing = await a_draft(session)
    await let_go(session, cast, briefing)
    found = await session.exec(select(Delivery).where(col(Delivery.person_id) == cast.people[0].id))
    first = found.one()
    first.status = DeliveryStatus.SENT
    session.add(first)
    await session.flush()
    return cast, briefing


def promised(form: Form) -> list[bool]:
    return [PROMISED in one for one in (form.chat, form.mail, form.html)]


async def test_what_was_stopped_goes_on_without_a_promise_that_is_over(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await going(session)
        assert all(promised(one) == [True] * 3 for one in (await forms(session, cast)).values())
        await stop(session, briefing, who=cast.writer.who, now=NOW)
        assert await go_on(session, briefing, who=cast.writer.who, now=AFTER)
        shown = await forms(session, cast)
        got, waits = shown.pop(0), list(shown.values())
        assert (got.status, promised(got)) == (DeliveryStatus.SENT, [True] * 3)
        assert [one.status for one in waits] == [DeliveryStatus.PLANNED] * 2
        for one in waits:
            assert promised(one) == [False] * 3
            assert "22.00" not in one.chat + one.mail + one.html
            assert "drie mensen aangehouden" in one.chat
            assert "drie mensen aangehouden" in one.mail
        entries = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "promise_dropped")
        )
        assert sum(one.detail["deliveries"] for one in entries.all()) == 2


async def test_what_goes_on_in_time_keeps_its_promise(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await going(session)
        await stop(session, briefing, who=cast.writer.who, now=NOW)
        await go_on(session, briefing, who=cast.writer.who, now=BEFORE)
        assert all(promised(one) == [True] * 3 for one in (await forms(session, cast)).values())


async def test_what_waited_for_a_channel_loses_a_promise_that_is_over(db: Database) -> None:
    async with db.begin() as session:
        cast, _ = await going(session)
        assert await drop_past_promises(session, now=BEFORE) == 0
    house: Any = SimpleNamespace(db=db, pump=SimpleNamespace(wake=lambda: None))
    await ticks.refresh(house, AFTER)
    async with db.begin() as session:
        shown = await forms(session, cast)
        assert promised(shown.pop(0)) == [True] * 3
        assert all(promised(one) == [False] * 3 for one in shown.values())
        assert await drop_past_promises(session, now=AFTER) == 0


async def test_what_stands_still_waits_for_whoever_lets_it_go_on(db: Database) -> None:
    async with db.begin() as session:
        cast, briefing = await going(session)
        await stop(session, briefing, who=cast.writer.who, now=NOW)
        assert await drop_past_promises(session, now=AFTER) == 0
