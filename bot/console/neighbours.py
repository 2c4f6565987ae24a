"""An event that crosses the border: a coordinator asks the municipalities next door along."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import Door, Visit
from contacts.journal import write_journal
from contacts.permissions import Permission
from feeds.changing import CHANGEABLE


async def ask_along(visit: Visit) -> Response:
    """``POST …/buurgemeenten``: on or off; what was approved for others waits for approval anew."""
    event = await visit.event()
    wanted = {"ja": True, "nee": False}.get(visit.text("mee"))
    if wanted is None:
        raise ValueError("neither yes nor no")
    back = f"/gebeurtenis/{event.id}"
    if event.status not in CHANGEABLE or event.with_neighbours == wanted:
        return visit.back(back, done="nothing_changed")
    event.with_neighbours = wanted
    visit.session.add(event)
    write_journal(
        visit.session, who=visit.actor.who, action="neighbours_on" if wanted else "neighbours_off",
        subject=f"event:{event.id}", now=visit.now,
    )  # fmt: skip
    return visit.back(back, done="neighbours_on" if wanted else "neighbours_off")


DOORS = (
    Door("/gebeurtenis/{number:int}/buurgemeenten", ask_along, Permission.MANAGE_EVENT, "POST"),
)
