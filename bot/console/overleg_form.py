"""The form of a meeting, and the meeting that an address is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.console import overleg_texts as texts
from bot.console.doors import Visit
from briefings.moments import at_clock, local
from briefings.overleg.meetings import LONGEST_PLACE, Plan
from briefings.overleg.rotation import Candidate
from briefings.overleg.rows import Overleg
from contacts.people import organisation_named

#: organisations in a list to choose from
CHOICES = 40


def form_values(typed: Plan) -> dict[str, Any]:
    """What the fields show. Pure."""
    at = local(typed.at) if typed.at else None
    return {
        "typed": typed,
        "on": at.date().isoformat() if at else "",
        "at": f"{at:%H:%M}" if at else "",
        "longest_place": LONGEST_PLACE,
    }


def choices_of(in_turn: Sequence[Candidate]) -> dict[int, str]:
    """Organisations to choose from at once: those whose turn is near, and the chosen one. Pure.

    A city has hundreds of them; any other is typed by its name. Who has room says so.
    """
    return {
        one.organisation_id: one.name + (texts.HAS_ROOM if one.has_room else "") for one in in_turn
    }


async def typed_or_chosen(visit: Visit, name: str) -> int:
    """The organisation whose name was typed, else the chosen one; 0: there is none of that name.

    :raises ValueError: what was chosen is no number.
    """
    typed = " ".join(visit.text(f"{name}-naam").split())
    if not typed:
        return visit.number(name)
    is_exercise = visit.actor.is_exercise
    return await organisation_named(visit.session, typed, is_exercise=is_exercise) or 0


async def read_plan(visit: Visit) -> Plan:
    """What the form says; a moment that is none stays out.

    :raises ValueError: the host or the duration is no number.
    """
    try:
        on, clock = date.fromisoformat(visit.text("dag")), time.fromisoformat(visit.text("tijd"))
        at = at_clock(on, clock)
    except ValueError:
        at = None
    place = " ".join(visit.text("plek").split())
    return Plan(at, visit.number("duur"), await typed_or_chosen(visit, "gastheer"), place)


async def overleg_of(visit: Visit) -> Overleg:
    """:raises LookupError: there is none in the visitor's own world."""
    overleg = await visit.session.get(Overleg, visit.in_path())
    if overleg is None or overleg.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such meeting")
    return overleg
