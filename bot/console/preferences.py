"""Quiet hours and the organisation's back-up, set by the person or at the desk."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, time

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.doors import Door, Visit
from bot.console.forms import Fields, as_number, first
from bot.console.own_page import Own, act_on_own_page, back
from bot.console.pages import parts_of
from bot.console.paths import PERSONAL_PAGE
from bot.console.people import person_in_path
from bot.console.seen import stamp_of_hours
from contacts.directory import Organisation, Person
from contacts.journal import Who
from contacts.people import set_backup
from contacts.permissions import Permission
from contacts.quiet import set_quiet_hours

Save = Callable[[AsyncSession, Own, Fields], Awaitable[None]]
_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]?([0-5]\d)")


class BadHours(ValueError):
    """Only one of the two times, or no time at all."""


def read_hours(fields: Fields) -> tuple[time | None, time | None]:
    """``van`` and ``tot`` of a form; both empty: no quiet hours. Pure.

    :raises BadHours: one of them is missing or is no clock time, or they are the same.
    """
    given = first(fields, "van"), first(fields, "tot")
    if given == ("", ""):
        return None, None
    times = [_CLOCK.fullmatch(text) for text in given]
    if times[0] is None or times[1] is None:
        raise BadHours
    begin, end = (time(int(found[1]), int(found[2])) for found in times if found is not None)
    if begin == end:
        raise BadHours
    return begin, end


async def own_hours(request: Request) -> Response:
    """``POST /p/{token}/rusttijd``."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        try:
            begin, end = read_hours(fields)
        except BadHours:
            return back(request, "uren")
        await set_quiet_hours(session, own.person, begin, end, who=_who(own), now=now)
        return back(request, "rusttijd")

    return await act_on_own_page(request, act)


async def own_backup(request: Request) -> Response:
    """``POST /p/{token}/vervanger``: a colleague of the same organisation, or nobody."""

    async def save(session: AsyncSession, own: Own, fields: Fields) -> None:
        chosen = await _colleague(session, own.organisation, first(fields, "persoon"))
        now = parts_of(request).clock()
        await set_backup(session, own.organisation, chosen, who=_who(own), now=now)

    return await on_own_page(request, save, done="vervanger")


def _who(own: Own) -> Who:
    return Who("person", own.person.id)


async def on_own_page(request: Request, save: Save, *, done: str) -> Response:
    """An act that ends on the page itself, which says that it was ``done``."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        await save(session, own, fields)
        return back(request, done)

    return await act_on_own_page(request, act)


async def _colleague(
    session: AsyncSession, organisation: Organisation, chosen: str
) -> Person | None:
    """:raises ValueError: nobody of this organisation."""
    if not chosen:
        return None
    person = await session.get(Person, as_number(chosen))
    if person is None or person.organisation_id != organisation.id:
        raise ValueError("not of this organisation")
    return person


async def change_hours(visit: Visit) -> Response:
    """``POST /contact/{number}/rusttijd``."""
    person = await person_in_path(visit)
    back = f"/contact/{person.id}"
    await visit.hold(person)
    visit.require_seen(stamp_of_hours(person))
    try:
        begin, end = read_hours(visit.fields)
    except BadHours:
        return visit.back(back, done="hours_like_this")
    who = visit.actor.who
    await set_quiet_hours(visit.session, person, begin, end, who=who, now=visit.now)
    return visit.back(back, done="saved")


async def change_backup(visit: Visit) -> Response:
    """``POST /contact/{number}/vervanger``: of this person's own organisation, or not."""
    person = await person_in_path(visit)
    organisation = await visit.session.get_one(Organisation, person.organisation_id)
    chosen = person if visit.text("doe") == "ja" else None
    await set_backup(visit.session, organisation, chosen, who=visit.actor.who, now=visit.now)
    return visit.back(f"/contact/{person.id}", done="saved")


ROUTES = (
    Route(f"{PERSONAL_PAGE}/rusttijd", own_hours, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/vervanger", own_backup, methods=["POST"]),
)
DOORS = (
    Door("/contact/{number:int}/rusttijd", change_hours, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/vervanger", change_backup, Permission.MANAGE_CONTACTS, "POST"),
)
