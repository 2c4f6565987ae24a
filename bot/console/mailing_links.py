"""Whoever asks for a link by mail gets one answer, whether the address is known or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.forms import BadForm, email, read_fields
from bot.console.guarding import is_same_site
from bot.console.pacing import may_ask_for_link
from bot.console.pages import Parts, explain, parts_of


async def mail_asked_link(
    request: Request,
    mail: Callable[[AsyncSession, Parts, str, datetime], Awaitable[None]],
    *,
    page: str,
    cross_site: str,
) -> Response:
    """Mail a link to the address in the form, if it is somebody's, and go back to ``page``.

    :param mail: plans the mail for an address, or does nothing.
    :param cross_site: the explanation for who comes from another site.
    """
    parts = parts_of(request)
    if not is_same_site(request.headers, base_url=parts.config.web.base_url):
        return explain(request, cross_site, status=403)
    try:
        address = email(await read_fields(request))
    except BadForm:
        return explain(request, "not_like_this", status=400)
    now = parts.clock()
    if not may_ask_for_link(request, address, now):
        return explain(request, "too_often", status=429)
    async with parts.db.begin() as session:
        await mail(session, parts, address, now)
    parts.on_change()
    return RedirectResponse(f"{page}?gevraagd=ja", status_code=303)
