"""*Ontvangers* on a phone: who gets it, counted, and whom to ring, by name and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.card import write_again
from bot.chat.coordinator.missed_flow import late_buttons
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.event_names import name_of
from briefings.counting import read_overview
from briefings.drafting import current_briefing
from briefings.plans import Reader
from contacts.call_list import calls_of
from contacts.calling import CallStatus
from contacts.directory import Organisation
from contacts.notices import OPEN_CALLS
from contacts.outbox import Button
from contacts.permissions import Permission, may
from feeds.rows import Event

#: people in one message; the desk shows all
SHOWN = 20


@dataclass(frozen=True, slots=True)
class ToCall:
    """Somebody whom no channel reaches; ``phone`` is the own number, else the organisation's."""

    name: str
    function: str
    organisation: str
    phone: str


async def show_recipients(turn: Turn) -> None:
    """Who gets it, who does not, and why; counted before anybody approves."""
    turn.allowed(Permission.SUBMIT_BRIEFING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing = await current_briefing(turn.session, event.id or 0)
    if briefing is None:
        await turn.say(texts.REFUSALS["no_texts"], write_again(event))
        return
    plan = await read_overview(turn.session, event, briefing)
    to_call = await _to_call(turn, plan.unreachable[:SHOWN])
    await turn.say(
        render(
            "coordinator/recipients.html",
            event=event,
            title=await name_of(turn.session, event),
            plan=plan,
            audiences={texts.AUDIENCES[name]: count for name, count in plan.by_audience.items()},
            to_call=to_call,
            more=len(plan.unreachable) - len(to_call),
            lacks_number=not all(one.phone for one in to_call),
            may_add=may(turn.known(), Permission.MANAGE_CONTACTS),
        ),
        [*await late_buttons(turn, event), *await _call_list(turn, event)],
    )


async def _to_call(turn: Turn, people: Sequence[Reader]) -> list[ToCall]:
    """In the order of their organisations, so that one call can serve two of them."""
    numbers = {person.organisation_id for person in people}
    found = await turn.session.exec(
        select(Organisation.id, Organisation.name, Organisation.phone).where(
            col(Organisation.id).in_(numbers)
        )
    )
    places = {number: (name, phone or "") for number, name, phone in found.all()}
    lines = [
        ToCall(
            person.name,
            person.function,
            places[person.organisation_id][0],
            person.phone or places[person.organisation_id][1],
        )
        for person in people
    ]
    return sorted(lines, key=lambda one: (one.organisation.casefold(), one.name.casefold()))


async def _call_list(turn: Turn, event: Event) -> list[list[Button]]:
    """The list to tick, as soon as somebody stands on it."""
    waiting = await calls_of(turn.session, event.id or 0, now=turn.now, statuses=[CallStatus.OPEN])
    if not waiting:
        return []
    label = texts.CALL_LIST.format(count=len(waiting))
    return [[Button(label, data(OPEN_CALLS, event.id))]]


TAPS: dict[str, Handler] = {"rcpt": show_recipients}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
