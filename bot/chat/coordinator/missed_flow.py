"""*Alsnog*: the same approved text to exactly those who missed it and can be reached now.

Who that is stands in a message first; the button under it holds a mark of them, so that nothing
goes when others are meant by now.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select

from bot.chat.buttons import data, short
from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.event_names import name_of
from briefings.missing import (
    NothingToSend,
    being_corrected,
    in_force,
    may_have_gone,
    plan_missed,
    seal_of,
    send_to_missed,
)
from briefings.past_promise import is_invitation_over, is_past
from briefings.plans import RecipientPlan
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import versions_of
from contacts.directory import Organisation, Person
from contacts.outbox import Button
from contacts.permissions import Permission, may
from contacts.texts import CHANNELS
from feeds.rows import RUNNING, Event

LOOK, SEND = "late", "late2"
#: names in one message; the desk shows all
SHOWN = 20
#: so much of the mark of the people fits in a button
MARK = 16


async def late_buttons(turn: Turn, event: Event) -> list[list[Button]]:
    """A button for each version that went out and that somebody missed, the newest first."""
    if event.status not in RUNNING or not may(turn.known(), Permission.RESEND_DELIVERY):
        return []
    rows = []
    for briefing in reversed(await versions_of(turn.session, event.id or 0)):
        over = is_invitation_over(briefing, now=turn.now)
        if briefing.status is BriefingStatus.DISTRIBUTED and not over:
            plan = await plan_missed(turn.session, event, briefing)
            if plan.recipients:
                label = texts.SEND_LATE.format(count=plan.people, kind=texts.named(briefing))
                rows.append([Button(short(label), data(LOOK, event.id, briefing.version))])
    return rows


async def look(turn: Turn) -> None:
    """``late:<event>:<version>``: who would get it, counted."""
    event, briefing = await _asked(turn)
    if why := await _why_not(turn, briefing):
        turn.toast = why
        return
    plan = await plan_missed(turn.session, event, briefing)
    if not plan.recipients:
        turn.toast = texts.NOBODY_LATE
        return
    people = await _people(turn, plan)
    text = render(
        "coordinator/late.html", title=await name_of(turn.session, event),
        what=texts.named(briefing), count=plan.people, people=people[:SHOWN],
        more=len(people) - SHOWN, is_past=is_past(briefing, leaves_at=turn.now),
        is_repeat=await may_have_gone(turn.session, briefing),
    )  # fmt: skip
    mark = seal_of(plan)[:MARK]
    button = Button(
        texts.SEND_LATE_NOW.format(count=plan.people), data(SEND, event.id, briefing.version, mark)
    )
    await turn.say(text, [[button]], event_id=event.id)


async def send(turn: Turn) -> None:
    """``late2:<event>:<version>:<mark>``: to the people of that message, and to nobody else."""
    event, briefing = await _asked(turn)
    assert turn.tap is not None
    if why := await _why_not(turn, briefing):
        turn.toast = why
        return
    seen = seal_of(await plan_missed(turn.session, event, briefing))
    if seen[:MARK] != turn.tap.word(2):
        turn.toast = texts.OTHERS_LATE
        return
    try:
        count = await send_to_missed(
            turn.session, event, briefing, turn.config.briefings, seen=seen,
            who=turn.known().who, now=turn.now,
        )  # fmt: skip
    except NothingToSend:
        turn.toast = texts.OTHERS_LATE
        return
    await turn.change(render("coordinator/late_sent.html", count=count))


async def _asked(turn: Turn) -> tuple[Event, Briefing]:
    """The event and the version of the button.

    :raises ValueError: it is over, of another world, or no such version went out.
    """
    turn.allowed(Permission.RESEND_DELIVERY)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0), called="running event")
    if event.status not in RUNNING:
        raise ValueError("no such running event for this actor")
    for briefing in await versions_of(turn.session, event.id or 0):
        if briefing.version == turn.tap.number(1):
            return event, briefing
    raise ValueError("no such version")


async def _why_not(turn: Turn, briefing: Briefing) -> str:
    """Why this text goes to nobody any more; empty when it can."""
    versions = await versions_of(turn.session, briefing.event_id)
    if in_force(briefing, versions) and not is_invitation_over(briefing, now=turn.now):
        return ""
    is_corrected = being_corrected(briefing, versions)
    return texts.CORRECTED_LATE if is_corrected else texts.OUTDATED_LATE


async def _people(turn: Turn, plan: RecipientPlan) -> list[tuple[str, str, str]]:
    """(name, organisation, channel) by organisation and name."""
    ways = {one.recipient.person_id: CHANNELS[one.recipient.kind] for one in plan.recipients}
    found = await turn.session.exec(
        select(Person.id, Person.name, Organisation.name)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(_numbers(ways)))
        .order_by(col(Organisation.name), col(Person.name), col(Person.id))
    )
    return [(name, place, ways[number]) for number, name, place in found.all()]


def _numbers(ways: Collection[int | None]) -> list[int]:
    return [number for number in ways if number is not None]


TAPS: dict[str, Handler] = {LOOK: look, SEND: send}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
