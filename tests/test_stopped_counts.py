"""What is told of a text that was stopped, went on, was called off or sent late after all."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.approved import approved_view
from bot.chat.coordinator.card import card_view
from bot.chat.coordinator.progress import progress_view
from briefings import calling_off
from briefings.missing import plan_missed, seal_of, send_to_missed
from briefings.rows import Briefing
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from tests.briefings_cast import NOW, SETTINGS, Cast
from tests.console_desk import a_desk
from tests.corrections_world import sent_first

SOON = NOW + timedelta(minutes=5)


async def half_gone(session: AsyncSession) -> tuple[Cast, Briefing]:
    """A first text that was stopped when two of its three readers had it."""
    cast, first = await sent_first(session, docent=DeliveryStatus.PLANNED)
    assert await calling_off.stop(session, first, who=cast.writer.who, now=SOON)
    return cast, first


async def said(session: AsyncSession, cast: Cast, first: Briefing) -> str:
    """What the approver reads."""
    view, _ = await approved_view(session, cast.event.id or 0, first.id or 0, now=SOON)
    return view


async def send_late(session: AsyncSession, cast: Cast, first: Briefing) -> None:
    plan = await plan_missed(session, cast.event, first)
    await send_to_missed(
        session, cast.event, first, SETTINGS, seen=seal_of(plan), who=cast.writer.who, now=SOON
    )


async def all_arrive(session: AsyncSession) -> None:
    waiting = col(Delivery.status) == DeliveryStatus.PLANNED
    await session.exec(update(Delivery).where(waiting).values(status=DeliveryStatus.SENT))


async def test_the_card_does_not_say_sent_of_a_text_that_was_stopped_half_way(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first = await half_gone(session)
        text, _ = await card_view(session, cast.event)
        assert "(versie 1) · gestopt voordat iedereen het had" in text
        await calling_off.go_on(session, first, who=cast.writer.who, now=SOON)
        text, _ = await card_view(session, cast.event)
        assert "(versie 1) · verzonden" in text


async def test_the_approver_does_not_read_that_all_goes_out_when_the_rest_goes_on(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first = await half_gone(session)
        await calling_off.go_on(session, first, who=cast.writer.who, now=SOON)
        view = await said(session, cast, first)
    assert "Het was gestopt. Wat nog wachtte, gaat nu uit." in view
    assert "3 berichten" not in view


async def test_the_approver_reads_that_nothing_more_goes_out_after_the_rest_was_called_off(
    db: Database,
) -> None:
    async with db.begin() as session:
        cast, first = await half_gone(session)
        await calling_off.call_off(session, first, who=cast.writer.who, now=SOON)
        view = await said(session, cast, first)
        progress, _ = await progress_view(session, cast.event.id or 0, first.id or 0, now=SOON)
    assert "2 van de 3 berichten gingen al uit; verder gaat er niets uit." in view
    assert "2 verzonden" in progress
    assert "1 afgezegd" in progress


async def test_who_is_sent_it_late_after_all_is_counted_once(db: Database) -> None:
    async with db.begin() as session:
        cast, first = await half_gone(session)
        await calling_off.call_off(session, first, who=cast.writer.who, now=SOON)
        await send_late(session, cast, first)
        assert "Wie de tekst miste, krijgt hem nu alsnog." in await said(session, cast, first)
        await all_arrive(session)
        view = await said(session, cast, first)
    assert "Daarna ging de tekst alsnog naar wie hem miste." in view
    assert "berichten" not in view


async def test_today_and_the_desk_say_what_was_stopped_and_what_was_called_off(
    db: Database, now: datetime
) -> None:
    async with a_desk(db, now) as desk:
        await desk.fact()
        await desk.send(1)
        async with db.begin() as session:
            waiting = col(Delivery.status) == DeliveryStatus.PLANNED
            first = (await session.exec(select(Delivery).where(waiting))).one()
            session.add(
                Delivery(
                    **first.model_dump(exclude={"id", "address", "status"}),
                    address="b@school.example", status=DeliveryStatus.SENT,
                )
            )  # fmt: skip
        await desk.press("stoppen", versie=1)
        today = (await desk.web.get("/")).text
        assert "versie 1: gestopt voordat iedereen het had" in today
        assert "<b>1</b> wacht tot iemand het laat doorgaan" in today
        await desk.press("afzeggen", versie=1)
        assert "<li><b>1</b> afgezegd</li>" in await desk.page("verzenden")
        assert "versie 1: verzonden" in (await desk.web.get("/")).text
