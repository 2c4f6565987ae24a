"""The form of a meeting, and the meeting that an address is about."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from bot.console.doors import Visit
from briefings.moments import at_clock, local
from briefings.overleg.meetings import LONGEST_PLACE, Plan
from briefings.overleg.rows import Overleg


def form_values(typed: Plan) -> dict[str, Any]:
    """What the fields show. Pure."""
    at = local(typed.at) if typed.at else None
    return {
        "typed": typed,
        "on": at.date().isoformat() if at else "",
        "at": f"{at:%H:%M}" if at else "",
        "longest_place": LONGEST_PLACE,
    }


def read_plan(visit: Visit) -> Plan:
    """What the form says; a moment that is none stays out.

    :raises ValueError: the host or the duration is no number.
    """
    try:
        on, clock = date.fromisoformat(visit.text("dag")), time.fromisoformat(visit.text("tijd"))
        at = at_clock(on, clock)
    except ValueError:
        at = None
    place = " ".join(visit.text("plek").split())
    return Plan(at, visit.number("duur"), visit.number("gastheer"), place)


async def overleg_of(visit: Visit) -> Overleg:
    """:raises LookupError: there is none in the visitor's own world."""
    overleg = await visit.session.get(Overleg, visit.in_path())
    if overleg is None or overleg.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such meeting")
    return overleg
