"""The brake on a phone: stop what is going out, let it go on, or call it off; and reopen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.card import progress_view, show_card
from bot.chat.coordinator.decided import already_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.exercise.over import was_of_an_exercise
from briefings import calling_off
from briefings.rows import Briefing
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.events import reopen_event
from feeds.rows import Event, EventStatus

Act = Callable[..., Awaitable[int]]


async def briefing_of(turn: Turn, event: Event) -> int:
    """The number of the text in the button, which must be one of the event in the button.

    :raises ValueError: it is not: the button is forged.
    """
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(1))
    if briefing is None or briefing.id is None or briefing.event_id != event.id:
        raise ValueError("no such text of this event")
    return briefing.id


async def _each(turn: Turn, act: Act) -> None:
    """Do this to the messages of the text, then show how it stands."""
    actor = turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing_id = await briefing_of(turn, event)
    briefing = await turn.session.get_one(Briefing, briefing_id)
    if not await act(turn.session, briefing, who=actor.who, now=turn.now):
        turn.toast = await already_decided(turn, event)
    view = await progress_view(turn.session, briefing.event_id, briefing_id, now=turn.now)
    await turn.change(*view)


async def stop(turn: Turn) -> None:
    """What was not sent yet waits. One tap: a brake does not ask."""
    await _each(turn, calling_off.stop)


async def go_on(turn: Turn) -> None:
    await _each(turn, calling_off.go_on)


async def ask_cancel(turn: Turn) -> None:
    """Calling off cannot be undone, so it is asked once more."""
    turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event_id, briefing_id = turn.tap.number(0), turn.tap.number(1)
    await turn.say(
        render("coordinator/cancel_sure.html"),
        [
            [Button(texts.CANCEL_SURE, data("brkx", event_id, briefing_id))],
            [Button(texts.GO_ON, data("brkg", event_id, briefing_id))],
        ],
    )


async def cancel(turn: Turn) -> None:
    await _each(turn, calling_off.call_off)


async def reopen(turn: Turn) -> None:
    """It was not over: the card works again."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    if event.status is not EventStatus.CLOSED or await was_of_an_exercise(turn.session, event):
        turn.toast = await already_decided(turn, event)
        return
    await reopen_event(turn.session, event, who=actor.who, now=turn.now)
    await show_card(turn, event)


TAPS: dict[str, Handler] = {
    "brks": stop,
    "brkg": go_on,
    "brka": ask_cancel,
    "brkx": cancel,
    "reop": reopen,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
