"""Links that leaked stop working: of an organisation's pages, or a person's own."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.console.gaps import organisation_in_path
from bot.console.people import person_in_path
from bot.console.sessions import end_sessions_of
from contacts.links import revoke_every_person_link, revoke_links
from contacts.permissions import Permission


async def close_pages(visit: Visit) -> Response:
    """``POST /organisatie/{number}/links``: the pages of all events of this organisation."""
    organisation = await organisation_in_path(visit)
    assert organisation.id is not None
    await revoke_links(visit.session, organisation.id, who=visit.actor.who, now=visit.now)
    return visit.back(f"/organisatie/{organisation.id}", done="links_revoked")


async def close_own_pages(visit: Visit) -> Response:
    """``POST /contact/{number}/links``: the own page, links to sign in, and whoever used one."""
    person = await person_in_path(visit)
    assert person.id is not None
    await revoke_every_person_link(visit.session, person.id, who=visit.actor.who, now=visit.now)
    await end_sessions_of(visit.session, person.id, who=visit.actor.who, now=visit.now)
    return visit.back(f"/contact/{person.id}", done="links_revoked")


DOORS = (
    Door("/organisatie/{number:int}/links", close_pages, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/links", close_own_pages, Permission.MANAGE_CONTACTS, "POST"),
)
