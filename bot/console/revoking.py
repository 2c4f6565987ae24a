"""What leaked or was lost stops working: links of an organisation's pages or a person's own, and
passkeys of a device that is gone."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.console.gaps import organisation_in_path
from bot.console.passkeys import take_lost
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


async def forget_passkeys(visit: Visit) -> Response:
    """``POST /contact/{number}/passkeys``: of another; one's own take a proof."""
    person = await person_in_path(visit)
    if person.id == visit.actor.person_id:
        raise ValueError("one's own")
    await take_lost(visit, person)
    return visit.back(f"/contact/{person.id}", done="passkeys_taken")


DOORS = (
    Door("/organisatie/{number:int}/links", close_pages, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/links", close_own_pages, Permission.MANAGE_CONTACTS, "POST"),
    Door("/contact/{number:int}/passkeys", forget_passkeys, Permission.MANAGE_SYSTEM, "POST"),
)
