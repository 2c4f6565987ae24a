"""GRIP on the phone: one tap, kept as a person's word."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.gripping import enter_grip
from bot.event_names import name_of
from briefings.grip import LEVELS
from contacts.outbox import Button
from feeds.rows import RUNNING, Event


async def ask_level(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status not in RUNNING:
        turn.toast = texts.REFUSALS["not_confirmed"]
        return
    # The level that the question shows goes along: whoever taps answers that, and no other.
    buttons = [
        Button(texts.GRIP_LEVELS[level], data("gripto", event.id, level, event.grip))
        for level in LEVELS
    ]
    settings = turn.config.briefings
    await turn.say(
        render(
            "coordinator/ask_grip.html",
            event=event,
            title=await name_of(turn.session, event),
            settings=settings,
        ),
        [buttons[:3], buttons[3:]],
    )


async def chose_level(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    level, seen = turn.tap.number(1), turn.tap.number(2)
    if seen != event.grip:
        turn.toast = texts.GRIP_CHANGED
        return
    refused = await enter_grip(
        turn.session, event, level, turn.known(), turn.config.briefings, now=turn.now
    )
    if refused is not None:
        turn.toast = texts.REFUSALS[refused]
        return
    await _kept(turn, event)


async def _kept(turn: Turn, event: Event) -> None:
    settings = turn.config.briefings
    await turn.change(
        render(
            "coordinator/grip_kept.html",
            event=event,
            title=await name_of(turn.session, event),
            settings=settings,
        ),
        [[Button(texts.BACK, data("ecard", event.id))]],
    )


TAPS: dict[str, Handler] = {"grip": ask_level, "gripto": chose_level}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
