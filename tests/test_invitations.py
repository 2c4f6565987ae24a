"""Invitations: one time, thirty days, one person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from contacts.directory import Channel, ChannelKind, Domain, Invitation, Organisation, Person
from contacts.invitations import InviteRefused, Redeemed, invite, redeem
from contacts.people import close_channel, person_by_address
from contacts.records import Database


@pytest.fixture
async def person_id(db: Database, now: datetime) -> int:
    async with db.begin() as session:
        organisation = Organisation(name="School", domain=Domain.EDUCATION, created_at=now)
        session.add(organisation)
        await session.flush()
        for name in ("Docent VO", "Docent PO"):
            session.add(Person(organisation_id=organisation.id or 0, name=name, created_at=now))
    return 1


async def test_a_link_connects_the_chat_once(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        token = await invite(session, person_id, now=now)
        assert await redeem(session, token, 7, now=now) == Redeemed(person_id)
        assert await redeem(session, token, 7, now=now) == Redeemed(person_id)
        assert await redeem(session, token, 8, now=now) == InviteRefused("used")
        person = await person_by_address(session, ChannelKind.TELEGRAM, "7")
    assert person is not None
    assert person.id == person_id


async def test_only_the_hash_is_stored(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        token = await invite(session, person_id, now=now)
        stored = (await session.exec(select(Invitation))).one()
    assert len(token) == 22
    assert token not in repr(stored)


async def test_an_old_or_unknown_link_is_refused(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        token = await invite(session, person_id, now=now)
        late = now + timedelta(days=31)
        assert await redeem(session, token, 7, now=late) == InviteRefused("expired")
        assert await redeem(session, "nonsense", 7, now=now) == InviteRefused("unknown")


async def test_a_new_link_ends_the_earlier_one(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        first = await invite(session, person_id, now=now)
        second = await invite(session, person_id, now=now)
        assert await redeem(session, first, 7, now=now) == InviteRefused("unknown")
        assert await redeem(session, second, 7, now=now) == Redeemed(person_id)


async def test_a_chat_belongs_to_one_person(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        await redeem(session, await invite(session, 1, now=now), 7, now=now)
        other = await invite(session, 2, now=now)
        assert await redeem(session, other, 7, now=now) == InviteRefused("chat_taken")


async def test_a_closed_chat_opens_again_with_a_new_link(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        await redeem(session, await invite(session, person_id, now=now), 7, now=now)
        await close_channel(session, ChannelKind.TELEGRAM, "7", reason="blocked", now=now)
        assert await person_by_address(session, ChannelKind.TELEGRAM, "7") is None
        await redeem(session, await invite(session, person_id, now=now), 7, now=now)
        channels = (await session.exec(select(Channel))).all()
    assert [(c.status, c.closed_reason) for c in channels] == [("active", None)]
