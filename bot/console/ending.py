"""At the desk: end an event of which nobody had a text, without a text."""

from __future__ import annotations

from starlette.responses import Response

from bot.chat.coordinator import ending_texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.drafts import refused_page, stamp_of
from bot.evening.ending import end_untold
from briefings.versions import versions_of
from contacts.permissions import Permission


async def end(visit: Visit) -> Response:
    """``POST …/afsluiten``: nothing goes out."""
    event = await visit.event()
    visit.require_seen(stamp_of(await versions_of(visit.session, event.id or 0)))
    refused = await end_untold(visit.session, event, visit.actor, now=visit.now)
    if refused is None:
        return visit.back(f"/gebeurtenis/{event.id}", done="ended_untold")
    if refused.reason in ending_texts.REFUSED:
        raise StalePage(ending_texts.REFUSED[refused.reason])
    return await refused_page(visit, event, refused)


DOORS = (Door("/gebeurtenis/{number:int}/afsluiten", end, Permission.MANAGE_EVENT, "POST"),)
