"""*Rooster*: who has duty, and who is the back-up, from which moment until which."""

from __future__ import annotations

from datetime import date, datetime, time

from starlette.responses import Response

from bot import rota_texts as texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.rota_form import PAGE, refused, show_page, turn_of
from bot.rota_telling import tell_changed, tell_put_on, tell_taken_off
from briefings.moments import at_clock
from contacts.permissions import Permission
from contacts.rota import Period, RotaPlace, changes, in_turn
from contacts.rota_keeping import RotaRefused, add_turns, change_turn, remove_turn

MOST_WEEKS = 26


async def show_rota(visit: Visit) -> Response:
    """``GET /beheer/rooster``."""
    return await show_page(visit)


async def add(visit: Visit) -> Response:
    """``POST /beheer/rooster``: one period, with hours of its own."""
    period = _period(visit, _place(visit))
    if period is None:
        return await show_page(visit, texts.NO_MOMENT, about="nieuw")
    return await _add(visit, [period], about="nieuw")


async def fill(visit: Visit) -> Response:
    """``POST /beheer/rooster/reeks``: so many weeks, these people in turn."""
    people = visit.numbers("om-de-beurt")
    weeks, at = _weeks(visit), _time(visit.text("wissel-uur"))
    first = _date(visit.text("eerste"))
    if not people:
        return await show_page(visit, texts.NOBODY_CHOSEN, about="reeks")
    if first is None or at is None:
        return await show_page(visit, texts.NO_MOMENT, about="reeks")
    if not 1 <= weeks <= MOST_WEEKS:
        error = texts.TOO_MANY_WEEKS.format(most=MOST_WEEKS)
        return await show_page(visit, error, about="reeks")
    try:
        moments = changes(first, at, weeks)
    except OverflowError:  # the calendar ends before the last week does
        return await show_page(visit, texts.NO_MOMENT, about="reeks")
    periods = in_turn(_place(visit), people, moments)
    return await _add(visit, periods, about="reeks")


async def _add(visit: Visit, periods: list[Period], *, about: str) -> Response:
    try:
        added = await add_turns(
            visit.session, periods, is_exercise=visit.actor.is_exercise, who=visit.actor.who,
            now=visit.now,
        )  # fmt: skip
    except RotaRefused as why:
        person = periods[0].person_id
        return await show_page(visit, await refused(visit, why, person), about=about)
    told = await tell_put_on(visit.session, added, visit.actor, now=visit.now)
    return visit.back(PAGE, done="rota_added" if told else "rota_added_untold")


async def change(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}``: another person, or other hours."""
    turn = await turn_of(visit)
    about = f"p{turn.id}"
    period = _period(visit, turn.place, turn.id or 0)
    if period is None:
        return await show_page(visit, texts.NO_MOMENT, about=about)
    before = Period(turn.place, turn.person_id, turn.starts_at, turn.ends_at, number=turn.number)
    try:
        await change_turn(
            visit.session, turn, period, seen=visit.number("versie"), who=visit.actor.who,
            now=visit.now,
        )  # fmt: skip
    except RotaRefused as why:
        return await show_page(visit, await refused(visit, why, period.person_id), about=about)
    told = await tell_changed(visit.session, before, turn, visit.actor, now=visit.now)
    return visit.back(PAGE, done="rota_changed" if told else "rota_changed_untold")


async def remove(visit: Visit) -> Response:
    """``POST /beheer/rooster/{number}/weg``: asks once, with what happens then."""
    turn = await turn_of(visit)
    seen = visit.number("versie")
    if turn.version != seen:
        raise StalePage
    if visit.text("zeker") != "ja":
        return await show_page(visit, about=f"p{turn.id}", removes=turn)
    await remove_turn(visit.session, turn, seen=seen, who=visit.actor.who, now=visit.now)
    told = await tell_taken_off(visit.session, turn, visit.actor, now=visit.now)
    return visit.back(PAGE, done="rota_removed" if told else "rota_removed_untold")


def _place(visit: Visit) -> RotaPlace:
    """:raises ValueError: the form was tampered with."""
    return RotaPlace(visit.text("plaats"))


def _weeks(visit: Visit) -> int:
    return int(visit.text("weken")) if visit.text("weken").isdecimal() else 0


def _period(visit: Visit, place: RotaPlace, number: int = 0) -> Period | None:
    """What the form says; None without a moment.

    :raises ValueError: the person is no number.
    """
    begin, end = _moment(visit, "van"), _moment(visit, "tot")
    if begin is None or end is None:
        return None
    return Period(place, visit.number("wie"), begin, end, number=number)


def _moment(visit: Visit, name: str) -> datetime | None:
    on, at = _date(visit.text(f"{name}-dag")), _time(visit.text(f"{name}-uur"))
    try:
        return None if on is None or at is None else at_clock(on, at)
    except ValueError:
        return None


def _date(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _time(said: str) -> time | None:
    try:
        return time.fromisoformat(said).replace(tzinfo=None)
    except ValueError:
        return None


DOORS = (
    Door(PAGE, show_rota, Permission.SEE_STATUS),
    Door(PAGE, add, Permission.KEEP_ROTA, "POST"),
    Door(f"{PAGE}/reeks", fill, Permission.KEEP_ROTA, "POST"),
    Door(f"{PAGE}/{{number:int}}", change, Permission.KEEP_ROTA, "POST"),
    Door(f"{PAGE}/{{number:int}}/weg", remove, Permission.KEEP_ROTA, "POST"),
)
