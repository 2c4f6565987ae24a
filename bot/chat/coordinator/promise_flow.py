"""The moment of the next update on the phone: one tap, with its day, soonest first."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.facts_flow import redraft, say_facts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.promising import UPDATE_TIMES, called, promise_from, update_choices
from bot.evening.starting import next_time
from briefings.facts import set_next_update
from contacts.outbox import Button
from feeds.rows import Event


async def ask_next_update(turn: Turn) -> None:
    await _ask(turn, await open_event_of(turn))


async def _ask(turn: Turn, event: Event) -> None:
    soonest = await promise_from(turn.session, event, now=turn.now)
    rows = [
        [Button(called(at, turn.now), data("fnext2", event.id, place, int(at.timestamp())))]
        for place, at in update_choices(soonest)
    ]
    await turn.change(render("coordinator/ask_next_update.html"), rows)


async def chose_next_update(turn: Turn) -> None:
    """The moment on the button; one of before buttons named their day is the next of its hour."""
    event = await open_event_of(turn)
    assert turn.tap is not None
    assert event.id is not None
    soonest = await promise_from(turn.session, event, now=turn.now)
    at = next_time(soonest, UPDATE_TIMES[turn.tap.number(1)])
    if len(turn.tap.args) > 2 and at != datetime.fromtimestamp(turn.tap.number(2), UTC):
        turn.toast = texts.MOMENT_IS_OVER
        await _ask(turn, event)
        return
    await set_next_update(
        turn.session, event.id, at, editor_id=turn.known().person_id, now=turn.now
    )
    await redraft(turn, event)
    await say_facts(turn, event)


TAPS: dict[str, Handler] = {"fnext": ask_next_update, "fnext2": chose_next_update}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
