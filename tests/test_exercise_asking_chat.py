"""Who leads an exercise asks people of the real list on a phone too, and reads what they said."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.chat.buttons import data
from bot.chat.coordinator.exercise_asking_flow import (
    ASK,
    AT_ONCE,
    FIND,
    ONE,
    PICK,
    ROLES,
    WHEN,
)
from bot.chat.coordinator.exercise_flow import GATHER
from bot.chat.coordinator.leading_flow import PEOPLE
from bot.chat.texts import OLD_BUTTON
from bot.clock import utc_now
from bot.config import Config
from bot.exercise import leading_texts as words
from bot.exercise import seat_texts
from bot.exercise.leading import end
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatRole, SeatStatus
from bot.exercise.scripts import shipped
from bot.exercise.seats import say_no, say_yes
from bot.settings import TelegramSettings
from briefings.moments import at_clock, far_moment, local_date
from contacts.directory import ChannelKind, Person, Role
from contacts.outbox import Content, Message
from contacts.records import Database
from contacts.sealing import is_sealed
from tests.exercise_world import SCRIPT, Telephone, gather, play
from tests.outbox_world import a_person

CHAT = 900
NOW = utc_now()
TITLE = shipped()[SCRIPT].title
QUESTION = "De gemeente vraagt u mee te doen"


async def a_leader(db: Database) -> Telephone:
    async with db.begin() as session:
        leader = await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR)
        leader.name = "Leider"
    config = Config(telegram=TelegramSettings(token="1:x"))
    return Telephone(db, CHAT, NOW, config=config)


async def a_teacher(db: Database, name: str, **channels: str) -> int:
    async with db.begin() as session:
        person = await a_person(session, NOW, **channels)
        person.name = name
        return person.id or 0


async def gathering(db: Database) -> int:
    async with db.begin() as session:
        return (await gather(session, now=NOW)).id or 0


async def all_of(db: Database, table: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(table).order_by(col(table.id)))).all())


async def last(phone: Telephone) -> str:
    return (await phone.said())[-1][1]


async def questions(db: Database) -> list[str]:
    """The words of every question to take part, as it goes to one person."""
    forms = [Content.from_json(one.content).telegram for one in await all_of(db, Message)]
    return [form.text for form in forms if form is not None and QUESTION in form.text]


async def test_people_are_asked_from_a_phone_and_the_leader_reads_who_said_yes(
    db: Database,
) -> None:
    phone = await a_leader(db)
    first = await a_teacher(db, "Anna", chat="901")
    await a_teacher(db, "Bram", chat="902")
    await phone.command("/oefening")
    await phone.press(TITLE)
    assert "nog niemand op de oefenlijst" in await last(phone)
    await phone.press(words.ASK_FIRST)
    await phone.press(words.GATHER.format(speed=words.SPEEDS["5"]))
    [exercise] = await all_of(db, Exercise)
    assert (exercise.status, exercise.speed) == (ExerciseStatus.GATHERING, 5.0)
    await phone.press(words.PEOPLE)
    assert "U vroeg nog niemand." in await last(phone)
    await phone.press(words.ASK_SOMEBODY)
    await phone.press(words.NO_MOMENT)
    await phone.press("Anna, ")
    assert await all_of(db, Seat) == [], "looking at somebody asks nothing"
    assert "nog niet vaststaat" in await last(phone)
    await phone.press(words.ASK_AS.format(role="lezer"))
    assert phone.toast == words.ASKED
    [seat] = await all_of(db, Seat)
    assert (seat.person_id, seat.role, seat.status) == (first, SeatRole.READER, SeatStatus.ASKED)
    assert len(await questions(db)) == 1
    await phone.press("Bram, ")
    await phone.press(words.ASK_AS.format(role="goedkeurder"))
    async with db.begin() as session:
        one, other = (await session.exec(select(Seat).order_by(col(Seat.id)))).all()
        assert await say_yes(session, one, now=NOW)
        assert await say_no(session, other, now=NOW)
    await phone.press(words.WHO_SAID)
    said = await last(phone)
    assert "• Anna, School 1 (lezer): doet mee." in said
    assert "• Bram, School 2 (goedkeurder): doet niet mee." in said
    message = (await all_of(db, Message))[-1]
    form = Content.from_json(message.content).telegram
    assert form is not None
    assert is_sealed(form.text), "what somebody answered is not readable in the outbox"
    await phone.command("/oefening")
    assert "1 persoon doet mee" in await last(phone)


async def test_the_moment_that_was_typed_stands_in_the_question(db: Database) -> None:
    phone = await a_leader(db)
    await a_teacher(db, "Anna", chat="901")
    await gathering(db)
    await phone.command("/oefening")
    await phone.press(words.PEOPLE)
    await phone.press(words.ASK_SOMEBODY)
    await phone.write("gisteren")
    assert "Die dag is voorbij" in await last(phone)
    day = local_date(NOW) + timedelta(days=3)
    await phone.write(f"{day.day}-{day.month} 16.00")
    assert "16.00 uur" in await last(phone)
    await phone.press("Anna, ")
    assert "16.00 uur" in await last(phone)
    await phone.press(words.ASK_AS.format(role="lezer"))
    [question] = await questions(db)
    assert f"Wij beginnen op {far_moment(at_clock(day, time(16)), NOW)}." in question


async def test_a_moment_that_is_over_is_not_promised_any_more(db: Database) -> None:
    phone = await a_leader(db)
    person = await a_teacher(db, "Anna", chat="901")
    number = await gathering(db)
    past = int((NOW - timedelta(minutes=5)).timestamp()) // 60
    await phone.command("/oefening")
    delivery = (await phone.button(words.PEOPLE)).partition("~")[2]
    await phone.tap(f"{data(ASK, number, person, ROLES.index(SeatRole.READER), past)}~{delivery}")
    assert phone.toast == words.MOMENT_OVER
    assert await all_of(db, Seat) == []


async def test_somebody_further_down_the_list_is_found_by_leaf_or_by_name(db: Database) -> None:
    phone = await a_leader(db)
    for number in range(AT_ONCE + 1):
        await a_teacher(db, f"Docent {number}", chat=str(910 + number))
    number = await gathering(db)
    await phone.command("/oefening")
    delivery = (await phone.button(words.PEOPLE)).partition("~")[2]
    await phone.tap(f"{data(PICK, number, 0, 0)}~{delivery}")
    await phone.press("Leider, ")  # who has a right stands in front
    await phone.press(words.BACK)
    await phone.press(words.FURTHER)
    await phone.press(f"Docent {AT_ONCE}, ")
    await phone.press(words.BACK)
    await phone.press(words.SEARCH)
    await phone.write("docent 3")
    assert "Dit is wie u zocht" in await last(phone)
    await phone.press("Docent 3, ")
    await phone.press(words.ASK_AS.format(role="lezer"))
    [seat] = await all_of(db, Seat)
    async with db.read() as session:
        assert (await session.get_one(Person, seat.person_id)).name == "Docent 3"
    await phone.press(words.SEARCH)
    await phone.write("docent 3")
    assert "Niemand gevonden" in await last(phone), "who was asked is not asked again"


async def test_who_has_mail_alone_can_only_read_along(db: Database) -> None:
    phone = await a_leader(db)
    person = await a_teacher(db, "Anna", mail="anna@school.example")
    number = await gathering(db)
    await phone.command("/oefening")
    delivery = (await phone.button(words.PEOPLE)).partition("~")[2]
    await phone.tap(f"{data(ONE, number, person, 0)}~{delivery}")
    assert await phone.button(words.ASK_AS.format(role="lezer"))
    with pytest.raises(AssertionError, match="no button"):
        await phone.button(words.ASK_AS.format(role="coördinator"))
    approver = ROLES.index(SeatRole.APPROVER)
    await phone.tap(f"{data(ASK, number, person, approver, 0)}~{delivery}")
    assert phone.toast == words.NOT_TO_ASK
    assert await all_of(db, Seat) == []


async def test_a_second_tap_asks_nobody_twice(db: Database) -> None:
    phone = await a_leader(db)
    await a_teacher(db, "Anna", chat="901")
    number = await gathering(db)
    await phone.command("/oefening")
    delivery = (await phone.button(words.PEOPLE)).partition("~")[2]
    await phone.tap(f"{data(PICK, number, 0, 0)}~{delivery}")
    await phone.press("Anna, ")
    ask = await phone.button(words.ASK_AS.format(role="lezer"))
    await phone.tap(ask)
    await phone.tap(ask)
    assert phone.toast == words.NOT_TO_ASK
    assert len(await questions(db)) == 1


async def test_whom_to_call_is_said_when_the_question_cannot_leave(db: Database) -> None:
    phone = await a_leader(db)
    person = await a_teacher(db, "Anna", mail="anna@school.example")
    async with db.begin() as session:
        (await session.get_one(Person, person)).phone = "026 000 00 00"
    number = await gathering(db)
    await phone.command("/oefening")
    delivery = (await phone.button(words.PEOPLE)).partition("~")[2]
    reader = ROLES.index(SeatRole.READER)
    await phone.tap(f"{data(ASK, number, person, reader, 0)}~{delivery}")
    assert phone.toast == words.ASKED_STUCK
    await phone.press(words.WHO_SAID)
    assert "Bel: 026 000 00 00." in await last(phone)
    assert seat_texts.MISSING[ChannelKind.EMAIL] in await last(phone)


async def test_while_it_runs_people_are_asked_without_a_moment(db: Database) -> None:
    phone = await a_leader(db)
    await a_teacher(db, "Anna", chat="901")
    other = await a_teacher(db, "Bram", chat="902")
    await play(db, {other: SeatRole.READER}, now=NOW)
    await phone.command("/oefening")
    await phone.press(words.PEOPLE)
    assert "• Bram, School 2 (lezer): doet mee." in await last(phone)
    await phone.press(words.ASK_SOMEBODY)
    await phone.press("Anna, ")
    assert "loopt al" in await last(phone)
    await phone.press(words.ASK_AS.format(role="lezer"))
    assert seat_texts.RUNS_ALREADY in (await questions(db))[-1]


async def test_when_it_is_over_nobody_is_asked(db: Database) -> None:
    phone = await a_leader(db)
    person = await a_teacher(db, "Anna", chat="901")
    number = await gathering(db)
    await phone.command("/oefening")
    await phone.press(words.PEOPLE)
    await phone.press(words.ASK_SOMEBODY)
    async with db.begin() as session:
        exercise = await session.get_one(Exercise, number)
        await end(session, exercise, ExerciseStatus.STOPPED, who=LEADER, now=NOW)
    day = local_date(NOW) + timedelta(days=3)
    await phone.write(f"{day.day}-{day.month} 16.00")
    assert await last(phone) == words.OVER
    delivery = (await phone.button(words.NO_MOMENT)).partition("~")[2]
    for wire in (data(PEOPLE, number), data(WHEN, number), data(PICK, number, 0, 0),
                 data(FIND, number, 0), data(ONE, number, person, 0),
                 data(ASK, number, person, 2, 0)):  # fmt: skip
        await phone.tap(f"{wire}~{delivery}")
        assert phone.toast == words.OVER
    assert await all_of(db, Seat) == []


async def test_who_plays_or_is_a_member_asks_nobody_and_reads_nobody(db: Database) -> None:
    await a_leader(db)
    person = await a_teacher(db, "Anna", chat="901")
    number = await gathering(db)
    member = Telephone(db, 901, NOW)
    said = len(await member.said())
    for wire in (data(PEOPLE, number), data(PICK, number, 0, 0), data(ONE, number, person, 0),
                 data(ASK, number, person, 2, 0), data(GATHER, SCRIPT, "1")):  # fmt: skip
        await member.tap(wire)
        assert member.toast is not None
    assert len(await member.said()) == said
    assert await all_of(db, Seat) == []


async def test_in_a_world_of_the_exercise_itself_nobody_real_is_asked(db: Database) -> None:
    async with db.begin() as session:
        await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR, is_exercise=True)
    phone = Telephone(db, CHAT, NOW)
    number = await gathering(db)
    await phone.command("/oefening")
    with pytest.raises(AssertionError, match="no button"):
        await phone.button(words.PEOPLE)
    for wire in (data(PEOPLE, number), data(PICK, number, 0, 0), data(GATHER, SCRIPT, "1")):
        await phone.tap(wire)
        assert phone.toast == OLD_BUTTON
