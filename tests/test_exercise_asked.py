"""What stays of who took part: gone with them, lent anew, and never a name in the journal."""

from __future__ import annotations

from sqlmodel import col, select

from bot.clock import utc_now
from bot.exercise.leading import begin, end, set_off
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole
from bot.exercise.scripts import shipped
from bot.exercise.seats import ask_people, say_yes
from bot.own_data import erase_contact
from contacts.directory import Channel, Person
from contacts.journal import JournalEntry, Who
from contacts.people import mark_left
from contacts.records import Database
from tests.exercise_world import SCRIPT, a_seated, gather, seat
from tests.outbox_world import a_person

NOW = utc_now()


async def test_whom_somebody_played_is_erased_with_them(db: Database) -> None:
    person, player, _ = await a_seated(db, now=NOW)
    async with db.begin() as session:
        await erase_contact(session, await session.get_one(Person, person), who=LEADER, now=NOW)
    async with db.read() as session:
        for number in (person, player):
            assert (await session.get_one(Person, number)).erased_at is not None
        assert (await session.exec(select(Channel))).all() == []


async def test_an_address_is_lent_again_the_next_time_and_the_journal_says_nobody(
    db: Database,
) -> None:
    person, player, number = await a_seated(db, now=NOW)
    async with db.begin() as session:
        first = await session.get_one(Exercise, number)
        await end(session, first, ExerciseStatus.STOPPED, who=LEADER, now=NOW)
        second = await gather(session, now=NOW)
        again = await seat(session, second, person, SeatRole.COORDINATOR, now=NOW)
        await set_off(session, second, who=LEADER, now=NOW)
        found = await session.exec(select(Channel).where(col(Channel.is_exercise)))
        [lent] = found.all()
        assert again.player_id != player
        assert (lent.person_id, lent.status.value) == (again.player_id, "active")
        entries = (await session.exec(select(JournalEntry))).all()
    about = [one for one in entries if one.action.startswith("exercise_")]
    assert about
    assert not [one for one in about if str(Who("person", person)) in (one.actor, one.subject)]


async def test_who_left_the_list_cannot_say_yes_any_more(db: Database) -> None:
    async with db.begin() as session:
        person = await a_person(session, NOW, mail="x@school.example")
        exercise = await begin(
            session, shipped()[SCRIPT], speed=1, who=LEADER, now=NOW, is_gathering=True
        )
        assert exercise is not None
        [seat] = await ask_people(
            session, exercise, {person.id or 0: SeatRole.READER}, who=LEADER, now=NOW
        )
        await mark_left(session, person, who=LEADER, now=NOW)
        assert not await say_yes(session, seat, now=NOW)
        assert seat.player_id is None
