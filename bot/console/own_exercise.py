"""On somebody's own page: take part in an exercise, not, or not any more."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page, back
from bot.console.pages import explain
from bot.console.paths import PERSONAL_PAGE
from bot.exercise.seats import leave, say_no, say_yes, seat_of

ACTS = {"ja": say_yes, "nee": say_no, "stop": leave}


async def answer(request: Request) -> Response:
    """``POST /p/{token}/oefening``; the page of who was played stops working with it."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        said = first(fields, "doe")
        found = await seat_of(session, own.person.id or 0)
        if said not in ACTS or found is None:
            raise ValueError("no seat, or no answer")
        is_player = own.person.is_exercise
        was_done = await ACTS[said](session, found[0], now=now)
        if is_player and said == "stop" and was_done:
            return explain(request, "left_exercise", status=200)
        return back(request, f"oefening-{said if was_done else 'niet'}")

    return await act_on_own_page(request, act)


ROUTES = (Route(f"{PERSONAL_PAGE}/oefening", answer, methods=["POST"]),)
