"""On a phone: end an event of which nobody had a text, without a text."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import ending_texts, texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.card import show_card
from bot.chat.coordinator.decided import already_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.ending import end_untold
from bot.event_names import name_of
from contacts.outbox import Button
from feeds.rows import RUNNING, Event


async def ask_end(turn: Turn) -> None:
    """It cannot be told to anybody, so it is asked once more what will happen."""
    event = await open_event_of(turn)
    if event.status not in RUNNING:
        turn.toast = await already_decided(turn, event)
        return
    await say_end(turn, event)


async def say_end(turn: Turn, event: Event) -> None:
    """The question, with the button that ends it."""
    await turn.say(
        render("coordinator/end_sure.html", title=await name_of(turn.session, event)),
        [
            [Button(ending_texts.SURE, data("endn2", event.id))],
            [Button(texts.NOT_AFTER_ALL, data("ecard", event.id))],
        ],
    )


async def end(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status not in RUNNING:
        turn.toast = await already_decided(turn, event)
        return
    refused = await end_untold(turn.session, event, turn.known(), now=turn.now)
    if refused is None:
        await turn.change(
            render("coordinator/ended.html", title=await name_of(turn.session, event))
        )
        await show_card(turn, event)
        return
    if refused.reason == "signals_wait":
        await turn.say(
            render("coordinator/closing_waits.html", waiting=refused.count),
            [[Button(texts.SIGNALS, data("sigs", event.id))]],
        )
        return
    turn.toast = ending_texts.REFUSED[refused.reason]


TAPS: dict[str, Handler] = {"endn": ask_end, "endn2": end}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
