"""An event that is over is played again from a phone, with the list or who is asked."""

from __future__ import annotations

import pytest

from bot.chat.buttons import data
from bot.chat.coordinator.exercise_flow import LOOK, REPLAY
from bot.chat.texts import OLD_BUTTON
from bot.exercise import leading_texts as words
from bot.exercise.rows import Exercise, ExerciseStatus
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from tests.outbox_world import a_person
from tests.test_exercise_asking_chat import NOW, a_leader, a_teacher, all_of, last


async def a_closed_event(db: Database, title: str, *, is_exercise: bool = False) -> int:
    async with db.begin() as session:
        event = Event(
            origin=Origin.MANUAL, type="E09", title=title, detected_at=NOW,
            status=EventStatus.CLOSED, is_exercise=is_exercise,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        return event.id or 0


async def test_an_event_of_earlier_is_looked_at_and_played_again(db: Database) -> None:
    phone = await a_leader(db)
    await phone.command("/oefening")
    with pytest.raises(AssertionError, match="no button"):
        await phone.button(words.EARLIER)
    number = await a_closed_event(db, "Onrust in het park")
    await a_closed_event(db, "Uit een oefening", is_exercise=True)
    async with db.begin() as session:
        await a_person(session, NOW, chat="909", is_exercise=True)
    await phone.command("/oefening")
    await phone.press(words.EARLIER)
    with pytest.raises(AssertionError, match="no button"):
        await phone.button("Uit een oefening")
    await phone.press("Onrust in het park")
    look = await last(phone)
    assert "Naspelen: Onrust in het park" in look
    assert "1 persoon van 1 organisatie" in look
    assert await all_of(db, Exercise) == []
    wire = await phone.button("Begin: 5 keer")
    assert wire.startswith(f"{REPLAY}:naspelen-{number}:5:")
    await phone.tap(wire)
    [exercise] = await all_of(db, Exercise)
    assert exercise.script["key"] == f"naspelen-{number}"
    assert (exercise.status, exercise.speed) == (ExerciseStatus.RUNNING, 5.0)


async def test_an_event_that_runs_or_is_of_the_other_world_is_not_played_again(
    db: Database,
) -> None:
    phone = await a_leader(db)
    number = await a_closed_event(db, "Onrust")
    elsewhere = await a_closed_event(db, "Uit een oefening", is_exercise=True)
    await phone.command("/oefening")
    delivery = (await phone.button(words.EARLIER)).partition("~")[2]
    async with db.begin() as session:
        (await session.get_one(Event, number)).status = EventStatus.REOPENED
    for one in (number, elsewhere, 999):
        await phone.tap(f"{data(LOOK, f'naspelen-{one}')}~{delivery}")
        assert phone.toast == OLD_BUTTON


async def test_an_event_is_played_again_with_people_who_are_asked(db: Database) -> None:
    phone = await a_leader(db)
    await a_teacher(db, "Anna", chat="901")
    await a_closed_event(db, "Onrust in het park")
    await phone.command("/oefening")
    await phone.press(words.EARLIER)
    await phone.press("Onrust in het park")
    await phone.press(words.ASK_FIRST)
    await phone.press(words.GATHER.format(speed=words.SPEEDS["20"]))
    [exercise] = await all_of(db, Exercise)
    assert exercise.status is ExerciseStatus.GATHERING
    assert exercise.title.startswith("Naspelen")
    await phone.press(words.PEOPLE)
    await phone.press(words.ASK_SOMEBODY)
    await phone.press(words.NO_MOMENT)
    assert await phone.button("Anna, ")
