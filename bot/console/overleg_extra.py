"""An extra overleg because of an event, and the two quick questions to its readers."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from bot.console import overleg_texts as texts
from bot.console.doors import Door, StalePage, Visit
from bot.console.overleg_form import CHOICES, choices_of, form_values, overleg_of, read_plan
from bot.console.poll_results import result_of
from bot.console.texts import DOMAINS
from bot.poll_asking import ask_members, count_readers_of
from briefings.learning.polls import QUICK, read_answers, read_words, wipe_words
from briefings.learning.quick_polls import can_ask_members, quick_poll_of
from briefings.learning.rows import Question
from briefings.moments import at_clock, day, local_date
from briefings.overleg import texts as names
from briefings.overleg.meetings import NotPlanned, Plan, host_names, plan_overleg, turns
from briefings.overleg.rows import Overleg
from contacts.permissions import Permission, may
from feeds.rows import Event, EventStatus

#: what the form proposes: soon
SOON, HOUR, MINUTES = timedelta(days=2), time(16, 0), 60
#: an event that nobody decided about is no reason to meet
DECIDED = (EventStatus.CONFIRMED, EventStatus.REOPENED, EventStatus.CLOSED)


async def extra_values(visit: Visit, event: Event) -> dict[str, Any]:
    """What the page of an event shows: the meetings because of it, and the form for one."""
    found = await visit.session.exec(
        select(Overleg)
        .where(col(Overleg.event_id) == event.id)
        .order_by(col(Overleg.starts_at), col(Overleg.id))
    )
    meetings = found.all()
    in_turn = await turns(visit.session, is_exercise=event.is_exercise, most=CHOICES)
    first = in_turn[0].organisation_id if in_turn else 0
    soon = at_clock(local_date(visit.now) + SOON, HOUR)
    reason = visit.request.query_params.get("overleg", "")
    return {
        "extra_planned": meetings,
        "extra_error": texts.NOT_PLANNED.get(reason, ""),
        "hosts": await host_names(visit.session, meetings, is_exercise=event.is_exercise),
        "choices": choices_of(in_turn),
        "overleg_names": names,
        **form_values(Plan(soon, MINUTES, first, "")),
    }


async def plan_extra(visit: Visit) -> Response:
    """``POST /gebeurtenis/{number}/overleg``."""
    event = await visit.event()
    if event.status not in DECIDED:
        raise StalePage
    made = await plan_overleg(
        visit.session, await read_plan(visit), event_id=event.id, who=visit.actor.who,
        allow=visit.parts.config.signals.allow, is_exercise=event.is_exercise, now=visit.now,
    )  # fmt: skip
    if isinstance(made, NotPlanned):
        # What was filled in is five choices; the page proposes them again.
        return visit.back(f"/gebeurtenis/{event.id}/draaiboek?overleg={made.reason}")
    return visit.back(f"/overleg/{made.id}", done="overleg_planned")


async def quick_values(visit: Visit, overleg: Overleg) -> dict[str, Any]:
    """What the page of a meeting shows of the quick questions; empty without an event."""
    if overleg.event_id is None:
        return {}
    session = visit.session
    poll = await quick_poll_of(session, overleg.event_id)
    event = await session.get_one(Event, overleg.event_id)
    can = may(visit.actor, Permission.LEAD_OVERLEG) and can_ask_members(overleg, poll)
    answers = await read_answers(session, overleg.event_id, QUICK) if poll else {}
    words: list[tuple[int, str]] = []
    if may(visit.actor, Permission.READ_SIGNALS):
        words = await read_words(
            session, overleg.event_id, visit.parts.sealer, Question.QUICK_WORDS
        )
    return {
        "quick": poll,
        "quick_until": day(local_date(poll.closes_at)) if poll else "",
        "quick_readers": await count_readers_of(session, event) if can else 0,
        "quick_results": [
            result_of(question, found) for question, found in answers.items() if found.given
        ],
        "quick_words": words,
        "domain_names": list(DOMAINS.values()),
    }


async def ask_quick(visit: Visit) -> Response:
    """``POST /overleg/{number}/vragen``: send the two quick questions, once per event."""
    overleg = await overleg_of(visit)
    visit.require_seen(str(overleg.version))
    if overleg.event_id is None:
        raise LookupError("no event")
    event = await visit.session.get_one(Event, overleg.event_id)
    poll = await ask_members(visit.session, overleg, event, who=visit.actor.who, now=visit.now)
    if poll is None:
        raise StalePage
    return visit.back(f"/overleg/{overleg.id}", done="quick_poll_asked")


async def wipe_quick(visit: Visit) -> Response:
    """``POST /overleg/{number}/vragen/wissen``: typed words that should not stay."""
    overleg = await overleg_of(visit)
    await wipe_words(
        visit.session, overleg.event_id or 0, visit.number("zin"), who=visit.actor.who,
        now=visit.now,
    )  # fmt: skip
    return visit.back(f"/overleg/{overleg.id}", done="poll_wiped")


DOORS = (
    Door("/gebeurtenis/{number:int}/overleg", plan_extra, Permission.LEAD_OVERLEG, "POST"),
    Door("/overleg/{number:int}/vragen", ask_quick, Permission.LEAD_OVERLEG, "POST"),
    Door("/overleg/{number:int}/vragen/wissen", wipe_quick, Permission.READ_SIGNALS, "POST"),
)
