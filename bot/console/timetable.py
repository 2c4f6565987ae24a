"""*Draaiboek*: the timetable of an event, what a person ticks in it, and whom to ring first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bot.chat.coordinator.clock_flow import TELLABLE, ask_of, sign_of, so_far_of, state_of
from bot.chat.coordinator.clock_texts import LABELS, STATES
from bot.config import Config
from bot.console import done_texts, texts
from bot.console.doors import Door, Visit
from bot.console.needs import Need, title_of
from bot.console.overleg_extra import extra_values
from bot.evening import following
from bot.evening.timing import all_lines, lines_of, timed_events
from bot.evening.writing import NotBegun
from briefings.clock_rows import FollowUp, StepTick
from briefings.follow_ups import follow_up_kind, set_follow_up
from briefings.moments import local_date
from briefings.rows import Briefing
from briefings.steps import Step
from briefings.ticking import (
    calls_first,
    choose_calls,
    not_listed,
    tick_call,
    tick_step,
    untick_step,
)
from briefings.timetable import BY_HAND, CHAIN, SKIPPABLE, Line, needing
from briefings.versions import SENT, versions_of
from contacts.directory import Person, Role
from contacts.permissions import Permission
from feeds.rows import Event

#: on the first page a version that waits says this already, with the same moment
SAID_BY_DRAFTS = frozenset({*CHAIN, Step.SEND})


#: so many organisations to choose from at once; more are searched for
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as the page shows it. ``acts``: what a person may do with it."""

    line: Line
    label: str
    ask: str
    state: str
    said: str
    sign: str
    who: str
    acts: Sequence[str]


