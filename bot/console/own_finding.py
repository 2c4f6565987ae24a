"""*Wie zoekt u?* on a member's own page: others who let themselves be found.

The answer comes under the form itself, so that what was looked for stands in no address.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.finding_flow import SCHOOLS
from bot.chat.help_texts import SCHOOLS as SCHOOL_NAMES
from bot.console import (
    texts,
)
from bot.console.forms import Fields, first
from bot.console.own_page import Own, act_on_own_page, open_page
from bot.console.pages import parts_of, show
from bot.console.paths import PERSONAL_PAGE
from contacts.directory import Domain
from contacts.meeting import Way, count_contact
from contacts.permissions import Permission, load_actor, require
from contacts.sharing import SharedContact, find_members, is_sharing
from feeds.districts import districts

#: more than these are shown by choosing a wijk
SHOWN = 60


async def show_form(request: Request) -> Response:
    """``GET /p/{token}/wie``."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        own = await open_page(session, request)
        return await _page(request, session, own, {}, None)


async def find(request: Request) -> Response:
    """``POST /p/{token}/wie``: counted for the two domains, and for nobody."""

    async def act(session: AsyncSession, own: Own, fields: Fields, now: datetime) -> Response:
        actor = await load_actor(session, own.person.id or 0)
        assert actor is not None
        require(actor, Permission.ASK_HELP)
        domain, kind, district = _asked(fields)
        found = await find_members(
            session, domain, audience=SCHOOLS.get(kind), district=district or None,
            asker_id=actor.person_id, is_exercise=actor.is_exercise,
        )  # fmt: skip
        if found:
            await count_contact(
                session, actor.domain, domain, Way.LOOKED_UP, is_exercise=actor.is_exercise, now=now
            )
        return await _page(request, session, own, fields, found)

    return await act_on_own_page(request, act)


def _asked(fields: Fields) -> tuple[Domain, str, str]:
    """:raises ValueError: a choice that the form does not offer."""
    domain = Domain(first(fields, "domein"))
    kind, district = first(fields, "school"), first(fields, "wijk")
    if (kind and kind not in SCHOOLS) or (district and district not in dict(districts())):
        raise ValueError("no such choice")
    return domain, kind if domain is Domain.EDUCATION else "", district


async def _page(
    request: Request,
    session: AsyncSession,
    own: Own,
    fields: Fields,
    found: list[SharedContact] | None,
) -> Response:
    return show(
        request, "wie.html", page=f"/p/{request.path_params['token']}",
        domains=texts.DOMAINS, schools=SCHOOL_NAMES, places=dict(districts()),
        chosen={name: first(fields, name) for name in ("domein", "school", "wijk")},
        found=None if found is None else found[:SHOWN], more=len(found or ()) > SHOWN,
        shares=await is_sharing(session, own.person.id or 0), is_exercise=own.person.is_exercise,
    )  # fmt: skip


ROUTES = (
    Route(f"{PERSONAL_PAGE}/wie", show_form),
    Route(f"{PERSONAL_PAGE}/wie", find, methods=["POST"]),
)
