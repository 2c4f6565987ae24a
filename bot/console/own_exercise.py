"""On somebody's own page: take part in an exercise, not, or not any more."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.forms import Fields, first
from bot.console.own_page import Own
from bot.console.pages import explain, parts_of
from bot.console.paths import PERSONAL_PAGE
from bot.console.preferences import on_own_page
from bot.exercise.seats import leave, say_no, say_yes, seat_of

ACTS = {"ja": say_yes, "nee": say_no, "stop": leave}


async def answer(request: Request) -> Response:
    """``POST /p/{token}/oefening``; the page of who was played stops working with it."""
    now = parts_of(request).clock()
    said = ""
    is_player = False

    async def save(session: AsyncSession, own: Own, fields: Fields) -> None:
        nonlocal said, is_player
        said = first(fields, "doe")
        found = await seat_of(session, own.person.id or 0)
        if said not in ACTS or found is None:
            raise ValueError("no seat, or no answer")
        is_player = own.person.is_exercise
        if not await ACTS[said](session, found[0], now=now):
            said = "niet"

    response = await on_own_page(request, save, done="oefening")
    if response.status_code != 303:
        return response
    if is_player and said == "stop":
        return explain(request, "left_exercise", status=200)
    response.headers["location"] = f"/p/{request.path_params['token']}?klaar=oefening-{said}"
    return response


ROUTES = (Route(f"{PERSONAL_PAGE}/oefening", answer, methods=["POST"]),)