async def show_timetable(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/draaiboek``."""
    event = await visit.event()
    assert event.id is not None
    lines, speed = await lines_of(visit.session, event, visit.parts.config)
    ticked = await _ticked_by(visit.session, event.id)
    calls = await calls_first(visit.session, event.id)
    return await visit.show_of(
        event,
        "draaiboek",
        "draaiboek.html",
        lines=[_shown(line, ticked, now=visit.now) for line in lines],
        is_silent=speed is None,
        calls=calls,
        **await _to_choose(visit, event),
        **await _later(visit, event),
        **await extra_values(visit, event),
    )


async def _later(visit: Visit, event: Event) -> dict[str, Any]:
    """What comes weeks later: which forms the page shows, and the day that was planned."""
    assert event.id is not None
    planned = await visit.session.get(FollowUp, event.id)
    versions = await versions_of(visit.session, event.id)
    return {
        "can_be_told": event.status in TELLABLE and any(one.status in SENT for one in versions),
        "has_follow_up": bool(follow_up_kind(event)) and event.status in TELLABLE,
        "planned": planned.day.isoformat() if planned else "",
        "today": local_date(visit.now).isoformat(),
    }


def _shown(line: Line, ticked: Mapping[Step, str], *, now: datetime) -> Shown:
    state, acts = state_of(line, now=now), _acts(line, ticked)
    return Shown(
        line=line,
        label=LABELS[line.step],
        ask=ask_of(line, now=now) if line.is_open and (acts or state == "late") else "",
        state=state,
        said=", ".join(filter(None, [STATES[state], so_far_of(line, now=now)])),
        sign=sign_of(line),
        who=ticked.get(line.step, ""),
        acts=acts,
    )


def _acts(line: Line, ticked: Mapping[Step, str]) -> Sequence[str]:
    """What may be done with a step by hand. Pure."""
    if line.is_moot or line.step not in SKIPPABLE:
        return ()
    if not line.is_open:
        return ("terug",) if line.step in ticked else ()
    return ("gedaan", "niet_nodig") if line.step in BY_HAND else ("niet_nodig",)


async def _ticked_by(session: AsyncSession, event_id: int) -> Mapping[Step, str]:
    """Who ticked which step, with the role."""
    found = await session.exec(
        select(StepTick, Person)
        .join(Person, col(Person.id) == col(StepTick.done_by))
        .where(col(StepTick.event_id) == event_id)
    )
    return {
        tick.step: texts.TICKED_BY.format(name=person.name, role=_role(tick.role))
        for tick, person in found.all()
    }


def _role(role: Role) -> str:
    return texts.ROLES[role].lower()


async def _to_choose(visit: Visit, event: Event) -> dict[str, Any]:
    """Organisations that may still be put on the list; in a city they are searched for."""
    search = visit.request.query_params.get("zoek", "").strip()[:80]
    others = await not_listed(visit.session, event, most=MOST_SHOWN + 1, search=search)
    return {"others": others[:MOST_SHOWN], "search": search, "more": len(others) > MOST_SHOWN}


async def tick(visit: Visit) -> Response:
    """``POST …/stap``: done, not needed, or not after all."""
    event = await visit.event()
    step, act = Step(visit.text("stap")), visit.text("doe")
    back = f"/gebeurtenis/{event.id}/draaiboek"
    if act == "terug":
        await untick_step(visit.session, event, step, visit.actor, now=visit.now)
        return visit.back(back, done="step_unticked")
    if act not in ("gedaan", "niet_nodig"):
        raise ValueError("no such act")
    await tick_step(
        visit.session, event, step, visit.actor, is_needed=act == "gedaan", now=visit.now
    )
    return visit.back(back, done="step_ticked")


async def list_calls(visit: Visit) -> Response:
    """``POST …/vooraf``: organisations to ring before anything is sent."""
    event = await visit.event()
    chosen = visit.numbers("organisatie")
    new = await choose_calls(visit.session, event, chosen, visit.actor, now=visit.now)
    done = "calls_listed" if new else "nothing_changed"
    return visit.back(f"/gebeurtenis/{event.id}/draaiboek", done=done)


async def ring(visit: Visit) -> Response:
    """``POST …/vooraf-gebeld``: one organisation was rung, or was not after all."""
    event = await visit.event()
    await tick_call(
        visit.session, event, visit.number("nummer"), visit.actor,
        is_called=visit.text("doe") == "gebeld", now=visit.now,
    )  # fmt: skip
    return visit.back(f"/gebeurtenis/{event.id}/draaiboek", done="call_ticked")


async def invite(visit: Visit) -> Response:
    """``POST …/terugblik``: the invitation to look back, as a draft."""
    event = await visit.event()
    back = f"/gebeurtenis/{event.id}/draaiboek"
    at = following.read_moment(f"{visit.text('dag')} {visit.text('tijd')}", visit.now)
    if at is None:
        return visit.back(back, done="moment_like_this")
    begun = await following.begin_look_back(
        visit.session, event, visit.actor, at, visit.parts.config.briefings, now=visit.now
    )
    return _begun(visit, event, begun)


async def plan_follow_up(visit: Visit) -> Response:
    """``POST …/vervolg``: the day of the release or the verdict; empty: not planned any more."""
    event = await visit.event()
    back = f"/gebeurtenis/{event.id}/draaiboek"
    day = following.read_day(visit.text("dag"), local_date(visit.now))
    if day is None and visit.text("dag"):
        return visit.back(back, done="moment_like_this")
    changed = await set_follow_up(visit.session, event, day, visit.actor, now=visit.now)
    return visit.back(back, done="follow_up_set" if changed else "nothing_changed")


async def write_follow_up(visit: Visit) -> Response:
    """``POST …/vervolg-schrijven``: the update with the words of what came."""
    event = await visit.event()
    begun = await following.begin_follow_up(
        visit.session, event, visit.actor, visit.parts.config.briefings, now=visit.now
    )
    return _begun(visit, event, begun)


def _begun(visit: Visit, event: Event, begun: Briefing | NotBegun) -> Response:
    if isinstance(begun, NotBegun):
        done = "nothing_sent" if begun.reason == "never_sent" else begun.reason
        return visit.back(f"/gebeurtenis/{event.id}/draaiboek", done=done)
    return visit.back(f"/gebeurtenis/{event.id}/teksten", done=done_texts.drafted(begun.kind))


async def late_steps(
    session: AsyncSession,
    config: Config,
    titles: Mapping[int, str],
    *,
    is_exercise: bool,
    now: datetime,
) -> list[Need]:
    """Steps whose time has come, in one world, for the first page."""
    found: list[Need] = []
    timed = await timed_events(session, config.clock, now=now)
    events = [event for event in timed if event.is_exercise == is_exercise]
    tables = await all_lines(session, events, config)
    for event in events:
        lines, speed = tables[event.id or 0]
        due = needing(lines, config.clock, now=now, speed=speed or 1.0)
        found += [
            _need(event, line, titles, now=now) for line in due if line.step not in SAID_BY_DRAFTS
        ]
    return found


def _need(event: Event, line: Line, titles: Mapping[int, str], *, now: datetime) -> Need:
    return Need(
        what=texts.NEED_STEP.format(step=LABELS[line.step], title=title_of(titles, event.id)),
        detail=ask_of(line, now=now),
        by=texts.STEP_BY,
        due=line.due,
        event_id=event.id,
        is_exercise=event.is_exercise,
        page="draaiboek",
    )


_EVENT = "/gebeurtenis/{number:int}"
DOORS = (
    Door(f"{_EVENT}/draaiboek", show_timetable, Permission.SEE_STATUS),
    Door(f"{_EVENT}/stap", tick, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/vooraf", list_calls, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/vooraf-gebeld", ring, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/terugblik", invite, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/vervolg", plan_follow_up, Permission.MANAGE_EVENT, "POST"),
    Door(f"{_EVENT}/vervolg-schrijven", write_follow_up, Permission.MANAGE_EVENT, "POST"),
)
