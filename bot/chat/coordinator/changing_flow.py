"""What was decided about a running event, decided anew on the phone, one thing at a time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import time
from typing import Any

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.along_flow import along_button
from bot.chat.coordinator.card import show_card
from bot.chat.coordinator.facts_flow import asked_event
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import writing
from bot.evening.starting import LEADS, SEND_TIMES, SEVERITIES, next_time, send_choices
from bot.event_names import name_of
from briefings.capitals import with_capital
from contacts.outbox import Button
from feeds.changing import Decided
from feeds.lexicon import load_lexicon
from feeds.rows import RUNNING, Event

FLOW = "change"
PLACE_LIMIT = 120


async def show(turn: Turn) -> None:
    """``Wijzigen`` on the card: what stands, and which of it to change."""
    event = await open_event_of(turn)
    if event.status not in RUNNING:
        turn.toast = texts.REFUSALS["not_confirmed"]
        return
    rows = [
        [Button(label, data("echg2", event.id, part))] for part, label in texts.CHANGE_PARTS.items()
    ]
    rows += await along_button(turn, event)
    kind, _ = load_lexicon().event_types.get(event.type, (event.type, ()))
    lead = texts.LEADS[event.lead_agency] if event.lead_agency else ""
    await turn.say(
        render(
            "coordinator/ask_change.html",
            event=event,
            title=await name_of(turn.session, event),
            kind=kind,
            lead=lead,
        ),
        rows,
    )


async def chose_part(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    part = turn.tap.args[1]
    if part == "place":
        await turn.ask(FLOW, part, {"event": event.id, "seen": _stamp(event)})
        question = texts.CHANGE_PLACE
        await turn.say(render("coordinator/ask_line.html", question=question))
        return
    choices = _choices(turn, part)
    buttons = [
        Button(label, data("echg3", event.id, part, key, _stamp(event))) for key, label in choices
    ]
    wide = 1 if part == "type" else 3
    rows = [buttons[index : index + wide] for index in range(0, len(buttons), wide)]
    await turn.change(render("coordinator/ask_choice.html", part=texts.CHANGE_PARTS[part]), rows)


def _choices(turn: Turn, part: str) -> list[tuple[str, str]]:
    """What can be chosen: the key in the button, and its label.

    :raises ValueError: no such part.
    """
    if part == "severity":
        return [(str(number), str(number)) for number in SEVERITIES]
    if part == "lead":
        return [(str(index), texts.LEADS[lead]) for index, lead in enumerate(LEADS)]
    if part == "time":
        labels = [(str(index), label) for index, label in send_choices(turn.now)]
        return [*labels, ("-", texts.NO_MOMENT)]
    if part == "type":
        types = load_lexicon().event_types.items()
        return [(key, with_capital(name)) for key, (name, _) in types]
    raise ValueError("no such part")


async def chose_value(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    _, part, key, seen = turn.tap.args
    if key not in dict(_choices(turn, part)):
        raise ValueError("outside the choices")
    await _change(turn, event, seen, **_value(turn, part, key))


def _value(turn: Turn, part: str, key: str) -> dict[str, Any]:
    if part == "severity":
        return {"severity": int(key)}
    if part == "lead":
        return {"lead_agency": LEADS[int(key)]}
    if part == "time":
        at: time | None = None if key == "-" else SEND_TIMES[int(key)]
        return {"send_before": next_time(turn.now, at) if at else None}
    return {"type": key}


async def wrote_place(turn: Turn) -> None:
    event, given = await asked_event(turn)
    await turn.finish()
    place = (turn.text or "").strip()[:PLACE_LIMIT]
    await _change(turn, event, given["seen"], place=place or None)


async def _change(turn: Turn, event: Event, seen: str, **values: Any) -> None:
    """Decide it anew; a choice on top of somebody else's is shown first, not done."""
    if event.status not in RUNNING:
        turn.toast = texts.REFUSALS["not_confirmed"]
        return
    if seen != _stamp(event):
        await turn.say(render("coordinator/ask_line.html", question=texts.CHANGED_MEANWHILE))
        return
    wanted = replace(Decided.of(event), **values)
    changed = await writing.decide_anew(
        turn.session, event, turn.known(), wanted, turn.config.briefings, now=turn.now
    )
    if not changed:
        turn.toast = texts.NOTHING_CHANGED
        return
    await show_card(turn, event)


def _stamp(event: Event) -> str:
    """What the buttons were made for: another decision since makes them old."""
    return hashlib.sha256(repr(Decided.of(event)).encode()).hexdigest()[:8]


TAPS: dict[str, Handler] = {"echg": show, "echg2": chose_part, "echg3": chose_value}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "place"): wrote_place}
COMMANDS: dict[str, Handler] = {}
