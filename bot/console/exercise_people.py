"""Oefenen with real people: whom to ask, who said yes, and off it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import col, or_, select
from starlette.responses import Response

from bot.carrying import working_kinds
from bot.console import exercise_texts as words
from bot.console.doors import Door, Visit
from bot.exercise import leading_texts, seat_texts
from bot.exercise.lending import RIGHTS
from bot.exercise.reaching import TO_CALL, Reaching, reached
from bot.exercise.rows import Exercise, Seat, SeatRole, SeatStatus
from bot.exercise.seats import OPEN, ask_people, seats_of
from bot.exercise.starting import MACHINE, gathered_of, start_clock_of
from briefings.moments import at_clock
from contacts.directory import Channel, ChannelKind, ChannelStatus, Organisation, Person, RoleGrant
from contacts.former_names import named_like
from contacts.permissions import Permission

#: so many people on one page; the rest is found by searching
SHOWN = 30
FIELD = "rol-"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked, and what they said or how far the question came.

    ``calls``: whether a person has to call them, at ``phone`` when one is known.
    """

    name: str
    role: str
    status: str
    phone: str = ""
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked, and as what: who leads or approves does so in Telegram."""

    id: int
    name: str
    where: str
    roles: dict[str, str]


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
    seats = await seats_of(visit.session, exercise)
    can_ask = exercise.status in OPEN and not visit.actor.is_exercise
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    gathered = await gathered_of(visit.session, exercise)
    return Desk(
        asked=[] if visit.actor.is_exercise else await _asked(visit, exercise, seats),
        candidates=await _candidates(visit, seats, search) if can_ask else (),
        search=search,
        joined=gathered.joined,
        missing=[seat_texts.ROLES[role] for role in gathered.missing],
        machine={role.value: leading_texts.MACHINE[role] for role in gathered.for_machine},
        can_ask=can_ask,
    )


async def _asked(visit: Visit, exercise: Exercise, seats: Sequence[Seat]) -> list[Asked]:
    found = await visit.session.exec(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_([seat.person_id for seat in seats]))
    )
    people = {person.id: (person, place) for person, place in found.all()}
    kinds = working_kinds(visit.parts.config)
    waiting = [seat for seat in seats if seat.status is SeatStatus.ASKED]
    if exercise.status not in OPEN:
        waiting = []
    came = await reached(visit.session, waiting, kinds)
    missing = words.AND.join(seat_texts.MISSING[one] for one in ChannelKind if one not in kinds)
    return [
        _line(seat, people.get(seat.person_id), came.get(seat.id or 0), missing) for seat in seats
    ]


def _line(
    seat: Seat, who: tuple[Person, Organisation] | None, came: Reaching | None, missing: str
) -> Asked:
    """One line of the page. Pure. ``came``: None once they answered, or when it is over."""
    status = seat_texts.STATUSES[seat.status]
    if came is not None:
        status = seat_texts.REACHED[came].format(missing=missing)
    person, place = who or (None, None)
    return Asked(
        f"{person.name}, {place.name}" if person and place else "",
        seat_texts.ROLES[seat.role],
        status,
        (person.phone or place.phone or "") if person and place else "",
        came in TO_CALL,
    )


async def _candidates(visit: Visit, seats: Sequence[Seat], search: str) -> list[Candidate]:
    """Real people with a channel that works and no seat yet, those with rights in front."""
    has_way = select(Channel.person_id).where(
        col(Channel.status) == ChannelStatus.ACTIVE, col(Channel.is_exercise).is_(False)
    )
    has_right = col(Person.id).in_(select(RoleGrant.person_id))
    query = (
        select(Person, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.is_exercise).is_(False),
            col(Person.left_at).is_(None),
            col(Person.id).in_(has_way),
            col(Person.id).not_in([seat.person_id for seat in seats]),
        )
    )
    if search:
        query = query.where(
            or_(col(Person.name).icontains(search), named_like(search),
                col(Person.function).icontains(search))
        )  # fmt: skip
    found = await visit.session.exec(
        query.order_by(has_right.desc(), col(Organisation.name), col(Person.name)).limit(SHOWN)
    )
    people = found.all()
    chats = await _with_telegram(visit, [person.id or 0 for person, _ in people])
    return [
        Candidate(
            person.id or 0,
            person.name,
            ", ".join(filter(None, (person.function, place))),
            _offered(has_chat=person.id in chats),
        )
        for person, place in people
    ]


async def _with_telegram(visit: Visit, people: Sequence[int]) -> set[int]:
    found = await visit.session.exec(
        select(Channel.person_id).where(
            col(Channel.person_id).in_(people),
            col(Channel.kind) == ChannelKind.TELEGRAM,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
    )
    return set(found.all())


def _offered(*, has_chat: bool) -> dict[str, str]:
    """What somebody can be asked as, the reader first. Pure."""
    return {
        role.value: seat_texts.ROLES[role]
        for role in reversed(SeatRole)
        if has_chat or role not in RIGHTS
    }


async def ask(visit: Visit) -> Response:
    """``POST /oefenen/{number}/vragen``: the roles that were chosen, each to one person."""
    exercise = await exercise_in_path(visit)
    if exercise.status not in OPEN or visit.actor.is_exercise:
        return visit.back(f"/oefenen/{exercise.id}", done="")
    roles = {
        int(name.removeprefix(FIELD)): SeatRole(values[0])
        for name, values in visit.fields.items()
        if name.startswith(FIELD) and values and values[0]
    }
    at = _moment(visit)
    if at is None and (visit.text("dag") or visit.text("tijd")):
        return visit.back(f"/oefenen/{exercise.id}", done="exercise_no_moment")
    kinds = working_kinds(visit.parts.config)
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
    except ValueError:
        return None
    at = at_clock(on, clock)
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
