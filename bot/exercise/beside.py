"""Something real happens while people play: the alert says so, and offers to stop the play."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.exercise import seat_texts as texts
from bot.exercise.rows import Exercise, ExerciseStatus, Seat, SeatStatus
from contacts.directory import Person, Role
from contacts.filling import BASE
from contacts.journal import JournalEntry
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import people_with
from contacts.sending import tell_people
from feeds.rows import Event

STOP = "exstop"
#: from here on an alert asks so much of people that they cannot play beside it
GRAVE = 4
_BEGINNINGS = ("exercise_begun", "exercise_gathering")


async def played_now(session: AsyncSession) -> Exercise | None:
    """The exercise that runs with real people in it, on their own telephones."""
    found = await session.exec(
        select(Exercise)
        .join(Seat, col(Seat.exercise_id) == col(Exercise.id))
        .where(
            col(Exercise.status) == ExerciseStatus.RUNNING,
            col(Seat.status) == SeatStatus.JOINED,
        )
        .limit(1)
    )
    return found.first()


async def offer_to_stop(session: AsyncSession, event: Event, *, now: datetime) -> bool:
    """Ask who began the exercise, and the real coordinators, whether to stop it; by one tap."""
    severity = event.suggested_severity
    is_grave = severity >= GRAVE and not event.is_exercise
    exercise = await played_now(session) if is_grave else None
    if exercise is None:
        return False
    people = {
        one.id: one for one in await people_with(session, Role.COORDINATOR, is_exercise=False)
    } | {one.id: one for one in await _leaders(session, exercise)}
    told = await tell_people(
        session, list(people.values()), _offer(exercise, severity), kind=MessageKind.NOTICE,
        is_exercise=False, now=now,
    )  # fmt: skip
    return bool(told)


def _offer(exercise: Exercise, severity: int) -> Content:
    """A button in the chat; who has only mail gets the way to the button at the desk. Pure."""
    line = texts.REAL_BESIDE.format(severity=severity)
    page = f"{BASE}/oefenen/{exercise.id}"
    return Content(
        telegram=TelegramForm(
            text=line, buttons=[[Button(texts.STOP_IT, data(STOP, exercise.id))]]
        ),
        email=EmailForm(
            subject=texts.BESIDE_SUBJECT,
            text=f"{line}\n\n{texts.STOP_MAIL}\n\n{page}\n",
            html=f"<p>{line}</p><p>{texts.STOP_MAIL}</p>"
            f'<p><a href="{page}">{texts.STOP_IT}</a></p>',
        ),
    )


async def _leaders(session: AsyncSession, exercise: Exercise) -> list[Person]:
    """Who began it, as the journal has it, and is still on the list."""
    found = await session.exec(
        select(JournalEntry.actor).where(
            col(JournalEntry.action).in_(_BEGINNINGS),
            col(JournalEntry.subject) == f"exercise:{exercise.id}",
        )
    )
    numbers = [int(one.partition(":")[2]) for one in found.all() if one.startswith("person:")]
    people = await session.exec(
        select(Person).where(
            col(Person.id).in_(numbers),
            col(Person.is_exercise).is_(False),
            col(Person.left_at).is_(None),
        )
    )
    return list(people.all())
