"""The page *Rooster* as it stands, and why a period on it was refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.responses import Response

from bot import rota_texts as texts
from bot.console.doors import Visit
from bot.rota_standing import Standing, in_order, names_of, own_duty, read_standing
from bot.rota_swapping import period_of
from briefings.moments import far_moment, local
from contacts.directory import Organisation, Person
from contacts.rota import RotaPlace, before_of, is_untaken, next_change
from contacts.rota_keeping import RotaRefused, may_stand
from contacts.rota_rows import LONGEST_NOTE, RotaTurn
from contacts.texts import WEEKDAYS

PAGE = "/beheer/rooster"
#: so many people take turns in one series
IN_TURN = 6
WEEKS = 8


async def show_page(
    visit: Visit, error: str = "", *, about: str = "", removes: RotaTurn | None = None
) -> Response:
    """The rota with its forms; ``about``: the form that the error belongs to, with what was
    typed there. ``removes``: the period of which is asked whether it goes."""
    is_exercise, config = visit.actor.is_exercise, visit.parts.config
    standing = await read_standing(visit.session, is_exercise=is_exercise, now=visit.now)
    duty = standing.duty
    before = None if duty is None else before_of(standing.kept, duty)
    known, own_places = await _people(visit)
    people: dict[Any, str] = {**known}
    first = _next_change(standing.turns, WEEKDAYS.index(config.rota.change_day), visit.now)
    return visit.show(
        "rooster.html", status=422 if error else 200, error=error, about=about, words=texts,
        standing=standing, people=people, choices={"": texts.NOBODY} | people,
        turns=standing.turns, lines=in_order(standing, visit.now), own_places=own_places,
        others={key: name for key, name in known.items() if key != visit.actor.person_id},
        first_change=first, change_at=config.rota.change_at, weeks=WEEKS, in_turn=IN_TURN,
        first_called=texts.FIRST[config.rota.first].format(
            minutes=config.alerts.escalate_after_min
        ),
        mine=own_duty(standing.kept, visit.actor.person_id, visit.now), before=before,
        untaken=duty if duty is not None and is_untaken(duty, visit.now) else None,
        longest_note=LONGEST_NOTE, given=_given(visit) if error else {}, on=_day, clock=_clock,
        places=texts.PLACES, removes=removes,
        asks_removal=_asks_removal(visit, standing, removes),
    )  # fmt: skip


def _asks_removal(visit: Visit, standing: Standing, turn: RotaTurn | None) -> list[str]:
    """What happens when this period goes, line by line; of one place nobody else has the same
    hours, so nobody takes it. Pure."""
    if turn is None:
        return []
    now, name = visit.now, standing.name_of(turn)
    then = texts.REMOVE_GAP if turn.place is RotaPlace.DUTY else texts.REMOVE_BACKUP
    begin, end = (far_moment(at, now) for at in (max(turn.starts_at, now), turn.ends_at))
    lines = [
        texts.REMOVE_ASK.format(period=period_of(turn, now), name=name),
        then.format(begin=begin, end=end),
    ]
    if turn.person_id != visit.actor.person_id:
        lines.append(texts.REMOVE_TOLD.format(name=name))
    return [*lines, texts.REMOVE_RATHER]


def _given(visit: Visit) -> dict[str, Any]:
    """What was typed in the form that was refused. Pure."""
    fields: dict[str, Any] = defaultdict(str, {name: visit.text(name) for name in visit.fields})
    fields["om-de-beurt"] = list(visit.fields.get("om-de-beurt", []))
    return fields


def _next_change(turns: Sequence[RotaTurn], day: int, now: datetime) -> str:
    """The day at which a new series begins: where the last one ends, or the next change. Pure."""
    duty = [one.ends_at for one in turns if one.place is RotaPlace.DUTY]
    if duty:
        return _day(max(duty))
    return next_change(day, local(now).date()).isoformat()


async def _people(visit: Visit) -> tuple[dict[int, str], set[RotaPlace]]:
    """Who can be on the rota (who is only an approver says so), and where the visitor can."""
    is_exercise = visit.actor.is_exercise
    duty = await may_stand(visit.session, RotaPlace.DUTY, is_exercise=is_exercise)
    backup = await may_stand(visit.session, RotaPlace.BACKUP, is_exercise=is_exercise)
    names = await _told_apart(visit, list(backup.values()))
    people = {
        number: name if number in duty else texts.ONLY_BACKUP.format(name=name)
        for number, name in names.items()
    }
    own = visit.actor.person_id
    mine = {RotaPlace.DUTY: own in duty, RotaPlace.BACKUP: own in backup}
    return people, {place for place, may_be in mine.items() if may_be}


async def _told_apart(visit: Visit, people: Sequence[Person]) -> dict[int, str]:
    """What they are called; of two with one name, with their organisation and function."""
    count = Counter(person.name for person in people)
    named = {}
    for person in people:
        named[person.id or 0] = person.name
        if count[person.name] > 1:
            home = await visit.session.get_one(Organisation, person.organisation_id)
            more = ", ".join(filter(None, (home.name, person.function)))
            named[person.id or 0] = f"{person.name} ({more})"
    return named


async def refused(visit: Visit, why: RotaRefused, person_id: int) -> str:
    """What is in the way, and what to do about it."""
    other = why.other
    shown = person_id if other is None else other.person_id
    names = await names_of(visit.session, {shown})
    values = {"name": names.get(shown, texts.GONE)}
    if other is not None:
        values |= {
            "place": texts.PLACES[other.place],
            "begin": far_moment(other.starts_at, visit.now),
            "end": far_moment(other.ends_at, visit.now),
        }
    return texts.WHY_NOT[why.why].format(**values)


async def turn_of(visit: Visit) -> RotaTurn:
    """:raises LookupError: there is none in the visitor's own world."""
    turn = await visit.session.get(RotaTurn, visit.in_path())
    if turn is None or turn.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such period")
    return turn


def _day(at: datetime) -> str:
    return local(at).date().isoformat()


def _clock(at: datetime) -> str:
    return f"{local(at):%H:%M}"
