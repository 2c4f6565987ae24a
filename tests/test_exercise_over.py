"""What somebody was doing in an exercise is never finished in the real city, nor the reverse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlmodel import col, select

from bot.chat import texts as chat_texts
from bot.clock import utc_now
from bot.exercise.leading import end
from bot.exercise.lending import move_seats
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus, SeatRole
from bot.exercise.seats import leave, seat_of
from bot.own_data import export_contact
from bot.rows import Conversation
from contacts.directory import Domain, Person, Role, RoleGrant
from contacts.journal import SYSTEM
from contacts.merging import merge_people
from contacts.outbox import Delivery, Message
from contacts.records import Database
from feeds.rows import Event, EventStatus, Origin
from signals.errors import DraftError
from signals.peer_rows import PeerGroup, PeerSeat, PeerStatus, PeerTopic, SeatStatus
from signals.peer_texts import ENDED
from signals.rows import Setting, Signal, SignalKind
from signals.settings import SignalSettings
from signals.telling import Draft, tell
from tests.exercise_world import SEALER, Telephone, play
from tests.outbox_world import a_person

CHAT = 900
NOW = utc_now()
FIRST_STEPS = ("Geruchten", "2 gespannen")


@dataclass
class Two:
    """A teacher with one telephone in both worlds, and a real coordinator."""

    phone: Telephone
    teacher: int
    coordinator: int
    exercise: int

    async def rows(self, kind: Any) -> list[Any]:
        async with self.phone.db.read() as session:
            return list(
                (await session.exec(select(kind).order_by(*inspect(kind).primary_key))).all()
            )

    async def end_it(self) -> None:
        async with self.phone.db.begin() as session:
            exercise = await session.get_one(Exercise, self.exercise)
            await end(session, exercise, ExerciseStatus.ENDED, who=LEADER, now=NOW)

    async def told_to(self, person: int) -> list[Delivery]:
        return [one for one in await self.rows(Delivery) if one.person_id == person]


async def two_worlds(db: Database, role: SeatRole = SeatRole.READER) -> Two:
    async with db.begin() as session:
        teacher = await a_person(session, NOW, chat=str(CHAT))
        coordinator = await a_person(session, NOW, chat="901", role=Role.COORDINATOR)
        numbers = teacher.id or 0, coordinator.id or 0
    exercise, _ = await play(db, {numbers[0]: role}, now=NOW)
    return Two(Telephone(db, CHAT, NOW), *numbers, exercise)


async def half_a_signal(phone: Telephone) -> str:
    """Everything but *Versturen*; the wire of that button."""
    await phone.command("/signaal")
    for label in (*FIRST_STEPS, "Hele stad", "Klas"):
        await phone.press(label)
    return await phone.button("Versturen")


@pytest.mark.parametrize("how", ["ended by the leader", "left on the own page"])
async def test_a_half_told_signal_of_an_exercise_is_never_sent_as_real(
    db: Database, how: str
) -> None:
    two = await two_worlds(db)
    send = await half_a_signal(two.phone)
    if how == "ended by the leader":
        await two.end_it()
    else:
        async with db.begin() as session:
            found = await seat_of(session, two.teacher)
            assert found is not None
            assert await leave(session, found[0], now=NOW)
    assert await two.rows(Conversation) == []
    before = len(await two.told_to(two.coordinator))
    await two.phone.tap(send)
    assert two.phone.toast == chat_texts.EXERCISE_OVER
    assert await two.rows(Signal) == []
    assert len(await two.told_to(two.coordinator)) == before


async def test_a_question_of_the_exercise_that_stayed_behind_takes_no_answer_of_the_city(
    db: Database,
) -> None:
    two = await two_worlds(db)
    await half_a_signal(two.phone)
    async with db.read() as session:
        kept = (await session.exec(select(Conversation))).one().model_dump()
    await two.end_it()
    async with db.begin() as session:
        session.add(Conversation(**kept))
    await two.phone.write("Ook hier is het onrustig.")
    assert await two.rows(Signal) == []
    [talk] = await two.rows(Conversation)
    assert talk.data == kept["data"]


async def test_half_an_event_of_an_exercise_alarms_nobody_once_it_is_over(db: Database) -> None:
    two = await two_worlds(db, SeatRole.COORDINATOR)
    async with db.begin() as session:
        # A real coordinator may start real events, so only the world of the question stops them.
        session.add(RoleGrant(person_id=two.teacher, role=Role.COORDINATOR, granted_at=NOW))
        given = {"type": "brand", "place": "Arnhem", "severity": 3, "lead": 0}
        session.add(
            Conversation(
                chat=CHAT, flow="event", step="line", data=given, is_exercise=True, updated_at=NOW
            )
        )
    await two.end_it()
    await two.phone.write("Brand in een flat in Presikhaaf")
    assert await two.rows(Event) == []


async def test_a_signal_of_one_world_is_refused_under_an_event_of_the_other(db: Database) -> None:
    async with db.begin() as session:
        event = Event(
            title="Oefening", type="algemeen", origin=Origin.MANUAL, detected_at=NOW,
            status=EventStatus.CONFIRMED, is_exercise=True,
        )  # fmt: skip
        session.add(event)
        person = await a_person(session, NOW, chat=str(CHAT))
        draft = Draft(
            event_id=event.id, district="stad", setting=Setting.CLASSROOM,
            kinds=(SignalKind.RUMOUR,), severity=2,
        )  # fmt: skip
        for is_exercise in (False, True):
            given = {
                "organisation_id": person.organisation_id, "domain": Domain.EDUCATION,
                "reply": None, "sealer": SEALER, "settings": SignalSettings(),
                "is_exercise": is_exercise, "now": NOW,
            }  # fmt: skip
            if is_exercise:
                await tell(session, draft, **given)
            else:
                with pytest.raises(DraftError):
                    await tell(session, draft, **given)
        found = await session.exec(select(Signal.is_exercise).order_by(col(Signal.id)))
        assert found.all() == [True]


async def test_a_real_half_told_signal_that_a_tap_in_the_exercise_replaces_is_not_lost_silently(
    db: Database,
) -> None:
    async with db.begin() as session:
        teacher = (await a_person(session, NOW, chat=str(CHAT))).id or 0
    phone = Telephone(db, CHAT, NOW)
    await phone.command("/signaal")
    for label in FIRST_STEPS:
        await phone.press(label)
    await play(db, {teacher: SeatRole.READER}, now=NOW)
    await phone.command("/help")
    assert not [text for _, text in await phone.said() if "Er is niets van bewaard" in text]
    await phone.command("/signaal")
    told = [(world, text) for world, text in await phone.said() if "Er is niets van" in text]
    assert len(told) == 1
    assert "Wat u in het echt invulde (uw signaal), is weg." in told[0][1]
    async with db.read() as session:
        [talk] = (await session.exec(select(Conversation))).all()
    assert talk.is_exercise


async def test_a_command_in_an_exercise_is_of_it_also_while_a_real_question_is_open(
    db: Database,
) -> None:
    async with db.begin() as session:
        person = await a_person(session, NOW, chat=str(CHAT), role=Role.COORDINATOR)
        number = person.id or 0
    phone = Telephone(db, CHAT, NOW)
    await phone.command("/signaal")
    for label in FIRST_STEPS:
        await phone.press(label)
    await play(db, {number: SeatRole.COORDINATOR}, now=NOW)
    await phone.command("/gebeurtenis Brand in een flat")
    async with db.read() as session:
        [talk] = (await session.exec(select(Conversation))).all()
    assert (talk.flow, talk.is_exercise) == ("event", True)


async def test_the_file_of_a_contact_holds_what_stands_under_whom_they_played(db: Database) -> None:
    two = await two_worlds(db)
    await half_a_signal(two.phone)
    async with db.read() as session:
        file = await export_contact(session, await session.get_one(Person, two.teacher))
    [played] = file["played"]
    assert played["person"]["is_exercise"]
    assert [one["address"] for one in played["channel"]] == [str(CHAT)]


async def test_who_is_merged_during_an_exercise_still_hears_that_it_is_over(db: Database) -> None:
    two = await two_worlds(db)
    async with db.begin() as session:
        gone = await session.get_one(Person, two.teacher)
        keep = Person(
            organisation_id=gone.organisation_id, name="Docent", created_at=NOW,
            audiences=list(gone.audiences),
        )  # fmt: skip
        session.add(keep)
        await session.flush()
        await merge_people(session, keep, gone, who=SYSTEM, now=NOW)
        await move_seats(session, keep, gone)
        number = keep.id or 0
        assert await seat_of(session, number) is not None
    await two.end_it()
    assert [one.address for one in await two.told_to(number)] == [str(CHAT)]


async def test_a_group_of_members_of_the_exercise_ends_with_it_and_is_told(db: Database) -> None:
    two = await two_worlds(db)
    async with db.begin() as session:
        player = (await session.exec(select(Person).where(col(Person.is_exercise)))).first()
        assert player is not None
        exercise = await session.get_one(Exercise, two.exercise)
        event = Event(
            title="Oefening", type="algemeen", origin=Origin.MANUAL, detected_at=NOW,
            status=EventStatus.CONFIRMED, is_exercise=True,
        )  # fmt: skip
        session.add(event)
        await session.flush()
        exercise.event_id = event.id
        group = PeerGroup(
            event_id=event.id or 0, topic=PeerTopic.PARENTS, made_at=NOW, is_exercise=True
        )
        session.add(group)
        await session.flush()
        session.add(
            PeerSeat(
                group_id=group.id or 0, person_id=player.id or 0, status=SeatStatus.IN,
                asked_at=NOW,
            )
        )  # fmt: skip
    await two.end_it()
    assert [one.status for one in await two.rows(PeerGroup)] == [PeerStatus.ENDED]
    assert any(ENDED in str(one.content) for one in await two.rows(Message))
