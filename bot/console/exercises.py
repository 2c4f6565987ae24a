"""Oefenen: choose a scenario, lead it in time, and read the score card. No persons on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import exercise_texts as words
from bot.console.doors import Door, StalePage, Visit
from bot.console.exercise_people import desk_of, exercise_in_path
from bot.exercise import leading_texts, texts
from bot.exercise.choosing import replay as replay_script
from bot.exercise.choosing import replays_of
from bot.exercise.current import open_exercise
from bot.exercise.leading import end, move_on
from bot.exercise.marks import card_of, event_of
from bot.exercise.pace import minute_at, next_inject
from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.scripts import Script, script_of, shipped
from bot.exercise.seats import OPEN
from bot.exercise.starting import NotBegun, begin_with, cast_of
from contacts.permissions import Permission
from feeds.rows import Event

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
        speeds=leading_texts.SPEEDS,
        running=await open_exercise(visit.session),
        earlier=[one for one in found.all() if one.status not in OPEN],
        replays=await replays_of(visit.session, is_exercise=visit.actor.is_exercise),
        can_ask=not visit.actor.is_exercise,
        people=await cast_of(visit.session),
        statuses=texts.STATUSES,
        not_held=texts.NOT_HELD,
        minutes=texts.minutes,
    )


async def start(visit: Visit) -> Response:
    """``POST /oefenen/begin``: a shipped scenario, at a pace."""
    script = shipped().get(visit.text("scenario"))
    if script is None:
        return await _page(visit, status=422, error=leading_texts.NO_SCENARIO)
    return await _begin(visit, script)


async def replay(visit: Visit) -> Response:
    """``POST /oefenen/naspelen``: an event of earlier, as an exercise."""
    number, is_exercise = visit.number("gebeurtenis"), visit.actor.is_exercise
    script = await replay_script(visit.session, number, is_exercise=is_exercise)
    if script is None:
        return await _page(visit, status=422, error=leading_texts.NO_SCENARIO)
    return await _begin(visit, script)


async def _begin(visit: Visit, script: Script) -> Response:
    speed = SPEEDS.get(visit.text("tempo"), 1.0)
    asks = visit.text("wie") == "vragen" and not visit.actor.is_exercise
    begun = await begin_with(
        visit.session, script, speed=speed, is_gathering=asks, who=visit.actor.who, now=visit.now
    )
    if isinstance(begun, NotBegun):
        status = 422 if begun is NotBegun.NO_CAST else 409
        return await _page(visit, status=status, error=leading_texts.NOT_BEGUN[begun])
    done = "exercise_gathering" if asks else "exercise_begun"
    return visit.back(f"{PAGE}/{begun.id}", done=done)


async def show_exercise(visit: Visit) -> Response:
    """``GET /oefenen/{number}``: how it goes, and the card."""
    exercise = await exercise_in_path(visit)
    script = script_of(exercise.script)
    until = exercise.ended_at or visit.now
    coming = next_inject(exercise, script)
    card = exercise.card or (await card_of(visit.session, exercise, now=visit.now)).as_row()
    return visit.show(
        "oefening.html",
        exercise=exercise,
        script=script,
        minute=texts.minutes(minute_at(exercise, until)),
        injects=_inject_views(script, exercise.injected),
        coming=texts.minutes(coming.at_min) if coming is not None else "",
        event=await _event(visit, exercise),
        is_running=exercise.status is ExerciseStatus.RUNNING,
        is_gathering=exercise.status is ExerciseStatus.GATHERING,
        desk=await desk_of(visit, exercise),
        card=card,
        alerted=texts.alerted_lines(card),
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


async def skip(visit: Visit) -> Response:
    """``POST …/verder``: the next inject now."""
    exercise = await exercise_in_path(visit)
    moved = await move_on(visit.session, exercise, who=visit.actor.who, now=visit.now)
    return visit.back(f"{PAGE}/{exercise.id}", done="exercise_moved_on" if moved else "")


async def finish(visit: Visit) -> Response:
    """``POST …/klaar``."""
    return await _end(visit, ExerciseStatus.ENDED)


async def stop(visit: Visit) -> Response:
    """``POST …/stoppen``: broken off, or called off while it gathers; ``stand`` is as seen."""
    if visit.text("stand") != (await exercise_in_path(visit)).status.value:
        raise StalePage
    return await _end(visit, ExerciseStatus.STOPPED)


async def _end(visit: Visit, status: ExerciseStatus) -> Response:
    exercise = await exercise_in_path(visit)
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
