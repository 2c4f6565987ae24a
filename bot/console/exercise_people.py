"""Oefenen with real people: whom to ask, who said yes, and off it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from starlette.responses import Response

from bot.carrying import configured_kinds
from bot.console.doors import Door, Visit
from bot.console.forms import as_number
from bot.exercise import leading_texts, seat_texts
from bot.exercise.asking import Asked, Candidate, asked_of, candidates_of
from bot.exercise.reaching import Reaching, reached
from bot.exercise.rows import Exercise, SeatRole
from bot.exercise.seats import OPEN, ask_people
from bot.exercise.starting import MACHINE, gathered_of, start_clock_of
from briefings.moments import at_clock
from contacts.permissions import Permission

#: so many people on one page; the rest is found by searching
SHOWN = 30
FIELD = "rol-"


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands under *Mensen*. ``missing``: roles that nobody took yet, in words."""

    asked: Sequence[Asked]
    candidates: Sequence[Candidate]
    search: str
    joined: int
    missing: Sequence[str]
    machine: dict[str, str]
    can_ask: bool


async def exercise_in_path(visit: Visit) -> Exercise:
    """:raises LookupError: there is none."""
    exercise = await visit.session.get(Exercise, visit.in_path())
    if exercise is None:
        raise LookupError("no such exercise")
    return exercise


async def desk_of(visit: Visit, exercise: Exercise) -> Desk:
    """The people of this exercise; only the real city asks people."""
    kinds = configured_kinds(visit.parts.config)
    can_ask = exercise.status in OPEN and not visit.actor.is_exercise
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    gathered = await gathered_of(visit.session, exercise)
    return Desk(
        asked=() if visit.actor.is_exercise else await asked_of(visit.session, exercise, kinds),
        candidates=await candidates_of(visit.session, exercise, most=SHOWN, search=search)
        if can_ask
        else (),
        search=search,
        joined=gathered.joined,
        missing=[seat_texts.ROLES[role] for role in gathered.missing],
        machine={role.value: leading_texts.MACHINE[role] for role in gathered.for_machine},
        can_ask=can_ask,
    )


async def ask(visit: Visit) -> Response:
    """``POST /oefenen/{number}/vragen``: the roles that were chosen, each to one person."""
    exercise = await exercise_in_path(visit)
    if exercise.status not in OPEN or visit.actor.is_exercise:
        return visit.back(f"/oefenen/{exercise.id}", done="")
    roles = {
        as_number(name.removeprefix(FIELD)): SeatRole(values[0])
        for name, values in visit.fields.items()
        if name.startswith(FIELD) and values and values[0]
    }
    at = _moment(visit)
    if at is None and (visit.text("dag") or visit.text("tijd")):
        return visit.back(f"/oefenen/{exercise.id}", done="exercise_no_moment")
    kinds = configured_kinds(visit.parts.config)
    seats = await ask_people(
        visit.session, exercise, roles, at=at, kinds=kinds, who=visit.actor.who,
        now=visit.now,
    )  # fmt: skip
    came = (await reached(visit.session, seats, kinds)).values()
    done = "exercise_people_asked" if seats else "exercise_nobody_asked"
    if seats and Reaching.ON_ITS_WAY not in came:
        done = "exercise_asking_stuck"
    return visit.back(f"/oefenen/{exercise.id}", done=done)


def _moment(visit: Visit) -> datetime | None:
    """When it will be played; None for a day that is none, or that is over."""
    try:
        on, clock = date.fromisoformat(visit.text("dag")), time.fromisoformat(visit.text("tijd"))
        at = at_clock(on, clock)
    except ValueError:
        return None
    return at if at > visit.now else None


async def start_clock(visit: Visit) -> Response:
    """``POST /oefenen/{number}/start``: whoever said yes is in; who says it later joins then."""
    exercise = await exercise_in_path(visit)
    played = {role for role in MACHINE if visit.text(f"machine-{role.value}") == "ja"}
    started = await start_clock_of(
        visit.session, exercise, played, who=visit.actor.who, now=visit.now
    )
    done = "exercise_begun" if started else "exercise_nobody_yet"
    return visit.back(f"/oefenen/{exercise.id}", done=done)


DOORS = (
    Door("/oefenen/{number:int}/vragen", ask, Permission.LEAD_EXERCISE, "POST"),
    Door("/oefenen/{number:int}/start", start_clock, Permission.LEAD_EXERCISE, "POST"),
)
