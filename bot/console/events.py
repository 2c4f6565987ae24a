"""Events at the desk: the list, one event with its reasons, and every decision about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select
from starlette.responses import Response

from bot.answered import close_alerts, decision_of
from bot.carrying import configured_kinds
from bot.chat.coordinator import texts as chat_texts
from bot.console import texts
from bot.console.doors import Door, Visit
from bot.console.event_editing import form_of
from bot.console.event_view import read_event
from bot.console.forms import MAX_ID
from bot.console.today import read_titles
from bot.evening import approving, starting
from bot.evening.belonging import running_beside
from bot.evening.starting import (
    LEADS,
    SEND_TIMES,
    SEVERITIES,
    default_deadline,
    default_severity,
    next_time,
    send_choices,
)
from bot.exercise.over import was_of_an_exercise
from briefings.rows import FactBlock
from contacts.neighbours import next_door
from contacts.outbox import AcknowledgementKind
from contacts.permissions import Permission
from feeds.alerting import will_ring
from feeds.events import (
    open_event,
    reopen_event,
)
from feeds.lexicon import load_lexicon
from feeds.places import Proximity
from feeds.regrouping import merge_events, split_event
from feeds.rows import RUNNING, DismissReason, Event, EventStatus, LeadAgency, Origin
from signals.person_filter import screen

PAGE = 50
TITLE_LIMIT, PLACE_LIMIT = 120, 120
#: events in one list to choose from
OFFERED = 25
#: filters of the list → statuses
LISTS = {
    "lopend": (EventStatus.DETECTED, *RUNNING),
    "afgesloten": (EventStatus.CLOSED,),
    "niet-relevant": (EventStatus.DISMISSED,),
}


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What was filled in to start an event by hand; ``errors`` per field."""

    type: str = "algemeen"
    title: str = ""
    place: str = ""
    severity: str = "3"
    lead: str = LeadAgency.UNKNOWN.value
    errors: tuple[tuple[str, str], ...] = ()


async def list_events(visit: Visit) -> Response:
    """``GET /gebeurtenissen?lijst=lopend&zoek=…&na=…``: newest first, fifty a page."""
    wanted = visit.request.query_params.get("lijst", "lopend")
    statuses = LISTS.get(wanted, LISTS["lopend"])
    before = visit.request.query_params.get("na", "")
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    chosen = [
        col(Event.status).in_(statuses),
        col(Event.is_exercise) == visit.actor.is_exercise,
        col(Event.merged_into_id).is_(None),
        *_about(search),
    ]
    query = select(Event).where(*chosen)
    if before.isdigit():
        query = query.where(col(Event.id) < min(int(before), MAX_ID))
    found = await visit.session.exec(query.order_by(col(Event.id).desc()).limit(PAGE + 1))
    events = found.all()
    counted = await visit.session.exec(select(func.count()).select_from(Event).where(*chosen))
    return visit.show(
        "gebeurtenissen.html",
        events=events[:PAGE],
        titles=await read_titles(visit.session, [event.id for event in events]),
        more=events[PAGE - 1].id if len(events) > PAGE else None,
        total=counted.one(),
        lists=texts.EVENT_LISTS,
        wanted=wanted if wanted in LISTS else "lopend",
        search=search,
        asked=urlencode({"zoek": search}) if search else "",
    )


def _about(search: str) -> list[ColumnElement[bool]]:
    """What is looked for in the words that the list shows. Pure."""
    if not search:
        return []
    named = select(FactBlock.event_id).where(col(FactBlock.neutral_title).icontains(search))
    return [
        or_(
            # The words of the news only where the list still shows those.
            and_(
                col(Event.title).icontains(search),
                col(Event.id).not_in(select(FactBlock.event_id)),
            ),
            col(Event.place).icontains(search),
            col(Event.id).in_(named),
        )
    ]


