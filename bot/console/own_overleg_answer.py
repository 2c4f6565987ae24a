"""Saying behind the own link whether the organisation comes to the next meeting; one press."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.forms import Fields, first, number
from bot.console.own_page import Own, act_on_own_page, back
from bot.console.paths import PERSONAL_PAGE
from bot.overleg_answers import AGENDA
from briefings.overleg.replies import say
from briefings.overleg.rows import Overleg, Reply


async def answer(request: Request) -> Response:
    """``POST /p/{token}/overleg``: of the organisation; who pressed is kept nowhere."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        overleg = await session.get(Overleg, number(fields, "welk"))
        if overleg is None or overleg.is_exercise != own.person.is_exercise:
            raise ValueError("no such meeting")
        reply, key = Reply(first(fields, "doe")), number(fields, "moment")
        kept = await say(session, overleg, own.organisation.id or 0, reply, key=key, now=now)
        return back(request, reply.value if kept else "niet", AGENDA)

    return await act_on_own_page(request, act)


ROUTES = (Route(f"{PERSONAL_PAGE}{AGENDA}", answer, methods=["POST"]),)
