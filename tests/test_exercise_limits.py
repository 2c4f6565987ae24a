"""An exercise ends, also when nobody ends it; who plays keeps away from what is real, too."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlmodel import col, select

from bot import ticks
from bot.clock import utc_now
from bot.console import allowing, exercise_people, exercises, groups
from bot.exercise import seat_texts as texts
from bot.exercise.forgetting import forget_exercises
from bot.exercise.leading import begin, end
from bot.exercise.limits import LONGEST_AFTER, LONGEST_ASKING
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatRole, SeatStatus
from bot.exercise.scripts import script_of, shipped
from contacts.directory import Channel, Role
from contacts.outbox import Message
from contacts.permissions import ALLOWED, SHARED, Permission, load_actor, may
from contacts.records import Database
from tests.exercise_world import SCRIPT, Telephone, gather, play, seat
from tests.outbox_world import a_person

NOW = utc_now()
LAST = timedelta(minutes=shipped()[SCRIPT].injects[-1].at_min)


async def tick(db: Database, now: Any) -> None:
    """The round of the house, of which nothing is played here but the end."""
    async with db.begin() as session:
        for one in (await session.exec(select(Exercise))).all():
            one.injected = len(script_of(one.script).injects)
    house = cast(
        "Any",
        SimpleNamespace(
            db=db, config=SimpleNamespace(briefings=None), clock=lambda: now,
            pump=SimpleNamespace(wake=lambda: None),
            exercise_tools=SimpleNamespace(db=db),
        ),
    )  # fmt: skip
    await ticks.exercise(house, now)


async def status(db: Database) -> ExerciseStatus:
    async with db.read() as session:
        return (await session.exec(select(Exercise))).one().status


async def test_a_forgotten_exercise_ends_three_hours_after_its_last_inject_and_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        """The machine plays nobody here."""

    monkeypatch.setattr(ticks, "play_along", nobody)
    async with db.begin() as session:
        person = (await a_person(session, NOW, chat="900")).id or 0
    await play(db, {person: SeatRole.READER}, now=NOW)
    over = NOW + LAST + LONGEST_AFTER
    await tick(db, over - timedelta(minutes=1))
    assert await status(db) is ExerciseStatus.RUNNING
    await tick(db, over)
    assert await status(db) is ExerciseStatus.ENDED
    said = await Telephone(db, 900, over).said()
    assert [text for world, text in said if not world and texts.OVER_TITLE in text]
    async with db.read() as session:
        lent = (await session.exec(select(Channel).where(col(Channel.is_exercise)))).one()
    assert lent.status.value == "closed"
    async with db.begin() as session:
        later = over + timedelta(days=31)
        await forget_exercises(session, now=later)
        assert (await session.exec(select(Seat))).all() == []
        found = await session.exec(select(Message).where(col(Message.is_exercise)))
        assert found.all() == []


async def test_an_exercise_that_asks_people_for_a_month_is_called_off(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        """The machine plays nobody here."""

    monkeypatch.setattr(ticks, "play_along", nobody)
    async with db.begin() as session:
        person = (await a_person(session, NOW, chat="900")).id or 0
        exercise = await gather(session, now=NOW)
        await seat(session, exercise, person, SeatRole.READER, now=NOW)
    await tick(db, NOW + LONGEST_ASKING - timedelta(hours=1))
    assert await status(db) is ExerciseStatus.GATHERING
    await tick(db, NOW + LONGEST_ASKING)
    assert await status(db) is ExerciseStatus.STOPPED
    said = await Telephone(db, 900, NOW).said()
    assert [text for world, text in said if not world and texts.OFF_TITLE in text]
    async with db.read() as session:
        assert (await session.exec(select(Seat))).one().status is SeatStatus.OVER


async def test_a_fast_exercise_has_three_hours_on_the_clock_as_well(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: object, **__: object) -> None:
        """The machine plays nobody here."""

    monkeypatch.setattr(ticks, "play_along", nobody)
    async with db.begin() as session:
        await begin(session, shipped()[SCRIPT], speed=60, who=LEADER, now=NOW)
    await tick(db, NOW + LAST / 60 + LONGEST_AFTER - timedelta(minutes=1))
    assert await status(db) is ExerciseStatus.RUNNING
    await tick(db, NOW + LAST / 60 + LONGEST_AFTER)
    assert await status(db) is ExerciseStatus.ENDED


# --- who plays is a guest -----------------------------------------------------------------


async def test_who_plays_coordinator_has_no_say_over_what_both_worlds_share(db: Database) -> None:
    async with db.begin() as session:
        person = (await a_person(session, NOW, chat="900", role=Role.COORDINATOR)).id or 0
    number, [one] = await play(db, {person: SeatRole.COORDINATOR}, now=NOW)
    async with db.read() as session:
        real, playing = (
            await load_actor(session, person), await load_actor(session, one.player_id or 0),
        )  # fmt: skip
    assert real is not None
    assert playing is not None
    granted = {one for one in Permission if Role.COORDINATOR in ALLOWED[one]}
    assert {one for one in granted if may(real, one)} == granted
    assert {one for one in granted if may(playing, one)} == granted - SHARED
    assert granted & SHARED == {
        Permission.KEEP_NAMES, Permission.KEEP_ROTA, Permission.MANAGE_GROUPS,
        Permission.LEAD_EXERCISE,
    }  # fmt: skip
    async with db.begin() as session:
        await end(
            session, await session.get_one(Exercise, number), ExerciseStatus.ENDED, who=LEADER,
            now=NOW,
        )  # fmt: skip


async def test_where_nobody_real_is_listed_the_exercise_runs_itself(db: Database) -> None:
    async with db.begin() as session:
        number = (await a_person(session, NOW, role=Role.ADMIN, is_exercise=True)).id or 0
        actor = await load_actor(session, number)
        assert actor is not None
        assert all(may(actor, one) for one in SHARED)
        await a_person(session, NOW)
        guest = await load_actor(session, number)
        assert guest is not None
        assert not any(may(guest, one) for one in SHARED)


def test_the_doors_to_names_groups_and_leading_ask_what_a_guest_has_not() -> None:
    doors = [one for part in (allowing, groups, exercises, exercise_people) for one in part.DOORS]
    assert len(doors) > 10
    assert {door.path for door in doors if door.permission not in SHARED} == set()
