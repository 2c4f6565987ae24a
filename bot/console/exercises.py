"""Oefenen: choose a scenario, lead it in time, and read the score card. No persons on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from starlette.responses import Response

from bot.console import exercise_texts as words
from bot.console.doors import Door, Visit
from bot.exercise import texts
from bot.exercise.leading import begin, end, move_on, running_exercise
from bot.exercise.marks import card_of, event_of
from bot.exercise.pace import minute_at, next_inject
from bot.exercise.replaying import replay_of
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import Script, script_of, shipped
from briefings.rows import FactBlock
from contacts.directory import Organisation, Person
from contacts.permissions import Permission
from feeds.events import items_of
from feeds.lexicon import mask_names
from feeds.rows import Event, EventStatus

PAGE = "/oefenen"
SPEEDS = {"1": 1.0, "5": 5.0, "20": 20.0}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class InjectView:
    """One inject of a script; ``said`` is what players see or hear."""

    number: int
    at: str
    kind: str
    said: str
    is_played: bool


async def show_exercises(visit: Visit) -> Response:
    """``GET /oefenen``."""
    return await _page(visit)


async def _page(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    found = await visit.session.exec(
        select(Exercise).order_by(col(Exercise.id).desc()).limit(SHOWN)
    )
    return visit.show(
        "oefenen.html",
        status=status,
        error=error,
        scripts=list(shipped().values()),
        speeds=words.SPEEDS,
        running=await running_exercise(visit.session),
        earlier=[one for one in found.all() if one.status is not ExerciseStatus.RUNNING],
        replays=await _replays(visit),
        people=await _cast(visit),
        statuses=texts.STATUSES,
        minutes=texts.minutes,
    )


async def _cast(visit: Visit) -> tuple[int, int]:
    """(people, organisations) on the list of the exercise."""
    people = await visit.session.exec(
        select(func.count())
        .select_from(Person)
        .where(col(Person.is_exercise).is_(True), col(Person.left_at).is_(None))
    )
    organisations = await visit.session.exec(
        select(func.count()).select_from(Organisation).where(col(Organisation.is_exercise))
    )
    return people.one(), organisations.one()


async def _replays(visit: Visit) -> Sequence[tuple[int, str]]:
    """Closed events of the visitor's world, the newest first, with their neutral names."""
    found = await visit.session.exec(
        select(Event, FactBlock.neutral_title)
        .outerjoin(FactBlock, col(FactBlock.event_id) == col(Event.id))
        .where(
            col(Event.status) == EventStatus.CLOSED,
            col(Event.is_exercise) == visit.actor.is_exercise,
        )
        .order_by(col(Event.id).desc())
        .limit(SHOWN)
    )
    return [(event.id or 0, name or mask_names(event.title)) for event, name in found.all()]


async def start(visit: Visit) -> Response:
    """``POST /oefenen/begin``: a shipped scenario, at a pace."""
    script = shipped().get(visit.text("scenario"))
    if script is None:
        return await _page(visit, status=422, error=words.NO_SCENARIO)
    return await _begin(visit, script)


async def replay(visit: Visit) -> Response:
    """``POST /oefenen/naspelen``: an event of earlier, as an exercise."""
    number = visit.number("gebeurtenis")
    names = dict(await _replays(visit))
    if number not in names:
        return await _page(visit, status=422, error=words.NO_SCENARIO)
    items = await items_of(visit.session, number)
    return await _begin(visit, replay_of(number, names[number], items))


async def _begin(visit: Visit, script: Script) -> Response:
    speed = SPEEDS.get(visit.text("tempo"), 1.0)
    people, _ = await _cast(visit)
    if not people:
        return await _page(visit, status=422, error=words.NO_CAST)
    exercise = await begin(visit.session, script, speed=speed, who=visit.actor.who, now=visit.now)
    if exercise is None:
        return await _page(visit, status=409, error=words.ONE_RUNS)
    return visit.back(f"{PAGE}/{exercise.id}", done="exercise_begun")


async def show_exercise(visit: Visit) -> Response:
    """``GET /oefenen/{number}``: how it goes, and the card."""
    exercise = await _exercise(visit)
    script = script_of(exercise.script)
    until = exercise.ended_at or visit.now
    coming = next_inject(exercise, script)
    return visit.show(
        "oefening.html",
        exercise=exercise,
        script=script,
        minute=texts.minutes(minute_at(exercise, until)),
        injects=_inject_views(script, exercise.injected),
        coming=texts.minutes(coming.at_min) if coming is not None else "",
        event=await _event(visit, exercise),
        is_running=exercise.status is ExerciseStatus.RUNNING,
        card=exercise.card or (await card_of(visit.session, exercise, now=visit.now)).as_row(),
        words=texts,
    )


def _inject_views(script: Script, played: int) -> list[InjectView]:
    return [
        InjectView(number, texts.minutes(one.at_min), texts.KINDS[one.kind], _said(one),
                   number <= played)
        for number, one in enumerate(script.injects, start=1)
    ]  # fmt: skip


def _said(inject: Any) -> str:
    if inject.kind == "news":
        return str(inject.title)
    if inject.kind == "word":
        return str(inject.text)
    return inject.note or words.SIGNAL_WITHOUT_NOTE.format(domain=texts.DOMAINS[inject.domain])


async def _event(visit: Visit, exercise: Exercise) -> Event | None:
    """Only who is in the world of the exercise can open its event."""
    return await event_of(visit.session, exercise) if visit.actor.is_exercise else None


async def _exercise(visit: Visit) -> Exercise:
    exercise = await visit.session.get(Exercise, visit.in_path())
    if exercise is None:
        raise LookupError("no such exercise")
    return exercise


async def skip(visit: Visit) -> Response:
    """``POST …/verder``: the next inject now."""
    exercise = await _exercise(visit)
    moved = await move_on(visit.session, exercise, who=visit.actor.who, now=visit.now)
    return visit.back(f"{PAGE}/{exercise.id}", done="exercise_moved_on" if moved else "")


async def finish(visit: Visit) -> Response:
    """``POST …/klaar``."""
    return await _end(visit, ExerciseStatus.ENDED)


async def stop(visit: Visit) -> Response:
    """``POST …/stoppen``: broken off; what was still to go out does not go."""
    return await _end(visit, ExerciseStatus.STOPPED)


async def _end(visit: Visit, status: ExerciseStatus) -> Response:
    exercise = await _exercise(visit)
    await end(visit.session, exercise, status, who=visit.actor.who, now=visit.now)
    return visit.back(f"{PAGE}/{exercise.id}", done=f"exercise_{status.value}")


_LEAD = Permission.LEAD_EXERCISE
_ONE = f"{PAGE}/{{number:int}}"
DOORS = (
    Door(PAGE, show_exercises, _LEAD),
    Door(f"{PAGE}/begin", start, _LEAD, "POST"),
    Door(f"{PAGE}/naspelen", replay, _LEAD, "POST"),
    Door(_ONE, show_exercise, _LEAD),
    Door(f"{_ONE}/verder", skip, _LEAD, "POST"),
    Door(f"{_ONE}/klaar", finish, _LEAD, "POST"),
    Door(f"{_ONE}/stoppen", stop, _LEAD, "POST"),
)
