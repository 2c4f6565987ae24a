"""An event that crosses the border: a coordinator asks the municipalities next door along."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from bot.evening.asking_along import set_along
from contacts.permissions import Permission


async def ask_along(visit: Visit) -> Response:
    """``POST …/buurgemeenten``: on or off; what was approved for others waits for approval anew."""
    event = await visit.event()
    wanted = {"ja": True, "nee": False}.get(visit.text("mee"))
    if wanted is None:
        raise ValueError("neither yes nor no")
    back = f"/gebeurtenis/{event.id}"
    if not await set_along(visit.session, event, wanted, who=visit.actor.who, now=visit.now):
        return visit.back(back, done="nothing_changed")
    return visit.back(back, done="neighbours_on" if wanted else "neighbours_off")


DOORS = (
    Door("/gebeurtenis/{number:int}/buurgemeenten", ask_along, Permission.MANAGE_EVENT, "POST"),
)
