"""*Klopt dit nog?* on somebody's own page: yes, not here any more, and who comes instead."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import asking_texts
from bot.asking import LastAdmin, leave_list, say_right
from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page
from bot.console.pages import explain, parts_of
from bot.console.paths import PERSONAL_PAGE
from bot.console.preferences import on_own_page
from contacts.directory import LONGEST_ADDRESS
from contacts.importing.judging import EMAIL
from contacts.journal import Who
from contacts.notices import as_content, tell_coordinators
from contacts.successors import open_successions, propose

LONGEST = 120


async def say_it_is_right(request: Request) -> Response:
    """``POST /p/{token}/klopt``."""

    async def save(session: AsyncSession, own: Own, fields: Fields) -> None:
        await say_right(session, own.person, now=parts_of(request).clock())

    return await on_own_page(request, save, done="klopt")


async def say_goodbye(request: Request) -> Response:
    """``POST /p/{token}/weg``: the page itself stops working with it, so it says so."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        if first(fields, "zeker") != "ja":
            raise ValueError("not sure")
        who = Who("person", own.person.id)
        await leave_list(session, own.person, parts_of(request).config, who=who, now=now)
        return explain(request, "left_list", status=200)

    try:
        return await act_on_own_page(request, act)
    except LastAdmin:
        return explain(request, "last_admin", status=409)


async def name_successor(request: Request) -> Response:
    """``POST /p/{token}/opvolger``: kept for the desk; nothing goes to the address yet."""
    now = parts_of(request).clock()

    async def save(session: AsyncSession, own: Own, fields: Fields) -> None:
        assert own.organisation.id is not None
        name, email = first(fields, "naam"), first(fields, "e-mail").lower()
        function = first(fields, "functie")
        is_right = name and EMAIL.match(email) and len(email) <= LONGEST_ADDRESS
        if not is_right or max(len(name), len(function)) > LONGEST:
            raise ValueError("not a person with an address")
        places = await open_successions(session, [own.organisation.id])
        number = first(fields, "plek")
        place = next((place for place, _ in places if str(place.id) == number), None)
        if place is None:
            raise ValueError("no such place")
        who = Who("person", own.person.id)
        await propose(session, place, name=name, function=function, email=email, who=who, now=now)
        line = asking_texts.PROPOSED_LINE.format(organisation=own.organisation.name)
        content = as_content(asking_texts.PROPOSED_TITLE, [line])
        await tell_coordinators(
            session, content, may_rest=True, is_exercise=own.person.is_exercise, now=now
        )

    return await on_own_page(request, save, done="opvolger")


ROUTES = (
    Route(f"{PERSONAL_PAGE}/klopt", say_it_is_right, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/weg", say_goodbye, methods=["POST"]),
    Route(f"{PERSONAL_PAGE}/opvolger", name_successor, methods=["POST"]),
)
