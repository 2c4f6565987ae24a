"""Invitations: one time, thirty days, one person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from contacts.directory import (
    Channel,
    ChannelKind,
    Domain,
    Invitation,
    Organisation,
    Person,
    Role,
    Tally,
)
from contacts.invitations import (
    InviteRefused,
    Redeemed,
    code_file,
    invite,
    redeem,
    working_invitations,
)
from contacts.journal import SYSTEM, JournalEntry
from contacts.people import close_channel, grant, person_by_address
from contacts.records import Database
from contacts.tally import count_up, total


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


async def test_a_new_phone_takes_the_place_of_the_old_one(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        old_link = await invite(session, person_id, now=now)
        await redeem(session, old_link, 7, now=now)
        await redeem(session, await invite(session, person_id, now=now), 8, now=now)
        assert await person_by_address(session, ChannelKind.TELEGRAM, "7") is None
        assert await person_by_address(session, ChannelKind.TELEGRAM, "8") is not None
        assert await redeem(session, old_link, 7, now=now) == InviteRefused("used")


async def test_the_channel_lives_in_the_world_of_its_person(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        (await session.get_one(Person, person_id)).is_exercise = True
        await redeem(session, await invite(session, person_id, now=now), 7, now=now)
        channel = (await session.exec(select(Channel))).one()
    assert (channel.is_exercise, channel.rank) == (True, 0)


async def test_who_left_cannot_use_a_link(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        token = await invite(session, person_id, now=now)
        (await session.get_one(Person, person_id)).left_at = now
        assert await redeem(session, token, 7, now=now) == InviteRefused("unknown")


async def test_the_journal_knows_the_link_but_not_the_token(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        token = await invite(session, person_id, now=now)
        await redeem(session, token, 777, now=now)
        entries = (await session.exec(select(JournalEntry))).all()
    assert {"invitation_made", "invitation_used", "channel_opened"} <= {e.action for e in entries}
    assert token not in repr(entries)
    assert "777" not in repr(entries)


async def test_counts_are_per_day_and_name(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        for name in ("referral", "stranger", "referral"):
            await count_up(session, name, now=now)
        await count_up(session, "referral", now=now + timedelta(days=1))
    async with db.read() as session:
        rows = (await session.exec(select(col(Tally.day), col(Tally.name), col(Tally.count)))).all()
        assert await total(session, "referral", is_exercise=False) == 3
    assert set(rows) == {
        (now.date(), "referral", 2),
        (now.date(), "stranger", 1),
        (now.date() + timedelta(days=1), "referral", 1),
    }


async def test_a_role_is_granted_once(db: Database, person_id: int, now: datetime) -> None:
    async with db.begin() as session:
        assert await grant(session, person_id, Role.APPROVER, who=SYSTEM, now=now)
        assert not await grant(session, person_id, Role.APPROVER, who=SYSTEM, now=now)


async def test_a_link_works_until_it_is_used_replaced_or_thirty_days_old(
    db: Database, person_id: int, now: datetime
) -> None:
    async with db.begin() as session:
        used, _ = await invite(session, 1, now=now), await invite(session, 2, now=now)
        until = now + timedelta(days=30)
        assert await working_invitations(session, now=now) == {1: until, 2: until}
        await redeem(session, used, 7, now=now)
        await invite(session, 2, now=now, days=60)
        later = now + timedelta(days=31)
        assert await working_invitations(session, now=later) == {2: now + timedelta(days=60)}


@pytest.mark.parametrize(
    ("organisation", "file"),
    [
        ("Voorbeeldcollege (vmbo)", "uitnodiging-voorbeeldcollege-vmbo-7.svg"),
        ('Cafe\u0301 ../"De Brug"', "uitnodiging-cafe-de-brug-7.svg"),
        ("\u0645\u0633\u062c\u062f", "uitnodiging-7.svg"),
    ],
)
def test_the_picture_of_a_code_is_called_by_the_organisation(organisation: str, file: str) -> None:
    assert code_file(organisation, 7) == file
