"""One telephone in two worlds: real updates through the inbox, on a real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import with_delivery
from bot.chat.shown import shown_form
from bot.clock import utc_now
from bot.config import Config
from bot.exercise.leading import begin, set_off
from bot.exercise.playing import LEADER
from bot.exercise.rows import Exercise, Seat, SeatRole
from bot.exercise.scripts import shipped
from bot.exercise.seats import ask_people, say_yes
from bot.handling import handle_update
from bot.inbox import store_updates
from bot.reducing import Reduced
from bot.rows import UpdateKind
from contacts.outbox import Content, Delivery, Message
from contacts.records import Database
from contacts.sealed_words import open_words
from contacts.sealing import Sealer
from contacts.sending import original_of
from tests.outbox_world import a_person

SCRIPT = "aanhoudingen"
SEALER = Sealer(Sealer.new_key())
_NUMBERS = count(1)


@dataclass
class Telephone:
    """What one chat sends, and what stands in it; the only chat of its store."""

    db: Database
    chat: int
    now: datetime
    toast: str | None = None
    config: Config = field(default_factory=Config)

    async def send(self, kind: UpdateKind, **payload: Any) -> None:
        number = next(_NUMBERS)
        update = Reduced(id=number, kind=kind, chat=self.chat, payload=payload)
        await store_updates(self.db, [update], SEALER, now=self.now)
        self.toast = (await handle_update(self.db, number, self.config, SEALER, now=self.now)).toast

    async def command(self, text: str) -> None:
        await self.send(UpdateKind.COMMAND, text=text)

    async def write(self, text: str) -> None:
        await self.send(UpdateKind.TEXT, text=text)

    async def press(self, label: str) -> None:
        """Tap this button on the newest message that has it."""
        await self.tap(await self.button(label))

    async def tap(self, wire: str) -> None:
        await self.send(UpdateKind.TAP, data=wire)

    async def button(self, label: str) -> str:
        """The data of this button, as it goes over the wire."""
        async with self.db.read() as session:
            newest_first = select(Delivery).order_by(col(Delivery.id).desc())
            for delivery in (await session.exec(newest_first)).all():
                original = await original_of(session, delivery.id or 0)
                form = await shown_form(session, original.id or 0)
                for button in [one for row in (form.buttons if form else ()) for one in row]:
                    if label in button.text and button.data is not None:
                        return with_delivery(button.data, original.id or 0)
        raise AssertionError(f"no button {label!r}")

    async def said(self) -> list[tuple[bool, str]]:
        """(is it of the exercise, text as it is read) of everything that was said."""
        async with self.db.read() as session:
            found = (await session.exec(select(Message).order_by(col(Message.id)))).all()
        forms = [
            (one.is_exercise, open_words(Content.from_json(one.content), SEALER).telegram)
            for one in found
        ]
        return [(is_exercise, form.text) for is_exercise, form in forms if form is not None]


async def gather(session: AsyncSession, *, now: datetime) -> Exercise:
    """An exercise that asks people; its clock does not run."""
    exercise = await begin(
        session, shipped()[SCRIPT], speed=1, who=LEADER, now=now, is_gathering=True
    )
    assert exercise is not None
    return exercise


async def seat(
    session: AsyncSession, exercise: Exercise, person: int, role: SeatRole, *, now: datetime
) -> Seat:
    """Asked, and in by their yes."""
    [one] = await ask_people(session, exercise, {person: role}, who=LEADER, now=now)
    assert await say_yes(session, one, now=now)
    return one


async def play(
    db: Database, people: dict[int, SeatRole], *, now: datetime | None = None
) -> tuple[int, list[Seat]]:
    """These people are in an exercise that runs. (number of the exercise, seats)"""
    at = now or utc_now()
    async with db.begin() as session:
        exercise = await gather(session, now=at)
        seats = [await seat(session, exercise, one, role, now=at) for one, role in people.items()]
        await set_off(session, exercise, who=LEADER, now=at)
        return exercise.id or 0, seats


async def a_seated(db: Database, *, now: datetime) -> tuple[int, int, int]:
    """A real person with chat 900 who takes part. (person, player, exercise)"""
    async with db.begin() as session:
        person = (await a_person(session, now, chat="900")).id or 0
    number, [one] = await play(db, {person: SeatRole.READER}, now=now)
    return person, one.player_id or 0, number
