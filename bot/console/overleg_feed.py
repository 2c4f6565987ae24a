"""The calendar of the overleg: links made and taken back at the desk, and what they open."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.doors import Door, Visit
from bot.console.overleg_form import typed_or_chosen
from bot.console.pages import explain, parts_of
from bot.console.paths import LINK_PART
from briefings.moments import dated, local_date
from briefings.overleg.feed import (
    LIVES,
    calendar_of,
    find_calendar_link,
    mint_calendar_link,
    revoke_calendar_link,
)
from briefings.overleg.meetings import all_overleg
from briefings.overleg.rows import CalendarLink
from contacts.directory import Organisation
from contacts.permissions import Permission

CALENDAR_TYPE = "text/calendar"
#: how a calendar asks for the address by itself
SUBSCRIBE = "webcal"


async def send_calendar(request: Request) -> Response:
    """``GET /agenda/{token}``: the meetings, for whoever has the link."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        link = await find_calendar_link(session, request.path_params["token"], now=parts.clock())
        if link is None:
            return explain(request, "calendar_over", status=410)
        meetings = await all_overleg(session, is_exercise=link.is_exercise)
        found = await session.exec(
            select(Organisation.id, Organisation.name).where(
                col(Organisation.id).in_({one.host_id for one in meetings})
            )
        )
        hosts = {ident or 0: name for ident, name in found.all()}
    domain = urlsplit(parts.config.web.base_url).hostname or request.url.hostname or ""
    made = calendar_of(meetings[::-1], hosts, domain=domain, now=parts.clock())
    return Response(made, media_type=CALENDAR_TYPE)


async def make_link(visit: Visit) -> Response:
    """``POST /overleg/agenda``: a link for one organisation, shown once."""
    chosen = await typed_or_chosen(visit, "organisatie")
    organisation = await visit.session.get(Organisation, chosen)
    if organisation is None or organisation.is_exercise != visit.actor.is_exercise:
        return visit.back("/overleg", done="organisation_unknown")
    assert organisation.id is not None
    token = await mint_calendar_link(
        visit.session, organisation.id, who=visit.actor.who,
        is_exercise=organisation.is_exercise, now=visit.now,
    )  # fmt: skip
    base = visit.parts.config.web.base_url.rstrip("/")
    address = f"{base}/agenda/{token}"
    return visit.show(
        "agendalink.html", organisation=organisation.name, address=address,
        ends_on=dated(local_date(visit.now + LIVES)),
        subscribe=f"{SUBSCRIBE}:{address.partition(':')[2]}",
    )  # fmt: skip


async def revoke_link(visit: Visit) -> Response:
    """``POST /overleg/agenda/{number}``: it stops working; once more changes nothing."""
    link = await visit.session.get(CalendarLink, visit.in_path())
    if link is None or link.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such link")
    done = await revoke_calendar_link(visit.session, link, who=visit.actor.who, now=visit.now)
    return visit.back("/overleg", done="calendar_link_revoked" if done else "nothing_changed")


DOORS = (
    Door("/overleg/agenda", make_link, Permission.LEAD_OVERLEG, "POST"),
    Door("/overleg/agenda/{number:int}", revoke_link, Permission.LEAD_OVERLEG, "POST"),
)
ROUTES = (Route(f"/agenda/{LINK_PART}", send_calendar),)
