"""Whatever people do, an exercise reaches who said yes and is still in, and nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import utc_now
from bot.exercise import seat_texts as texts
from bot.exercise.leading import begin, end, set_off
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatRole
from bot.exercise.scripts import shipped
from bot.exercise.seats import ask_people, leave, say_no, say_yes
from contacts.directory import Channel, ChannelKind, Person
from contacts.outbox import MessageKind
from contacts.records import Database
from contacts.sending import tell_people
from contacts.transport import Outgoing
from tests import stores
from tests.exercise_world import SCRIPT
from tests.outbox_world import BOTH as OUTBOX_BOTH
from tests.outbox_world import CHAT, Scripted, a_person, a_pump, running, statuses, until

NOW = utc_now()
PEOPLE = 4
ACTS = st.tuples(
    st.sampled_from(["ask", "yes", "no", "leave", "brief", "start", "end"]),
    st.integers(0, PEOPLE - 1),
)


@dataclass
class Model:
    """What should be so: whom was asked, and who is in now."""

    db: Database
    sent: tuple[Scripted, Scripted]
    people: list[int]
    exercise_id: int
    asked: set[int] = field(default_factory=set)
    inside: set[int] = field(default_factory=set)
    runs: bool = False
    is_over: bool = False

    async def act(self, what: str, number: int) -> None:
        for one in self.sent:
            one.sent.clear()
        async with self.db.begin() as session:
            await self._act(session, what, number)
        async with running(a_pump(self.db, *self.sent)):
            await until(
                self.db, lambda rows: not {"planned", "claimed", "sending"} & {*statuses(rows)}
            )
        allowed = {address_of(one) for one in self.inside} if self.runs else set()
        for outgoing in [one for each in self.sent for one in each.sent]:
            told = content_text(outgoing)
            if outgoing.is_exercise:
                assert outgoing.address in allowed, (what, number)
            elif texts.ASK_TITLE in told or texts.ASK_SUBJECT in told:
                assert (what, outgoing.address) == ("ask", address_of(number))
            else:
                assert what == "end"
                assert (texts.OVER_TITLE if self.runs else texts.OFF_TITLE) in told

    async def _act(self, session: AsyncSession, what: str, number: int) -> None:
        exercise = await session.get_one(Exercise, self.exercise_id)
        if what == "ask" and not self.is_over:
            self.asked.add(number)
            await ask_people(
                session, exercise, {self.people[number]: SeatRole.READER}, who=LEADER, now=NOW
            )
        elif what == "brief":
            everybody = list((await session.exec(select(Person))).all())
            await tell_people(
                session,
                everybody,
                OUTBOX_BOTH,
                kind=MessageKind.BRIEFING,
                is_exercise=True,
                now=NOW,
            )
        elif what == "start" and not self.runs and not self.is_over:
            self.runs = True
            await set_off(session, exercise, who=LEADER, now=NOW)
        elif what == "end" and not self.is_over:
            self.is_over, self.inside = True, set()
            await end(session, exercise, ExerciseStatus.STOPPED, who=LEADER, now=NOW)
        elif what in ("yes", "no", "leave"):
            await self._answer(session, what, number)

    async def _answer(self, session: AsyncSession, what: str, number: int) -> None:
        found = await session.exec(select(Seat).where(col(Seat.person_id) == self.people[number]))
        seat = found.first()
        if seat is None:
            return
        done = await {"yes": say_yes, "no": say_no, "leave": leave}[what](session, seat, now=NOW)
        if done and what == "yes":
            self.inside.add(number)
        elif done:
            self.inside.discard(number)


def address_of(number: int) -> str:
    """Of two addresses the one that is tried first, so asked: a telephone, or for some their mail.

    The other one stays out of the exercise.
    """
    return str(900 + number) if number % 2 == 0 else f"p{number}@school.example"


def content_text(outgoing: Outgoing) -> str:
    form = outgoing.content
    return (
        form.telegram.text if form.telegram is not None else str(form.email and form.email.subject)
    )


@settings(max_examples=25)
@given(acts=st.lists(ACTS, min_size=3, max_size=10))
def test_an_exercise_reaches_only_who_said_yes_and_is_still_in(acts: list[tuple[str, int]]) -> None:
    async def play() -> None:
        async with stores.clean_database() as db:
            model = await a_model(db)
            for what, number in acts:
                await model.act(what, number)

    asyncio.run(play())


async def a_model(db: Database) -> Model:
    async with db.begin() as session:
        people = []
        for number in range(PEOPLE):
            person = await a_person(
                session, NOW, chat=str(900 + number), mail=f"p{number}@school.example"
            )
            found = await session.exec(select(Channel).where(col(Channel.person_id) == person.id))
            for channel in found.all():
                channel.rank = int(channel.address != address_of(number))
            people.append(person.id or 0)
        exercise = await begin(
            session, shipped()[SCRIPT], speed=1, who=LEADER, now=NOW, is_gathering=True
        )
        assert exercise is not None
        number = exercise.id or 0
    return Model(db, (Scripted(CHAT), Scripted(ChannelKind.EMAIL)), people, number)
