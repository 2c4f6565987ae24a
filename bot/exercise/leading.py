"""Leads an exercise: begins it, plays what is due, moves on, and ends it.

Each inject is played once, also when the house stops in between: news is known by its guid,
and what is a row of our own is written in the transaction that counts it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.exercise import texts
from bot.exercise.current import running_exercise
from bot.exercise.machine import machine_people, made_up_partner
from bot.exercise.marks import card_of, event_of
from bot.exercise.pace import minute_at, next_inject, with_skip
from bot.exercise.rows import EXERCISE_MOVES, Exercise, ExerciseStatus
from bot.exercise.scoring import Verdict
from bot.exercise.scripts import Inject, News, Script, Telling, Word, script_of
from bot.exercise.seats import let_in, places_played, release, seats_of
from contacts.directory import Organisation, Person, Role
from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import (
    DISTRIBUTED,
    Content,
    Message,
    MessageKind,
    MessageStatus,
    TelegramForm,
)
from contacts.people import mark_left
from contacts.permissions import people_with
from contacts.records import Database, move
from contacts.sealing import Sealer
from contacts.sending import Recipient, cancel_message, channels_of, tell_people
from feeds.events import close_event, dismiss_event
from feeds.parsing import Entry
from feeds.polling import Watch
from feeds.rows import RUNNING, DismissReason, Event, EventStatus, Source
from signals.peer_groups import end_groups
from signals.settings import SignalSettings
from signals.telling import Draft, tell

log = logging.getLogger(__name__)

#: slower than a clock helps nobody; faster than this nobody can follow
SPEEDS = (1.0, 60.0)
CODE = "exercise_over"


@dataclass(frozen=True, slots=True)
class Tools:
    """What playing needs of the house."""

    db: Database
    watch: Watch
    sealer: Sealer
    signals: SignalSettings


async def begin(
    session: AsyncSession, script: Script, *, speed: float, who: Who, now: datetime,
    is_gathering: bool = False,
) -> Exercise | None:  # fmt: skip
    """Start a run; None when one is running already. Its news has sources of its own.

    :param is_gathering: people are asked first, and :func:`set_off` starts the clock.

    :raises ValueError: a speed outside :data:`SPEEDS`.
    """
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise ValueError("speed")
    exercise = Exercise(
        title=script.title, script=script.model_dump(mode="json"), speed=speed, started_at=now,
        status=ExerciseStatus.GATHERING if is_gathering else ExerciseStatus.RUNNING,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(exercise)
    except IntegrityError:
        return None
    for outlet in script.outlets:
        session.add(
            Source(
                key=f"oefening-{exercise.id}-{outlet.key}", name=outlet.name, url="",
                trust=outlet.trust, is_paused=True, is_exercise=True, scene=exercise.id,
                next_poll_at=now,
            )
        )  # fmt: skip
    _note(session, exercise, "exercise_gathering" if is_gathering else "exercise_begun", who, now)
    await session.flush()
    return exercise


async def set_off(session: AsyncSession, exercise: Exercise, *, who: Who, now: datetime) -> None:
    """The people are there: the clock starts.

    :raises contacts.records.IllegalMove, StaleMove: it ran already, or is over.
    """
    await move(
        session, EXERCISE_MOVES, exercise, ExerciseStatus.RUNNING, who=who,
        action="exercise_begun", now=now, started_at=now,
    )  # fmt: skip
    await let_in(session, exercise, now=now)


async def move_on(session: AsyncSession, exercise: Exercise, *, who: Who, now: datetime) -> bool:
    """Skip the wait for the next inject; False when there is none to wait for."""
    skips = with_skip(exercise, script_of(exercise.script), now)
    if exercise.status is not ExerciseStatus.RUNNING or skips is None:
        return False
    exercise.skips = skips
    session.add(exercise)
    _note(session, exercise, "exercise_moved_on", who, now)
    await session.flush()
    return True


async def end(
    session: AsyncSession, exercise: Exercise, status: ExerciseStatus, *, who: Who, now: datetime
) -> None:
    """It is over: the card is frozen, and what is still under way stops.

    :raises contacts.records.IllegalMove, StaleMove: it was over already.
    """
    if exercise.status is ExerciseStatus.GATHERING:
        await _call_off(session, exercise, who=who, now=now)
        return
    event = await event_of(session, exercise)
    exercise.event_id = event.id if event is not None else None
    await move(
        session, EXERCISE_MOVES, exercise, status, who=who, action=f"exercise_{status.value}",
        now=now, ended_at=now, only_one=None,
    )  # fmt: skip
    card = await card_of(session, exercise, now=now)
    exercise.card = card.as_row()
    session.add(exercise)
    if event is not None:
        await _put_away(session, event, who=who, now=now)
    await _let_go(session, exercise, who=who, now=now)
    text = render(
        "exercise/over.html",
        title=exercise.title,
        ended=status is ExerciseStatus.ENDED,
        in_time=sum(line.verdict is Verdict.IN_TIME for line in card.lines),
        total=len(card.lines),
    )
    await _say(session, Role.COORDINATOR, text, now=now)
    await session.flush()


async def _call_off(session: AsyncSession, exercise: Exercise, *, who: Who, now: datetime) -> None:
    """It never ran, so there is no card."""
    await move(
        session, EXERCISE_MOVES, exercise, ExerciseStatus.STOPPED, who=who,
        action="exercise_stopped", now=now, ended_at=now, only_one=None,
    )  # fmt: skip
    await _let_go(session, exercise, who=who, now=now)


async def _let_go(session: AsyncSession, exercise: Exercise, *, who: Who, now: datetime) -> None:
    """People and machine are out."""
    await release(session, exercise, who=who, now=now)
    for person in await machine_people(session):
        await mark_left(session, person, who=SYSTEM, now=now)


async def _put_away(session: AsyncSession, event: Event, *, who: Who, now: datetime) -> None:
    found = await session.exec(
        select(Message.id).where(
            col(Message.event_id) == event.id,
            col(Message.kind).in_(DISTRIBUTED),
            col(Message.status).in_([MessageStatus.READY, MessageStatus.HALTED]),
        )
    )
    for message_id in found.all():
        if message_id is not None:
            await cancel_message(session, message_id, who=who, now=now, reason=CODE)
    if event.status is EventStatus.DETECTED:
        await dismiss_event(session, event, DismissReason.OTHER, who=who, now=now)
    elif event.status in RUNNING:
        await close_event(session, event, who=who, now=now)
        await end_groups(session, is_exercise=True, now=now)


async def advance(tools: Tools, *, now: datetime) -> int:
    """Play everything that is due, in order; returns how many injects were played."""
    played = 0
    while True:
        async with tools.db.read() as session:
            exercise = await running_exercise(session)
        if exercise is None:
            return played
        script = script_of(exercise.script)
        coming = next_inject(exercise, script)
        if coming is None or coming.at_min > minute_at(exercise, now) + 1e-6:
            break
        await _play(tools, exercise, coming, now=now)
        played += 1
    if coming is None:
        await _end_when_over(tools.db, exercise, now=now)
    return played


async def _play(tools: Tools, exercise: Exercise, inject: Inject, *, now: datetime) -> None:
    if isinstance(inject, News):
        await _publish(tools, exercise, inject, now)
    async with tools.db.begin() as session:
        if not await _count(session, exercise):
            return
        if isinstance(inject, Word):
            await _say(session, inject.to, render("exercise/word.html", text=inject.text), now=now)
        elif isinstance(inject, Telling):
            await _tell(session, tools, exercise, inject, now=now)


async def _count(session: AsyncSession, exercise: Exercise) -> bool:
    """Whether this inject is ours to play; another process may have been first."""
    done = await session.exec(
        update(Exercise)
        .where(
            col(Exercise.id) == exercise.id,
            col(Exercise.injected) == exercise.injected,
            col(Exercise.status) == ExerciseStatus.RUNNING,
        )
        .values(injected=exercise.injected + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


async def _publish(tools: Tools, exercise: Exercise, news: News, now: datetime) -> None:
    async with tools.db.read() as session:
        found = await session.exec(
            select(Source).where(col(Source.key) == f"oefening-{exercise.id}-{news.outlet}")
        )
        source = found.one()
    entry = Entry(
        guid=f"{exercise.id}-{exercise.injected}", title=news.title, link="", lead=news.lead,
        published_at=now,
    )  # fmt: skip
    await tools.watch.take(source, [entry])


async def _say(session: AsyncSession, role: Role, text: str, *, now: datetime) -> None:
    people = await people_with(session, role, is_exercise=True)
    content = Content(
        telegram=TelegramForm(text=text),
        email=mail_of(render("exercise/word_subject.txt"), text),
    )
    told = await tell_people(
        session, people, content, kind=MessageKind.NOTICE, is_exercise=True, now=now
    )
    if not told:
        log.warning("Nobody to tell", extra={"action": "exercise_word_reaches_nobody"})


async def _tell(
    session: AsyncSession, tools: Tools, exercise: Exercise, inject: Telling, *, now: datetime
) -> None:
    organisation = await _who_tells(session, exercise, inject)
    event = await event_of(session, exercise)
    if organisation is None or organisation.id is None:
        text = texts.NOBODY_TELLS.format(domain=texts.DOMAINS[inject.domain])
        await _say(session, Role.COORDINATOR, text, now=now)
        return
    draft = Draft(
        event_id=event.id if event is not None else None,
        district=inject.district, setting=inject.setting, kinds=inject.kinds,
        severity=inject.severity, note=inject.note,
    )  # fmt: skip
    await tell(
        session, draft, organisation_id=organisation.id, domain=inject.domain,
        reply=await _reply_of(session, organisation.id),
        sealer=tools.sealer, settings=tools.signals, is_exercise=True, now=now,
    )  # fmt: skip


async def _who_tells(
    session: AsyncSession, exercise: Exercise, inject: Telling
) -> Organisation | None:
    """Of the list of exercises; with real people one that is nobody's: they tell for themselves."""
    found = await session.exec(
        select(Organisation)
        .where(
            col(Organisation.is_exercise).is_(True),
            col(Organisation.domain) == inject.domain,
            col(Organisation.id).not_in(places_played()),
        )
        .order_by(col(Organisation.id))
    )
    organisation = found.first()
    if organisation is None and await seats_of(session, exercise):
        partner = await made_up_partner(session, exercise, inject.domain, now=exercise.started_at)
        organisation = await session.get(Organisation, partner.organisation_id)
    return organisation


async def _reply_of(session: AsyncSession, organisation_id: int) -> Recipient | None:
    """Where the answer goes: the first person of the organisation who can be reached."""
    found = await session.exec(
        select(Person.id)
        .where(
            col(Person.organisation_id) == organisation_id,
            col(Person.is_exercise).is_(True),
            col(Person.left_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    for person_id in found.all():
        if person_id is not None and (channels := await channels_of(session, person_id)):
            # As everywhere: an answer finds its way without saying who told.
            return replace(channels[0], person_id=None)
    return None


async def _end_when_over(db: Database, exercise: Exercise, *, now: datetime) -> None:
    """The players closed the event, or decided that it was none: there is nothing left to do."""
    async with db.begin() as session:
        row = await session.get_one(Exercise, exercise.id)
        event = await event_of(session, row)
        over = event is not None and event.status in {EventStatus.CLOSED, EventStatus.DISMISSED}
        if over and row.status is ExerciseStatus.RUNNING:
            await end(session, row, ExerciseStatus.ENDED, who=SYSTEM, now=now)


def _note(session: AsyncSession, exercise: Exercise, action: str, who: Who, now: datetime) -> None:
    write_journal(session, who=who, action=action, subject=f"exercise:{exercise.id}", now=now)
