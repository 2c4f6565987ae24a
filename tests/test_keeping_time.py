"""Announced updates are kept, or the coordinator is chased, and then the back-up: played."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bot.console.timetable import late_steps
from bot.console.today import read_titles
from bot.exercise.rows import Exercise
from bot.ticks import TICKS
from briefings.clock_rows import StepTold
from briefings.steps import Stage, Step
from briefings.ticking import tick_step
from contacts.directory import Person
from contacts.journal import SYSTEM
from contacts.records import Database
from feeds.events import close_event
from feeds.rows import Event
from tests.briefings_cast import NOW
from tests.keeping_time_world import CONFIG, TEN, an_evening, heard, lines, round_at, send

#: the coordinator's and the approver's chats in the cast
COORDINATOR, APPROVER = "1", "2"


async def test_a_promised_update_is_asked_for_ahead_then_chased_then_told_to_the_backup(
    db: Database,
) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    assert await round_at(db, TEN - timedelta(minutes=31)) == 0
    assert await round_at(db, TEN - timedelta(minutes=30)) == 1
    [(chat, text)] = await heard(db)
    assert chat == COORDINATOR
    assert "Straks: Beloofde update" in text
    assert await round_at(db, TEN + timedelta(minutes=5)) == 1
    assert "Nog niet gedaan: Beloofde update" in (await heard(db))[-1][1]
    assert await round_at(db, TEN + timedelta(minutes=15)) == 1
    last = (await heard(db))[-2:]
    assert {chat for chat, _ in last} == {COORDINATOR, APPROVER}
    assert "Nu krijgen de goedkeurders dit ook" in last[0][1]
    assert await round_at(db, TEN + timedelta(hours=5)) == 0


async def test_a_kept_promise_is_not_chased_and_the_next_one_is(db: Database) -> None:
    cast = await an_evening(db)
    morning = TEN + timedelta(hours=10)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    await send(db, cast, now=TEN - timedelta(minutes=40), promise=morning, kind="update")
    assert await round_at(db, TEN + timedelta(minutes=20)) == 0
    assert await round_at(db, morning - timedelta(minutes=30)) >= 1
    found = await lines(db, cast)
    assert found[Step.PROMISE].due == morning


async def test_a_house_that_starts_again_tells_nothing_twice(db: Database) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    now = TEN + timedelta(minutes=6)
    assert await round_at(db, now) == 1
    # Nothing is remembered but the rows.
    again = Database(db.engine, db.engine)
    assert await round_at(again, now + timedelta(seconds=1)) == 0
    async with db.read() as session:
        [row] = (await session.exec(select(StepTold))).all()
    assert (row.step, row.stage, row.due_at) == (Step.PROMISE, Stage.LATE, TEN)


async def test_what_nobody_could_be_told_comes_again(db: Database) -> None:
    cast = await an_evening(db)
    async with db.begin() as session:
        person = await session.get_one(Person, cast.writer.person_id)
        person.left_at = NOW
    late = NOW + timedelta(minutes=36)
    assert await round_at(db, late) == 0
    async with db.begin() as session:
        person = await session.get_one(Person, cast.writer.person_id)
        person.left_at = None
    assert await round_at(db, late) >= 1


async def test_the_look_back_is_asked_for_four_weeks_after_though_the_event_is_closed(
    db: Database,
) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=25), promise=TEN)
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        await close_event(session, event, who=SYSTEM, now=NOW + timedelta(days=7))
    due = (await lines(db, cast))[Step.LOOK_BACK].due
    assert timedelta(days=27) < due - NOW < timedelta(days=31)
    assert await round_at(db, due - timedelta(seconds=1)) == 0
    assert await round_at(db, due) == 1
    assert "nodig uit om terug te kijken" in (await heard(db))[-1][1]
    async with db.begin() as session:
        event = await session.get_one(Event, cast.event.id)
        assert await tick_step(session, event, Step.LOOK_BACK, cast.writer, now=due)
    assert await round_at(db, due + timedelta(days=5)) == 0


async def test_an_exercise_that_nobody_plays_is_silent_and_one_that_is_played_is_not(
    db: Database,
) -> None:
    await an_evening(db, is_exercise=True)
    late = NOW + timedelta(minutes=36)
    assert await round_at(db, late) == 0
    async with db.begin() as session:
        event = (await session.exec(select(Event))).one()
        session.add(
            Exercise(title="Oefening", script={}, speed=10.0, started_at=NOW, event_id=event.id)
        )
    # Ten minutes of the exercise a minute: texts are due after three and a half.
    assert await round_at(db, NOW + timedelta(minutes=3)) >= 1
    assert await round_at(db, late, CONFIG.model_copy(update={"is_exercise": True})) >= 1


async def test_the_first_page_shows_what_is_late_with_the_way_to_it(db: Database) -> None:
    cast = await an_evening(db)
    await send(db, cast, now=NOW + timedelta(minutes=15), promise=TEN)
    async with db.read() as session:
        titles = await read_titles(session)
        found = await late_steps(session, CONFIG, titles, is_exercise=False, now=TEN)
        other = await late_steps(session, CONFIG, titles, is_exercise=True, now=TEN)
    assert [need.path for need in found] == [f"/gebeurtenis/{cast.event.id}/draaiboek"]
    assert found[0].what.startswith("Beloofde update: ")
    assert found[0].due == TEN
    assert other == []


def test_the_round_is_one_of_the_house() -> None:
    assert "clock" in {tick.name for tick in TICKS}
