"""Mail goes to many domains at once, and to each of them no faster than it may."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import update

from bot.clock import utc_now
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from tests.outbox_world import (
    FAST,
    MAIL,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    running,
    statuses,
    until,
)


async def test_many_mails_to_one_domain_hold_up_nobody_elsewhere(
    db: Database, now: datetime
) -> None:
    transport = Scripted(MAIL)
    polite = FAST.model_copy(update={"mail_domain_per_min": 2})
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"p{n}@Groot.example") for n in range(280)]
        people.append(await a_person(session, now, mail="een@klein.example"))
        await a_briefing(session, people, now)
    async with running(a_pump(db, transport, settings=polite)):
        await until(db, lambda rows: rows[-1].status is DeliveryStatus.SENT)
    domains = [one.address.rpartition("@")[2] for one in transport.sent]
    assert sorted(domains) == ["Groot.example", "Groot.example", "klein.example"]


async def test_a_restart_does_not_forget_what_a_domain_had_this_minute(
    db: Database, now: datetime
) -> None:
    polite = FAST.model_copy(update={"mail_domain_per_min": 2})
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"p{n}@groot.example") for n in range(2)]
        await a_briefing(session, people, now)
    async with running(a_pump(db, Scripted(MAIL), settings=polite)):
        await until(db, lambda rows: set(statuses(rows)) == {"sent"})
    async with db.begin() as session:
        earlier = utc_now() - timedelta(seconds=20)
        await session.exec(update(Delivery).values(sending_at=earlier, done_at=earlier))
        people = [await a_person(session, now, mail="laat@groot.example")]
        people.append(await a_person(session, now, mail="een@klein.example"))
        await a_briefing(session, people, now)
    transport = Scripted(MAIL)
    async with running(a_pump(db, transport, settings=polite)):
        await until(db, lambda rows: rows[-1].status is DeliveryStatus.SENT)
    assert [one.address for one in transport.sent] == ["een@klein.example"]
