"""``/oefening``: an exercise is begun and led on a phone, by the same guards as at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.chat.buttons import data, with_delivery
from bot.chat.coordinator.exercise_flow import BEGIN, LOOK_LASTS
from bot.chat.coordinator.leading_flow import BREAK, END, NEXT, OFF, START
from bot.chat.router import TAPS
from bot.clock import utc_now
from bot.exercise import leading_texts as words
from bot.exercise.leading import begin
from bot.exercise.machine import machine_people
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole
from bot.exercise.scripts import script_of, shipped
from bot.exercise.starting import start_clock_of
from contacts.directory import Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from tests.exercise_world import SCRIPT, Telephone, gather, play, seat
from tests.outbox_world import a_person

CHAT = 900
NOW = utc_now()
TITLE = shipped()[SCRIPT].title
NOT_ALLOWED = "niet doen"


async def a_leader(db: Database, *, with_cast: bool = True) -> tuple[Telephone, int]:
    """A real coordinator; somebody on the list of the exercise."""
    async with db.begin() as session:
        leader = await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR)
        if with_cast:
            await a_person(session, NOW, chat="901", is_exercise=True)
        return Telephone(db, CHAT, NOW), leader.id or 0


async def the_exercise(db: Database) -> Exercise:
    async with db.read() as session:
        return (await session.exec(select(Exercise))).one()


async def actions(db: Database) -> list[str]:
    """What the journal has of the exercise."""
    async with db.read() as session:
        found = await session.exec(
            select(JournalEntry)
            .where(col(JournalEntry.subject).startswith("exercise:"))
            .order_by(col(JournalEntry.id))
        )
        return [f"{one.actor} {one.action}" for one in found.all()]


async def test_a_scenario_is_looked_at_before_it_begins_and_says_who_takes_part(
    db: Database,
) -> None:
    phone, leader = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    look = (await phone.said())[-1][1]
    assert shipped()[SCRIPT].about in look
    assert "1 persoon van 1 organisatie" in look
    assert "meteen berichten" not in look
    assert "meldt Schakel hun niet" in look, "beginning tells the list nothing"
    assert "Mensen van de echte lijst? Kies Vraag eerst mensen." in look
    assert await actions(db) == []
    await phone.press("Begin: 5 keer")
    exercise = await the_exercise(db)
    assert (exercise.title, exercise.speed) == (TITLE, 5)
    assert exercise.status is ExerciseStatus.RUNNING
    assert await actions(db) == [f"person:{leader} exercise_begun"]


async def test_it_is_led_to_its_card_and_each_step_stands_in_the_journal(db: Database) -> None:
    phone, leader = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    await phone.press("Begin: echte tijd")
    injects = script_of((await the_exercise(db)).script).injects
    async with db.begin() as session:
        (await session.exec(select(Exercise))).one().injected = 1
    await phone.command("/oefening")
    old = await phone.button(words.NEXT)
    assert f"1 van {len(injects)} inspelers" in (await phone.said())[-1][1]
    await phone.press(words.NEXT)
    assert len((await the_exercise(db)).skips) == 1
    await phone.tap(old)
    assert phone.toast == words.CHANGED
    assert len((await the_exercise(db)).skips) == 1
    await phone.press(words.END)
    assert "Anderen op de oefenlijst niet" in (await phone.said())[-1][1]
    await phone.press(words.END_NOW)
    assert (await the_exercise(db)).status is ExerciseStatus.ENDED
    assert "van" in (await phone.said())[-1][1]
    assert "Niet wie het deed" in (await phone.said())[-1][1]
    assert await actions(db) == [
        f"person:{leader} {one}"
        for one in ("exercise_begun", "exercise_moved_on", "exercise_ended")
    ]
    await phone.press(words.END)
    assert phone.toast == words.OVER


async def test_the_first_tap_on_the_next_inject_works_though_the_first_was_played_at_once(
    db: Database,
) -> None:
    """Every shipped story begins in its first minute, before anybody can tap."""
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    await phone.press("Begin: echte tijd")
    assert "1 van" in (await phone.said())[-1][1]
    async with db.begin() as session:
        (await session.exec(select(Exercise))).one().injected = 1
    await phone.press(words.NEXT)
    assert phone.toast is None
    assert len((await the_exercise(db)).skips) == 1


async def test_a_button_of_before_shows_how_it_stands_and_the_next_tap_works(db: Database) -> None:
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    await phone.press("Begin: echte tijd")
    async with db.begin() as session:
        (await session.exec(select(Exercise))).one().injected = 2
    await phone.press(words.NEXT)
    assert phone.toast == words.CHANGED
    assert "2 van" in (await phone.said())[-1][1]
    await phone.press(words.NEXT)
    assert len((await the_exercise(db)).skips) == 1


async def test_breaking_off_is_asked_once_more_and_can_be_gone_back_from(db: Database) -> None:
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    await phone.press("Begin: echte tijd")
    await phone.press(words.END)
    assert (await the_exercise(db)).status is ExerciseStatus.RUNNING
    await phone.press(words.BACK)
    assert "De oefening loopt" in (await phone.said())[-1][1]
    await phone.press(words.END)
    await phone.press(words.BREAK_OFF)
    assert (await the_exercise(db)).status is ExerciseStatus.STOPPED


async def test_in_a_world_of_the_exercise_itself_nobody_of_the_real_list_is_offered(
    db: Database,
) -> None:
    async with db.begin() as session:
        await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR, is_exercise=True)
    phone = Telephone(db, CHAT, NOW)
    await phone.command("/oefening")
    await phone.press(TITLE)
    look = (await phone.said())[-1][1]
    assert "op de oefenlijst" in look
    assert "echte lijst" not in look
    with pytest.raises(AssertionError, match="no button"):
        await phone.button(words.ASK_FIRST)


async def test_an_old_alert_of_an_exercise_says_that_the_exercise_is_over(db: Database) -> None:
    async with db.begin() as session:
        await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR, is_exercise=True)
        exercise = await begin(session, shipped()[SCRIPT], speed=1, who=SYSTEM, now=NOW)
        assert exercise is not None
        event = Event(
            origin=Origin.MANUAL, type="E09", title="Aanhoudingen",
            detected_at=NOW, is_exercise=True,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        number = event.id
    phone = Telephone(db, CHAT, NOW)
    await phone.command("/oefening")
    await phone.press(words.END)
    await phone.press(words.END_NOW)
    for verb in ("ok", "mute"):
        await phone.tap(with_delivery(data(verb, number), 1))
        assert phone.toast == words.NOTHING_LEFT
    async with db.begin() as session:
        (await session.get_one(Event, number)).status = EventStatus.CLOSED
    await phone.tap(with_delivery(data("reop", number), 1))
    assert phone.toast == words.NOTHING_LEFT
    async with db.read() as session:
        assert (await session.get_one(Event, number)).status is EventStatus.CLOSED


async def test_without_anybody_on_the_list_it_does_not_begin(db: Database) -> None:
    phone, _ = await a_leader(db, with_cast=False)
    await phone.command("/oefening")
    assert "nog niemand" in (await phone.said())[-1][1]
    await phone.press(TITLE)
    with pytest.raises(AssertionError, match="no button"):
        await phone.button("Begin:")
    wire = await phone.button(words.ALL)
    await phone.tap(f"{BEGIN}:{SCRIPT}:1~{wire.partition('~')[2]}")
    assert phone.toast is not None
    assert "oefenlijst" in phone.toast


async def test_there_is_one_exercise_at_a_time(db: Database) -> None:
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    begin = await phone.button("Begin: echte tijd")
    await phone.tap(begin)
    await phone.tap(begin)
    assert phone.toast is not None
    assert "Er loopt al een oefening" in phone.toast
    await the_exercise(db)
    await phone.command("/oefening")
    assert "De oefening loopt" in (await phone.said())[-1][1]


@pytest.mark.parametrize(
    ("label", "machine"), [(words.START, True), (words.START_ALONE, False)]
)  # fmt: skip
async def test_the_clock_of_who_gathers_starts_once_somebody_said_yes(
    db: Database, label: str, machine: bool
) -> None:
    phone, _ = await a_leader(db, with_cast=False)
    async with db.begin() as session:
        teacher = await a_person(session, NOW, chat="902")
        exercise = await gather(session, now=NOW)
    await phone.command("/oefening")
    assert "De tijd loopt nog niet" in (await phone.said())[-1][1]
    await phone.press(label)
    assert phone.toast == words.NOBODY_YET
    async with db.begin() as session:
        await seat(session, exercise, teacher.id or 0, SeatRole.READER, now=NOW)
    await phone.press(words.REFRESH)
    assert "1 persoon doet mee" in (await phone.said())[-1][1]
    await phone.press(label)
    assert (await the_exercise(db)).status is ExerciseStatus.RUNNING
    async with db.read() as session:
        assert bool(await machine_people(session)) is machine


async def test_who_takes_part_does_not_lead_and_a_member_does_not_begin(db: Database) -> None:
    phone, leader = await a_leader(db)
    await play(db, {leader: SeatRole.COORDINATOR}, now=NOW)
    await phone.command("/oefening")
    assert NOT_ALLOWED in (await phone.said())[-1][1]
    async with db.begin() as session:
        await a_person(session, NOW, chat="903")
    member = Telephone(db, 903, NOW)
    await member.command("/oefening")
    assert NOT_ALLOWED in (await member.said())[-1][1]


@pytest.mark.parametrize("verb", [BEGIN, START, NEXT, END, BREAK, OFF])
async def test_a_forged_button_moves_nothing(db: Database, verb: str) -> None:
    phone, _ = await a_leader(db)
    async with db.begin() as session:
        await a_person(session, NOW, chat="903")
        exercise = await gather(session, now=NOW)
    args = f"{SCRIPT}:1" if verb == BEGIN else f"{exercise.id}:ja"
    member = Telephone(db, 903, NOW)
    await member.tap(f"{verb}:{args}")
    assert verb in TAPS
    assert (await the_exercise(db)).status is ExerciseStatus.GATHERING
    assert not phone.toast


async def test_what_is_not_yet_begun_is_called_off_with_one_tap(db: Database) -> None:
    phone, _ = await a_leader(db)
    async with db.begin() as session:
        await gather(session, now=NOW)
    await phone.command("/oefening")
    old = await phone.button(words.CALL_OFF)
    await phone.tap(f"{END}:1~{old.partition('~')[2]}")
    assert phone.toast == words.CHANGED
    assert (await the_exercise(db)).status is ExerciseStatus.GATHERING
    await phone.press(words.CALL_OFF)
    assert (await the_exercise(db)).status is ExerciseStatus.STOPPED


@pytest.mark.parametrize("verb", [OFF, BREAK])
async def test_an_old_calling_off_does_not_break_off_what_runs(db: Database, verb: str) -> None:
    """Also the button of an older release, that broke off without asking."""
    phone, _ = await a_leader(db)
    async with db.begin() as session:
        teacher = await a_person(session, NOW, chat="902")
        exercise = await gather(session, now=NOW)
        await seat(session, exercise, teacher.id or 0, SeatRole.READER, now=NOW)
    await phone.command("/oefening")
    old = await phone.button(words.CALL_OFF)
    async with db.begin() as session:
        running = (await session.exec(select(Exercise))).one()
        assert await start_clock_of(session, running, (), who=SYSTEM, now=NOW)
    wire = old if verb == OFF else f"{BREAK}:{exercise.id}~{old.partition('~')[2]}"
    await phone.tap(wire)
    assert phone.toast == words.CHANGED
    assert (await the_exercise(db)).status is ExerciseStatus.RUNNING
    await phone.press(words.REFRESH)
    await phone.press(words.END)
    await phone.press(words.BREAK_OFF)
    assert (await the_exercise(db)).status is ExerciseStatus.STOPPED


async def test_a_look_of_days_ago_begins_nothing_and_is_shown_anew(db: Database) -> None:
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    old = await phone.button("Begin: echte tijd")
    phone.now = NOW + LOOK_LASTS + timedelta(minutes=1)
    await phone.tap(old)
    assert phone.toast == words.LOOK_AGAIN
    async with db.read() as session:
        assert (await session.exec(select(Exercise))).all() == []
    await phone.press("Begin: echte tijd")
    assert (await the_exercise(db)).status is ExerciseStatus.RUNNING


async def test_a_look_with_other_people_on_the_list_begins_nothing(db: Database) -> None:
    phone, _ = await a_leader(db)
    await phone.command("/oefening")
    await phone.press(TITLE)
    old = await phone.button("Begin: echte tijd")
    async with db.begin() as session:
        await a_person(session, NOW, chat="905", is_exercise=True)
    for wire in (old, f"{BEGIN}:{SCRIPT}:1~{old.partition('~')[2]}"):
        await phone.tap(wire)
        assert phone.toast == words.LOOK_AGAIN
        assert "2 mensen" in (await phone.said())[-1][1]
    async with db.read() as session:
        assert (await session.exec(select(Exercise))).all() == []


def test_the_button_that_begins_fits_for_each_shipped_story() -> None:
    for key in shipped():
        assert data(BEGIN, key, "20", 99_999_999, 9_999)