async def show_event(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}``."""
    event = await visit.event()
    assert event.id is not None
    view = await read_event(visit.session, event.id, visit.actor)
    assert view is not None
    is_near = Proximity(event.proximity).is_local
    return await visit.show_of(
        event,
        "overzicht",
        "gebeurtenis.html",
        view=view,
        is_over=await was_of_an_exercise(visit.session, event),
        dismissal=await _dismissal(visit, event),
        kinds=AcknowledgementKind,
        severities=chat_texts.SEVERITIES,
        default_severity=default_severity(event),
        leads=texts.LEADS,
        times=send_choices(visit.now),
        default_time=default_deadline(visit.now),
        snoozes=chat_texts.SNOOZES,
        # Of what happened here nobody says by default that it was elsewhere.
        dismissals=({"": texts.CHOOSE_REASON} if is_near else {}) | chat_texts.DISMISSALS,
        proposed_dismissal="" if is_near else DismissReason.ELSEWHERE.value,
        others=await _mergeable(visit, event),
        running=await running_beside(visit.session, event, most=OFFERED),
        **form_of(event, visit.parts.config.briefings),
        next_door=await next_door(
            visit.session,
            is_exercise=event.is_exercise,
            sends_by=configured_kinds(visit.parts.config),
        ),
    )


async def _dismissal(visit: Visit, event: Event) -> str:
    """Who called it not relevant, when and why; empty of what joined another, or was not."""
    if event.status is not EventStatus.DISMISSED or event.merged_into_id is not None:
        return ""
    return await decision_of(visit.session, event) or texts.EVENT_STATUSES[event.status]


async def _mergeable(visit: Visit, event: Event) -> Sequence[tuple[int, str]]:
    """Undecided events that may be the same thing: those of the last three days."""
    found = await visit.session.exec(
        select(Event.id)
        .where(
            col(Event.status) == EventStatus.DETECTED,
            col(Event.is_exercise) == event.is_exercise,
            col(Event.merged_into_id).is_(None),
            col(Event.id) != event.id,
            col(Event.detected_at) > visit.now - timedelta(days=3),
        )
        .order_by(col(Event.id).desc())
        .limit(OFFERED)
    )
    others = [other for other in found.all() if other is not None]
    titles = await read_titles(visit.session, others)
    return [(other, titles[other]) for other in others]


async def merge(visit: Visit) -> Response:
    """``POST …/samenvoegen``: the chosen, undecided event becomes part of this one."""
    event = await visit.event()
    other = await visit.session.get(Event, visit.number("andere"))
    if other is None or other.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such event")
    done = await merge_events(visit.session, event, other, who=visit.actor.who, now=visit.now)
    if done:
        await close_alerts(visit.session, other, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}", done="merged" if done else "not_merged")


async def split(visit: Visit) -> Response:
    """``POST …/splitsen``: the ticked reports become an alert of their own."""
    event = await visit.event()
    ticked = set(visit.numbers("bericht"))
    part = await split_event(visit.session, event, ticked, who=visit.actor.who, now=visit.now)
    if part is None:
        return visit.back(f"/gebeurtenis/{event.id}", done="not_split")
    rings = await will_ring(visit.session, part, visit.parts.config.feeds, now=visit.now)
    return visit.back(f"/gebeurtenis/{part.id}", done="split_rings" if rings else "split")


async def reopen(visit: Visit) -> Response:
    event = await visit.event()
    if await was_of_an_exercise(visit.session, event):
        return visit.back(f"/gebeurtenis/{event.id}", done="exercise_over")
    await reopen_event(visit.session, event, who=visit.actor.who, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}", done="reopened")


async def show_new(visit: Visit) -> Response:
    return _new_page(visit, NewEvent())


def _new_page(visit: Visit, given: NewEvent, *, status: int = 200) -> Response:
    return visit.show(
        "gebeurtenis_nieuw.html",
        status=status,
        given=given,
        errors=dict(given.errors),
        types=[(key, name) for key, (name, _) in load_lexicon().event_types.items()],
        leads=texts.LEADS,
        severities=chat_texts.SEVERITIES,
    )


async def start(visit: Visit) -> Response:
    """``POST /gebeurtenis/nieuw``: opens, confirms and drafts in one go."""
    given = NewEvent(
        type=visit.text("soort"),
        title=visit.text("titel"),
        place=visit.text("plaats"),
        severity=visit.text("ernst"),
        lead=visit.text("leiding"),
    )
    errors = tuple(_wrong_with(given, visit.parts.config.signals.allow))
    if errors:
        # What names a person is shown back to its writer only, and kept nowhere.
        return _new_page(visit, NewEvent(*_values(given), errors), status=422)
    event = await open_event(
        visit.session,
        type=given.type,
        title=given.title,
        place=given.place or None,
        severity=int(given.severity),
        origin=Origin.MANUAL,
        lead_agency=LeadAgency(given.lead),
        who=visit.actor.who,
        now=visit.now,
        is_exercise=visit.actor.is_exercise,
    )
    event.send_before = next_time(visit.now, SEND_TIMES[default_deadline(visit.now)])
    await starting.prepare(
        visit.session, event, visit.actor, visit.parts.config.briefings, now=visit.now
    )
    await approving.show_card_to(visit.session, event, visit.actor, now=visit.now)
    return visit.back(f"/gebeurtenis/{event.id}/feiten", done="confirmed")


def _values(given: NewEvent) -> tuple[str, str, str, str, str]:
    return given.type, given.title, given.place, given.severity, given.lead


def _wrong_with(given: NewEvent, allow: Sequence[str]) -> list[tuple[str, str]]:
    """What is missing or may not be kept, per field. Pure."""
    errors = []
    if not given.title or len(given.title) > TITLE_LIMIT:
        errors.append(("titel", texts.TITLE_MISSING))
    elif screen(given.title, allow).blocked:
        errors.append(("titel", chat_texts.REFUSALS["person"]))
    if len(given.place) > PLACE_LIMIT:
        errors.append(("plaats", texts.PLACE_TOO_LONG))
    elif screen(given.place, allow).blocked:
        errors.append(("plaats", chat_texts.REFUSALS["person"]))
    if given.type not in load_lexicon().event_types:
        errors.append(("soort", texts.PICK_ONE))
    if given.severity not in {str(number) for number in SEVERITIES}:
        errors.append(("ernst", texts.PICK_ONE))
    if given.lead not in {lead.value for lead in LEADS}:
        errors.append(("leiding", texts.PICK_ONE))
    return errors


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door("/gebeurtenissen", list_events, Permission.SEE_STATUS),
    Door("/gebeurtenis/nieuw", show_new, Permission.MANAGE_EVENT),
    Door("/gebeurtenis/nieuw", start, Permission.MANAGE_EVENT, "POST"),
    Door(_EVENT, show_event, Permission.SEE_STATUS),
    Door(f"{_EVENT}/samenvoegen", merge, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/splitsen", split, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/heropenen", reopen, Permission.MANAGE_EVENT, "POST"),
)
