"""What is decided about an alert at the desk: confirm, follow on, or not relevant."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from bot.answered import already_said, close_alerts, tell_confirmed_after_all
from bot.console.doors import Door, StalePage, Visit
from bot.evening import approving, starting
from bot.evening.belonging import bring_into
from bot.evening.starting import SEND_TIMES, SEVERITIES
from contacts.permissions import Permission
from feeds.events import LONGEST_SNOOZE, dismiss_event, snooze_event
from feeds.muting import mute_subject
from feeds.rows import DismissReason, Event, EventStatus, LeadAgency


async def confirm(visit: Visit) -> Response:
    """``POST …/bevestigen``: the four answers at once."""
    event = await visit.event()
    severity, deadline = visit.number("ernst"), visit.number("tijd")
    if severity not in SEVERITIES or not 0 <= deadline < len(SEND_TIMES):
        raise ValueError("outside the choices")
    await visit.hold(event)
    # What a colleague called not relevant meanwhile is confirmed only by who read that.
    was_dismissed = event.status is EventStatus.DISMISSED
    if event.merged_into_id is not None or visit.text("gezien") != event.status:
        raise await _decided(visit, event)
    await starting.confirm(
        visit.session,
        event,
        visit.actor,
        visit.parts.config.briefings,
        severity=severity,
        lead=LeadAgency(visit.text("leiding")),
        deadline=SEND_TIMES[deadline],
        called=True if visit.text("gebeld") == "ja" else None,
        now=visit.now,
    )
    await close_alerts(visit.session, event, now=visit.now)
    if was_dismissed:
        await tell_confirmed_after_all(visit.session, event, visit.actor, now=visit.now)
    await approving.show_card_to(visit.session, event, visit.actor, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/feiten", done="confirmed")


async def _decided(visit: Visit, event: Event) -> StalePage:
    """With what was decided, by whom and when, where a person did."""
    said = await already_said(visit.session, event)
    return StalePage(said) if said else StalePage()


async def snooze(visit: Visit) -> Response:
    event = await visit.event()
    if event.status is not EventStatus.DETECTED:
        raise await _decided(visit, event)
    minutes = visit.number("minuten")
    wait = timedelta(minutes=max(minutes, 0))
    if not timedelta(0) < wait <= LONGEST_SNOOZE:
        raise ValueError("outside the choices")
    until = visit.now + wait
    await snooze_event(visit.session, event, until, who=visit.actor.who, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}", done="snoozed")


async def mute(visit: Visit) -> Response:
    """``POST …/stil``: this subject rings only when it gets heavier."""
    event = await visit.event()
    await mute_subject(visit.session, event, who=visit.actor.who, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}", done="muted")


async def dismiss(visit: Visit) -> Response:
    event = await visit.event()
    if not visit.text("reden"):
        return visit.back(f"/gebeurtenis/{event.id}", done="no_reason")
    reason = DismissReason(visit.text("reden"))
    if event.status is not EventStatus.DETECTED:
        raise await _decided(visit, event)
    await dismiss_event(visit.session, event, reason, who=visit.actor.who, now=visit.now)
    await close_alerts(visit.session, event, now=visit.now)
    return visit.back("/", done="dismissed")


async def belongs(visit: Visit) -> Response:
    """``POST …/hoort-bij``: its reports go to an event that runs, and the alert is done."""
    event = await visit.event()
    kept = await visit.session.get(Event, visit.number("bij"))
    if kept is None or kept.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such event")
    if not await bring_into(visit.session, event, kept, visit.actor, now=visit.now):
        raise await _decided(visit, event)
    return visit.back(f"/gebeurtenis/{kept.id}", done="belongs")


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/bevestigen", confirm, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/uitstellen", snooze, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/stil", mute, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/afwijzen", dismiss, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/hoort-bij", belongs, Permission.MANAGE_EVENT, "POST"),
)
