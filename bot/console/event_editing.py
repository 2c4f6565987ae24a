"""What was decided about a running event, decided anew: then every open text is written again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console.doors import Door, Visit
from bot.console.seen import stamp
from bot.evening import gripping, writing
from bot.evening.sourcing import clock_time
from bot.evening.starting import LEADS, SEVERITIES, next_time
from briefings.moments import clock as clock_of
from briefings.settings import BriefingSettings
from contacts.permissions import Permission
from feeds.changing import Decided
from feeds.lexicon import load_lexicon
from feeds.rows import RUNNING, Event, LeadAgency
from signals.person_filter import screen

PLACE_LIMIT = 120


def form_of(event: Event, rules: BriefingSettings) -> dict[str, Any]:
    """What the forms to change it need; nothing for an event that does not run. Pure."""
    if event.status not in RUNNING:
        return {"types": None}
    return {
        "rules": rules,
        "grip_levels": dict(enumerate(chat_texts.GRIP_LEVELS)),
        "types": {key: name for key, (name, _) in load_lexicon().event_types.items()},
        "decided": stamp_of(event),
    }


async def enter_grip(visit: Visit) -> Response:
    """``POST …/grip``: what the crisis organisation says; never found out by the machine."""
    event = await visit.event()
    await visit.hold(event)
    visit.require_seen(str(event.grip))
    refused = await gripping.enter_grip(
        visit.session,
        event,
        visit.number("grip"),
        visit.actor,
        visit.parts.config.briefings,
        now=visit.now,
    )
    return visit.back(f"/gebeurtenis/{event.id}", done=refused or "grip_set")


def stamp_of(event: Event) -> str:
    """What the form shows. Pure."""
    return stamp(Decided.of(event))


async def change(visit: Visit) -> Response:
    """``POST …/wijzigen``: kind, place, severity, lead and the moment to send before."""
    event = await visit.event()
    await visit.hold(event)
    visit.require_seen(stamp_of(event))
    wanted = _read(visit, event, visit.parts.config.signals.allow)
    back = f"/gebeurtenis/{event.id}"
    if isinstance(wanted, str):
        return visit.back(back, done=wanted)
    changed = await writing.decide_anew(
        visit.session, event, visit.actor, wanted, visit.parts.config.briefings, now=visit.now
    )
    if not changed:
        return visit.back(back, done="nothing_changed")
    return visit.back(back, done="event_changed")


def _read(visit: Visit, event: Event, allow: Sequence[str]) -> Decided | str:
    """What was filled in, or the name of the sentence that says what is wrong with it.

    :raises ValueError: a choice that is none.
    """
    kind, severity, lead = visit.text("soort"), visit.number("ernst"), visit.text("leiding")
    if kind not in load_lexicon().event_types or severity not in SEVERITIES:
        raise ValueError("outside the choices")
    if LeadAgency(lead) not in LEADS:
        raise ValueError("outside the choices")
    place = visit.text("plaats")[:PLACE_LIMIT]
    if screen(place, allow).blocked:
        return "place_refused"
    moment = _moment(visit, event)
    if isinstance(moment, str):
        return moment
    return Decided(kind, place or None, severity, LeadAgency(lead), moment)


def _moment(visit: Visit, event: Event) -> datetime | str | None:
    given = visit.text("tijd")
    if not given:
        return None
    clock = clock_time(given)
    if clock is None:
        return "time_like_this"
    at = next_time(visit.now, clock)
    # The same clock time as before is the same moment, also when it is over by now.
    is_same = event.send_before is not None and clock == clock_time(clock_of(event.send_before))
    return event.send_before if is_same else at


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/wijzigen", change, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/grip", enter_grip, Permission.MANAGE_EVENT, "POST"),
)
