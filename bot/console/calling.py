"""The list *bel deze mensen* at the desk: who, which number, and a box to tick."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, StalePage, Visit
from contacts.calling import CallItem, CallStatus, tick_off
from contacts.permissions import Permission


async def tick(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/gebeld``: ticks a line, or takes the tick away.

    The form says what its page showed, so that two people who tick at once do not undo each
    other.
    """
    event = await visit.event()
    item = await visit.session.get(CallItem, visit.number("regel"))
    if item is None or item.event_id != event.id:
        raise LookupError("no such line")
    if item.status is not CallStatus(visit.text("stand")):
        raise StalePage
    await tick_off(visit.session, item, who=visit.actor.who, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/verzenden", done="saved")


DOORS = (Door("/gebeurtenis/{number:int}/gebeld", tick, Permission.MANAGE_EVENT, "POST"),)
