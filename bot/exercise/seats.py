"""Real people in an exercise: asked first, in only by their own yes, out whenever they want.

The question and the word that it is over are real messages to a real person. All in between goes
to whom they play: somebody in the world of the exercise, with the address of their yes, lent when
the clock starts and closed when they stop. So the list of the exercise is exactly who said yes.

The journal keeps how many were asked and moved; never who said yes, no or stop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.chat.buttons import data
from bot.exercise import seat_texts as texts
from bot.exercise.lending import RIGHTS, lend, take_out, way_of_yes, ways_of
from bot.exercise.reaching import lasts
from bot.exercise.rows import SEAT_MOVES, Exercise, ExerciseStatus, Seat, SeatRole, SeatStatus
from bot.exercise.texts import minutes
from briefings.moments import far_moment
from contacts.directory import ChannelKind, Person
from contacts.filling import OWN_PAGE
from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.records import move
from contacts.sending import tell_people

SEAT = "exseat"
OPEN = (ExerciseStatus.GATHERING, ExerciseStatus.RUNNING)


async def ask_people(
    session: AsyncSession,
    exercise: Exercise,
    roles: Mapping[int, SeatRole],
    *,
    who: Who,
    now: datetime,
    at: datetime | None = None,
    kinds: Collection[ChannelKind] = frozenset(ChannelKind),
) -> list[Seat]:
    """Ask these people, by their own first channel; who cannot be reached or was asked is left out.

    Who is to lead or approve is asked in Telegram, where they would do it.

    :param roles: the number of a real person → as what.
    :param at: when it will be played, if that was said.
    :param kinds: of channel that this installation can send by; another one only where there is
        nothing else.
    """
    away = next((one for one in ChannelKind if one not in kinds), None)
    seats = []
    known = {seat.person_id for seat in await seats_of(session, exercise)}
    for person_id, role in roles.items():
        person = await session.get(Person, person_id)
        if person is None or person.is_exercise or person.left_at is not None:
            continue
        ways = await ways_of(session, person_id, role)
        if person_id in known or not ways:
            continue
        ways = sorted(ways, key=lambda way: way.kind is away)
        seat = Seat(
            exercise_id=exercise.id or 0, person_id=person_id, role=role, channel_id=ways[0].id,
            asked_at=now,
        )  # fmt: skip
        session.add(seat)
        await session.flush()
        seats.append(seat)
        content = _question(exercise, seat, at, now)
        await tell_people(
            session, [person], content, kind=MessageKind.NOTICE, is_exercise=False, avoid=away,
            now=now,
        )  # fmt: skip
    write_journal(
        session, who=who, action="exercise_people_asked", subject=f"exercise:{exercise.id}",
        detail={"count": len(seats)}, now=now,
    )  # fmt: skip
    return seats


async def say_yes(
    session: AsyncSession, seat: Seat, *, now: datetime, chat: int | None = None
) -> bool:
    """They take part once the clock runs; False when it is over, or they answered before.

    :param chat: where they said it; else they said it on a page, about the address asked.
    """
    exercise = await session.get_one(Exercise, seat.exercise_id)
    person = await session.get_one(Person, seat.person_id)
    if seat.status is not SeatStatus.ASKED or exercise.status not in OPEN or person.left_at:
        return False
    way = await way_of_yes(session, seat, chat)
    if way is None:
        return False
    await move(
        session, SEAT_MOVES, seat, SeatStatus.JOINED, who=SYSTEM,
        action="exercise_joined", now=now, channel_id=way.id, answered_at=now,
    )  # fmt: skip
    if exercise.status is ExerciseStatus.RUNNING:
        await _let_in(session, exercise, seat, now=now)
    return True


async def let_in(session: AsyncSession, exercise: Exercise, *, now: datetime) -> None:
    """The clock starts: everybody who said yes plays from here on, and not a moment before."""
    for seat in await seats_of(session, exercise):
        if seat.status is SeatStatus.JOINED and seat.player_id is None:
            await _let_in(session, exercise, seat, now=now)


async def _let_in(session: AsyncSession, exercise: Exercise, seat: Seat, *, now: datetime) -> None:
    player = await lend(session, seat, now=now)
    if player is not None:
        await tell_people(
            session, [player], _welcome(exercise, seat), kind=MessageKind.NOTICE,
            is_exercise=True, now=now,
        )  # fmt: skip


async def say_no(session: AsyncSession, seat: Seat, *, now: datetime) -> bool:
    """Not in; False when they answered before."""
    if seat.status is not SeatStatus.ASKED:
        return False
    await move(
        session, SEAT_MOVES, seat, SeatStatus.REFUSED, who=SYSTEM,
        action="exercise_refused", now=now, answered_at=now,
    )  # fmt: skip
    return True


async def leave(session: AsyncSession, seat: Seat, *, now: datetime) -> bool:
    """Out, at once; False when they were not in."""
    if seat.status is not SeatStatus.JOINED:
        return False
    await take_out(session, seat, SeatStatus.LEFT, who=SYSTEM, now=now)
    return True


async def release(session: AsyncSession, exercise: Exercise, *, who: Who, now: datetime) -> None:
    """The exercise is over: everybody is out, and those who were in hear that all is real again."""
    for seat in await seats_of(session, exercise):
        if seat.status is SeatStatus.ASKED:
            await move(
                session, SEAT_MOVES, seat, SeatStatus.OVER, who=who, action="exercise_seat_over",
                now=now,
            )  # fmt: skip
        elif seat.status is SeatStatus.JOINED:
            await take_out(session, seat, SeatStatus.OVER, who=who, now=now)
            person = await session.get_one(Person, seat.person_id)
            await tell_people(
                session, [person], _goodbye(exercise, seat), kind=MessageKind.NOTICE,
                is_exercise=False, now=now,
            )  # fmt: skip


async def seats_of(session: AsyncSession, exercise: Exercise) -> Sequence[Seat]:
    """Everybody who was asked, in the order of asking."""
    found = await session.exec(
        select(Seat).where(col(Seat.exercise_id) == exercise.id).order_by(col(Seat.id))
    )
    return found.all()


async def seat_of(session: AsyncSession, person_id: int) -> tuple[Seat, Exercise] | None:
    """The seat that this person, real or played, can still say something about."""
    found = await session.exec(
        select(Seat, Exercise)
        .join(Exercise, col(Exercise.id) == col(Seat.exercise_id))
        .where(
            (col(Seat.person_id) == person_id) | (col(Seat.player_id) == person_id),
            col(Seat.status).in_((SeatStatus.ASKED, SeatStatus.JOINED)),
            col(Exercise.status).in_(OPEN),
        )
        .order_by(col(Seat.id).desc())
    )
    return found.first()


def places_played() -> SelectOfScalar[int]:
    """Asks for the organisations of everybody who was ever played."""
    return select(Person.organisation_id).join(Seat, col(Seat.player_id) == col(Person.id))


async def players_of(session: AsyncSession, person_id: int) -> list[Person]:
    """Everybody this person ever played; they go with them."""
    found = await session.exec(
        select(Person)
        .join(Seat, col(Seat.player_id) == col(Person.id))
        .where(col(Seat.person_id) == person_id)
    )
    return list(found.all())


def _question(exercise: Exercise, seat: Seat, at: datetime | None, now: datetime) -> Content:
    role = texts.ROLES[seat.role]
    when = texts.AT.format(moment=far_moment(at, now)) if at is not None else texts.AT_ANY_TIME
    if exercise.status is ExerciseStatus.RUNNING:
        when = texts.RUNS_ALREADY
    lines = [
        line.format(title=exercise.title, role=role, when=when, lasts=minutes(lasts(exercise)))
        for line in texts.ASK_LINES
    ]
    buttons = [[Button(texts.YES, data(SEAT, seat.id, "yes"))],
               [Button(texts.NO, data(SEAT, seat.id, "no"))]]  # fmt: skip
    content = _content(texts.ASK_TITLE, texts.ASK_SUBJECT, lines, buttons, texts.ASK_LINK)
    return replace(content, email=None) if seat.role in RIGHTS else content


def _welcome(exercise: Exercise, seat: Seat) -> Content:
    role = texts.ROLES[seat.role]
    lines = [line.format(title=exercise.title, role=role) for line in texts.WELCOME_LINES]
    buttons = [[Button(texts.STOP, data(SEAT, seat.id, "stop"))]]
    return _content(texts.WELCOME_TITLE, texts.WELCOME_SUBJECT, lines, buttons, texts.WELCOME_LINK)


def _goodbye(exercise: Exercise, seat: Seat) -> Content:
    if seat.player_id is None:
        lines = [line.format(title=exercise.title) for line in texts.OFF_LINES]
        return _content(texts.OFF_TITLE, texts.OFF_SUBJECT, lines)
    lines = [line.format(title=exercise.title) for line in texts.OVER_LINES]
    return _content(texts.OVER_TITLE, texts.OVER_SUBJECT, lines)


def _content(
    title: str,
    subject: str,
    lines: Sequence[str],
    buttons: Sequence[list[Button]] = (),
    link: str = "",
) -> Content:
    """Both forms; ``link``: what the way to the own page is called in a mail. Pure."""
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    said = [*lines, *([f"{link}: {OWN_PAGE}"] if link else ())]
    way = f'<p><a href="{OWN_PAGE}">{escape(link)}</a></p>' if link else ""
    return Content(
        telegram=TelegramForm(
            text="\n".join([f"<b>{escape(title)}</b>", *map(escape, lines)]),
            buttons=[list(row) for row in buttons],
        ),
        email=EmailForm(subject=subject, text="\n\n".join(said) + "\n", html=html + way),
    )
