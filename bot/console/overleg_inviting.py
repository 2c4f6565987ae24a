"""Inviting members to a meeting at the desk, and the meetings as a file behind the own page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console import overleg_texts as texts
from bot.console.doors import Door, Visit
from bot.console.overleg_feed import CALENDAR_TYPE
from bot.console.overleg_form import overleg_of
from bot.console.own_page import open_page
from bot.console.pages import parts_of
from bot.console.paths import PERSONAL_PAGE
from bot.overleg_answers import CALENDAR
from bot.overleg_inviting import (
    count_invitees,
    invite_members,
    named,
    named_invitees,
    of_the_host,
)
from bot.overleg_telling import invited_organisations, invited_people
from briefings.overleg.feed import calendar_of
from briefings.overleg.meetings import all_overleg
from briefings.overleg.replies import replies_of
from briefings.overleg.rows import Overleg
from contacts.directory import ContactGroup, Organisation
from contacts.groups import all_groups
from contacts.people import organisation_names
from contacts.permissions import Permission, may

LEADS = Permission.LEAD_OVERLEG


async def invitees(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """Who can be invited: one of each organisation, or a group; and how many that is now."""
    host = await visit.session.get_one(Organisation, overleg.host_id)
    known = {str(group.id): group for group in await all_groups(visit.session)}
    chosen = visit.request.query_params.get("wie", "")
    group = known.get(chosen)
    return {
        "invitees": {"": texts.EVERYBODY, **{key: one.name for key, one in known.items()}},
        "invitee": "" if group is None else chosen,
        "host_phone": host.phone or "",
        "host_hears": bool(await of_the_host(visit.session, overleg)),
        "would_get": await count_invitees(visit.session, overleg, group),
        "shown_invitees": await named_invitees(visit.session, overleg, group)
        if visit.request.query_params.get("toon") == "ja" and may(visit.actor, LEADS)
        else None,
    }


async def coming(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """How many organisations said that they come, or not; and which come, for who leads it."""
    replies = await replies_of(visit.session, overleg.id or 0)
    asked = await invited_organisations(visit.session, overleg)
    return {
        "says_yes": await organisation_names(visit.session, replies.yes),
        "says_no": len(replies.no),
        "says_nothing": replies.silent(asked, host=overleg.host_id),
        "were_invited": await named(visit.session, await invited_people(visit.session, overleg))
        if may(visit.actor, LEADS)
        else [],
    }  # fmt: skip


async def invite(visit: Visit) -> Response:
    """``POST /overleg/{number}/uitnodigen``.

    :raises LookupError: a group that is not there.
    """
    overleg = await overleg_of(visit)
    sent = overleg.invited_at.isoformat(timespec="seconds") if overleg.invited_at else ""
    visit.require_seen(f"{overleg.version}-{sent}")
    group = None
    if visit.text("groep"):
        group = await visit.session.get(ContactGroup, visit.number("groep"))
        if group is None:
            raise LookupError("no such group")
    count = await invite_members(visit.session, overleg, group, who=visit.actor.who, now=visit.now)
    done = "overleg_invited" if count else "overleg_nobody_invited"
    return visit.back(f"/overleg/{overleg.id}", done=done)


async def send_file(request: Request) -> Response:
    """``GET /p/{token}/overleg.ics``: the meetings for somebody's calendar. Changes nothing."""
    parts = parts_of(request)
    async with parts.db.read() as session:
        own = await open_page(session, request)
        meetings = await all_overleg(session, is_exercise=own.person.is_exercise)
        found = await session.exec(
            select(Organisation.id, Organisation.name).where(
                col(Organisation.id).in_({one.host_id for one in meetings})
            )
        )
        hosts = {ident or 0: name for ident, name in found.all()}
    domain = urlsplit(parts.config.web.base_url).hostname or request.url.hostname or ""
    made = calendar_of(meetings[::-1], hosts, domain=domain, now=parts.clock())
    return Response(
        made,
        media_type=CALENDAR_TYPE,
        headers={"Content-Disposition": 'attachment; filename="overleg.ics"'},
    )


DOORS = (Door("/overleg/{number:int}/uitnodigen", invite, Permission.LEAD_OVERLEG, "POST"),)
ROUTES = (Route(f"{PERSONAL_PAGE}{CALENDAR}", send_file),)
