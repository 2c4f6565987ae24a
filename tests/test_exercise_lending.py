"""What a yes lends: one address, from the start of the clock to the end, and nothing before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.exercise import seat_texts as texts
from bot.exercise.leading import set_off
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, Seat, SeatRole, SeatStatus
from bot.exercise.seats import ask_people, say_yes
from bot.rows import Conversation
from contacts.directory import Channel, ChannelKind, Role, RoleGrant
from contacts.outbox import Delivery
from contacts.people import close_channel
from contacts.records import Database
from tests.exercise_world import Telephone, gather, play
from tests.outbox_world import a_person

CHAT, MAIL = 900, "kantoor@school.example"
NOW = utc_now()
DAYS_LATER = NOW + timedelta(days=3)


async def rows(db: Database, kind: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(col(kind.id)))).all())


async def lent(db: Database) -> list[tuple[ChannelKind, str]]:
    return [
        (one.kind, one.address)
        for one in await rows(db, Channel)
        if one.is_exercise and one.status.value == "active"
    ]


async def somebody(db: Database, *, first: ChannelKind = ChannelKind.TELEGRAM) -> int:
    """With a telephone and a mailbox that others read, too."""
    async with db.begin() as session:
        person = await a_person(session, NOW, chat=str(CHAT), mail=MAIL)
        found = await session.exec(select(Channel).where(col(Channel.person_id) == person.id))
        for channel in found.all():
            channel.rank = int(channel.kind is not first)
        return person.id or 0


async def yes_in_the_chat(db: Database, person: int, role: SeatRole) -> tuple[Telephone, int]:
    """Asked, and yes by the button, while the exercise still asks people. (phone, exercise)"""
    async with db.begin() as session:
        exercise = await gather(session, now=NOW)
        assert await ask_people(session, exercise, {person: role}, who=LEADER, now=NOW)
    phone = Telephone(db, CHAT, NOW)
    await phone.press(texts.YES)
    return phone, exercise.id or 0


async def start(db: Database, number: int) -> None:
    async with db.begin() as session:
        exercise = await session.get_one(Exercise, number)
        await set_off(session, exercise, who=LEADER, now=DAYS_LATER)


async def test_a_yes_days_before_the_start_leaves_everything_real_until_then(db: Database) -> None:
    person = await somebody(db)
    async with db.begin() as session:
        session.add(RoleGrant(person_id=person, role=Role.COORDINATOR, granted_at=NOW))
    phone, number = await yes_in_the_chat(db, person, SeatRole.COORDINATOR)
    assert (False, texts.JOINED_EARLY) in await phone.said()
    assert await lent(db) == []
    assert [one.role for one in await rows(db, RoleGrant)] == [Role.COORDINATOR]
    worlds = {}
    for moment, world in ((NOW, "before"), (DAYS_LATER, "after")):
        if world == "after":
            await start(db, number)
        phone.now = moment
        await phone.command("/gebeurtenis Brand in een flat")
        async with db.read() as session:
            talk = (await session.exec(select(Conversation))).one()
            worlds[world] = talk.is_exercise
    assert worlds == {"before": False, "after": True}
    assert [text for world, text in await phone.said() if texts.WELCOME_TITLE in text and world]


async def test_stop_before_the_start_ends_the_exercise_alone(db: Database) -> None:
    phone, number = await yes_in_the_chat(db, await somebody(db), SeatRole.READER)
    await phone.command("/stop")
    assert (False, texts.LEFT_EARLY) in await phone.said()
    assert [one.status for one in await rows(db, Seat)] == [SeatStatus.LEFT]
    assert {one.status.value for one in await rows(db, Channel)} == {"active"}
    await start(db, number)
    assert await lent(db) == []
    await phone.command("/stop")
    assert (await phone.said())[-1][1] != texts.LEFT_EARLY


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_yes_in_telegram_lends_no_mailbox(db: Database, is_late: bool) -> None:
    person = await somebody(db)
    if is_late:
        async with db.begin() as session:
            exercise = await gather(session, now=NOW)
            await set_off(session, exercise, who=LEADER, now=NOW)
            await ask_people(session, exercise, {person: SeatRole.READER}, who=LEADER, now=NOW)
        phone = Telephone(db, CHAT, NOW)
        await phone.press(texts.YES)
        assert (False, texts.JOINED) in await phone.said()
    else:
        _, number = await yes_in_the_chat(db, person, SeatRole.READER)
        await start(db, number)
    assert await lent(db) == [(ChannelKind.TELEGRAM, str(CHAT))]


async def test_a_yes_on_the_page_lends_the_address_that_was_asked(db: Database) -> None:
    person = await somebody(db, first=ChannelKind.EMAIL)
    await play(db, {person: SeatRole.READER}, now=NOW)
    assert await lent(db) == [(ChannelKind.EMAIL, MAIL)]


@pytest.mark.parametrize("role", [SeatRole.COORDINATOR, SeatRole.APPROVER])
async def test_who_leads_or_approves_is_asked_and_plays_in_telegram(
    db: Database, role: SeatRole
) -> None:
    person = await somebody(db, first=ChannelKind.EMAIL)
    async with db.begin() as session:
        by_mail = (await a_person(session, NOW, mail="alleen@school.example")).id or 0
        exercise = await gather(session, now=NOW)
        roles = {person: role, by_mail: role}
        asked = await ask_people(session, exercise, roles, who=LEADER, now=NOW)
        assert [one.person_id for one in asked] == [person]
        assert await say_yes(session, asked[0], now=NOW)
        await set_off(session, exercise, who=LEADER, now=NOW)
    assert {one.kind for one in await rows(db, Delivery)} == {ChannelKind.TELEGRAM}
    assert await lent(db) == [(ChannelKind.TELEGRAM, str(CHAT))]


async def test_an_address_that_closed_before_the_start_is_not_replaced_by_another(
    db: Database,
) -> None:
    person = await somebody(db)
    _, number = await yes_in_the_chat(db, person, SeatRole.READER)
    async with db.begin() as session:
        await close_channel(
            session, ChannelKind.TELEGRAM, str(CHAT), reason="blocked", now=DAYS_LATER
        )
    await start(db, number)
    assert await lent(db) == []
    assert [one.status for one in await rows(db, Seat)] == [SeatStatus.LEFT]
