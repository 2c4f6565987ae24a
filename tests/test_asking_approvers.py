"""Whoever hands in a text hears how many approvers can really read it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from bot.evening.approving import ask_approvers
from briefings.rows import Briefing
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.people import grant, open_channel
from contacts.permissions import load_actor
from contacts.records import Database
from feeds.rows import Event
from tests.briefings_cast import SETTINGS
from tests.console_desk import a_desk


async def test_an_approver_without_a_channel_is_not_counted(db: Database, now: datetime) -> None:
    async with a_desk(db, now) as desk:
        await desk.fact()
        assert (await desk.press("indienen", versie=1)).status_code == 303
        async with db.begin() as session:
            staff = await session.get_one(Person, desk.world.staff_id)
            approver = Person(
                organisation_id=staff.organisation_id, name="Goedkeurder", created_at=now
            )
            session.add(approver)
            await session.flush()
            await grant(session, approver.id or 0, Role.APPROVER, who=SYSTEM, now=now)
            event = await session.get_one(Event, desk.number)
            found = await session.exec(
                select(Briefing).where(col(Briefing.event_id) == desk.number)
            )
            briefing = found.one()
            actor = await load_actor(session, desk.world.staff_id)
            assert actor is not None
            assert await ask_approvers(session, event, briefing, actor, SETTINGS, now=now) == 0
            await open_channel(
                session, approver, ChannelKind.EMAIL, "g@gemeente.example", rank=1, now=now
            )
            assert await ask_approvers(session, event, briefing, actor, SETTINGS, now=now) == 1
