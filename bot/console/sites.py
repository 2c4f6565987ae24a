"""The places of an organisation at the desk: written down, changed, taken away."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.contact_texts import REFUSALS
from bot.console.doors import Door, Visit
from bot.console.gaps import organisation_in_path
from bot.console.organisations import organisation_page, places
from bot.console.seen import stamp_of_site
from contacts.directory import Organisation, Site
from contacts.editing import EditRefused
from contacts.permissions import Permission
from contacts.sites import remove_site, save_site


async def add_site(visit: Visit) -> Response:
    """``POST /organisatie/{number}/locatie``."""
    organisation = await organisation_in_path(visit)
    assert organisation.id is not None
    return await _save(visit, organisation, Site(organisation_id=organisation.id, name=""))


async def change_site(visit: Visit) -> Response:
    """``POST /locatie/{number}``."""
    organisation, site = await _in_path(visit)
    await visit.hold(site)
    visit.require_seen(stamp_of_site(site))
    return await _save(visit, organisation, site)


async def take_site_away(visit: Visit) -> Response:
    """``POST /locatie/{number}/weg``."""
    organisation, site = await _in_path(visit)
    await remove_site(visit.session, site, who=visit.actor.who, now=visit.now)
    return visit.back(f"/organisatie/{organisation.id}", done="saved")


async def _save(visit: Visit, organisation: Organisation, site: Site) -> Response:
    values = _values(visit)
    try:
        await save_site(visit.session, site, values, who=visit.actor.who, now=visit.now)
    except EditRefused as refused:
        values["id"] = site.id
        return await organisation_page(
            visit, organisation, site=values, error=REFUSALS[refused.why]
        )
    return visit.back(f"/organisatie/{organisation.id}", done="saved")


async def _in_path(visit: Visit) -> tuple[Organisation, Site]:
    """:raises LookupError: there is none in the visitor's own world."""
    site = await visit.session.get(Site, visit.in_path())
    organisation = await visit.session.get(Organisation, site.organisation_id) if site else None
    if site is None or organisation is None or organisation.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such place")
    return organisation, site


def _values(visit: Visit) -> dict[str, Any]:
    """:raises ValueError: a wijk that is none."""
    district = visit.text("wijk")
    if district not in places():
        raise ValueError("no such wijk")
    return {
        "name": visit.text("naam"),
        "district": district or None,
        "can_host": visit.text("gastheer") == "ja",
    }


DOORS = (
    Door("/organisatie/{number:int}/locatie", add_site, Permission.MANAGE_CONTACTS, "POST"),
    Door("/locatie/{number:int}", change_site, Permission.MANAGE_CONTACTS, "POST"),
    Door("/locatie/{number:int}/weg", take_site_away, Permission.MANAGE_CONTACTS, "POST"),
)
