"""Whoever asks for a link by mail gets one answer, whether the address is known or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.forms import BadForm, email, first, read_fields
from bot.console.guarding import is_same_site
from bot.console.pacing import may_ask_for_link
from bot.console.pages import Parts, explain, parts_of
from bot.console.paths import way_back


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the link goes, and on which page of ours its opener wanted to be."""

    address: str
    back: str


async def mail_asked_link(
    request: Request,
    mail: Callable[[AsyncSession, Parts, Asked, datetime], Awaitable[None]],
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
        fields = await read_fields(request)
        asked = Asked(email(fields), way_back(first(fields, "naar") or "/"))
    except BadForm:
        return explain(request, "not_like_this", status=400)
    now = parts.clock()
    if not may_ask_for_link(request, asked.address, now):
        return explain(request, "too_often", status=429)
    async with parts.db.begin() as session:
        await mail(session, parts, asked, now)
    parts.on_change()
    on = "" if asked.back == "/" else f"&naar={quote(asked.back)}"
    return RedirectResponse(f"{page}?gevraagd=ja{on}", status_code=303)
