"""What runs and got heavier than a person chose is told once; it does not ring again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import ring
from bot.grown import tell_grown
from contacts.directory import Role
from contacts.outbox import Message, MessageKind
from contacts.records import Database
from feeds.events import confirm_event
from feeds.rows import Event, EventStatus, Item, LeadAgency
from feeds.settings import FeedSettings
from tests.outbox_world import a_person
from tests.test_alerts import WHO, an_alert

SETTINGS = FeedSettings()
on_postgresql = pytest.mark.skipif(
    "not config.getoption('postgresql')", reason="SQLite has one writer: nothing is at once"
)


async def running(db: Database, now: datetime, *, severity: int) -> int:
    """An event that was confirmed lighter than its reports say by now."""
    number = await an_alert(db, now)
    async with db.begin() as session:
        await a_person(session, now, chat="501", role=Role.COORDINATOR)
        event = await session.get_one(Event, number)
        event.alerted_severity, event.alerted_at = 3, now
        await confirm_event(
            session, event, severity=severity, lead_agency=LeadAgency.POLICE, send_before=None,
            who=WHO, now=now,
        )  # fmt: skip
    return number


async def said(session: AsyncSession) -> list[str]:
    found = await session.exec(
        select(Message).where(col(Message.kind) == MessageKind.NOTICE).order_by(col(Message.id))
    )
    return [message.content["telegram"]["text"] for message in found.all()]


async def test_a_running_event_that_got_heavier_is_told_once_with_the_way_to_change_it(
    db: Database, now: datetime
) -> None:
    number = await running(db, now, severity=3)
    assert await ring(db, SETTINGS, now=now) == 0
    assert await tell_grown(db, SETTINGS, now=now) == 1
    assert await tell_grown(db, SETTINGS, now=now + timedelta(minutes=1)) == 0
    async with db.read() as session:
        [text] = await said(session)
        message = (
            await session.exec(select(Message).where(col(Message.kind) == MessageKind.NOTICE))
        ).one()
    assert text.startswith("<b>Aanslag: nu voorstel ernst 4</b>\nU koos ernst 3.")
    buttons = [row[0]["data"] for row in message.content["telegram"]["buttons"]]
    assert buttons == [f"items:{number}", f"echg:{number}"]


async def test_who_chose_as_heavy_or_heavier_hears_nothing(db: Database, now: datetime) -> None:
    await running(db, now, severity=4)
    assert await tell_grown(db, SETTINGS, now=now) == 0


async def test_an_old_report_that_came_along_makes_nothing_grow(
    db: Database, now: datetime
) -> None:
    await running(db, now, severity=3)
    async with db.begin() as session:
        item = (await session.exec(select(Item))).one()
        item.published_at = now - timedelta(days=4)
    assert await tell_grown(db, SETTINGS, now=now) == 0


@on_postgresql
async def test_an_event_that_somebody_else_is_writing_is_told_in_the_next_round(
    db: Database, now: datetime
) -> None:
    number = await running(db, now, severity=3)
    async with db.begin() as session:
        await session.get_one(Event, number, with_for_update=True)
        async with asyncio.timeout(5):
            assert await tell_grown(db, SETTINGS, now=now) == 0
    assert await tell_grown(db, SETTINGS, now=now) == 1


async def test_it_is_tried_again_until_somebody_can_hear_it(db: Database, now: datetime) -> None:
    number = await an_alert(db, now)
    async with db.begin() as session:
        event = await session.get_one(Event, number)
        event.status, event.severity, event.alerted_severity = EventStatus.CONFIRMED, 3, 3
        event.confirmed_at = now
    assert await tell_grown(db, SETTINGS, now=now) == 0
    async with db.begin() as session:
        await a_person(session, now, chat="501", role=Role.COORDINATOR)
    assert await tell_grown(db, SETTINGS, now=now) == 1
