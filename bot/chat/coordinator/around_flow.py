"""What stands around the facts, on the phone: the title, the tie with the city, public words."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.facts_flow import asked_event, redraft, say_facts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from briefings.facts import FactRefused, clear_context, facts_of, set_context
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event

FLOW = "around"
LIMITS = {"titel": 120, "band": 300, "woorden": 400, "spreker": 120}


async def show(turn: Turn) -> None:
    turn.allowed(Permission.EDIT_FACTS)
    event = await open_event_of(turn)
    assert event.id is not None
    block = (await facts_of(turn.session, event.id)).block
    rows = [
        [Button(label, data("faro2", event.id, part))]
        for part, label in texts.AROUND_FIELDS.items()
    ]
    await turn.say(render("coordinator/ask_around.html", block=block), rows)


async def chose_part(turn: Turn) -> None:
    turn.allowed(Permission.EDIT_FACTS)
    event = await open_event_of(turn)
    assert turn.tap is not None
    part = turn.tap.args[1]
    if part not in texts.AROUND_FIELDS:
        raise ValueError("no such part")
    await turn.ask(FLOW, part, {"event": event.id})
    clear = [Button(texts.CLEAR_AROUND, data("faro3", event.id, part))]
    await turn.say(_question(part), [] if part == "titel" else [clear])


async def clear(turn: Turn) -> None:
    turn.allowed(Permission.EDIT_FACTS)
    event = await open_event_of(turn)
    assert turn.tap is not None
    part = turn.tap.args[1]
    await turn.finish()
    await clear_context(
        turn.session, event, turn.config.briefings, tie=part == "band", meaning=part == "woorden",
        editor_id=turn.known().person_id, now=turn.now,
    )  # fmt: skip
    await redraft(turn, event)
    await say_facts(turn, event)


async def wrote_title(turn: Turn) -> None:
    event, _ = await asked_event(turn)
    await _keep(turn, event, neutral_title=_line(turn, "titel"))


async def wrote_tie(turn: Turn) -> None:
    event, _ = await asked_event(turn)
    await _keep(turn, event, local_tie=_line(turn, "band"))


async def wrote_words(turn: Turn) -> None:
    """Words never stand without who said them, so that is asked before anything is kept."""
    _, given = await asked_event(turn)
    await turn.ask(FLOW, "spreker", {**given, "words": _line(turn, "woorden")})
    await turn.say(_question("spreker"))


async def wrote_speaker(turn: Turn) -> None:
    event, given = await asked_event(turn)
    await _keep(turn, event, meaning=given["words"], meaning_speaker=_line(turn, "spreker"))


def _question(part: str) -> str:
    return render("coordinator/ask_line.html", question=texts.AROUND_QUESTIONS[part])


def _line(turn: Turn, part: str) -> str:
    return (turn.text or "").strip()[: LIMITS[part]]


async def _keep(turn: Turn, event: Event, **values: str) -> None:
    assert event.id is not None
    await turn.finish()
    refused = await set_context(
        turn.session, event.id, editor_id=turn.known().person_id, now=turn.now,
        allow=turn.config.signals.allow, **values,
    )  # fmt: skip
    if isinstance(refused, FactRefused):
        why = texts.REFUSALS.get(refused.reason, refused.reason)
        await turn.say(render("coordinator/fact_refused.html", why=why))
        return
    await redraft(turn, event)
    await say_facts(turn, event)


TAPS: dict[str, Handler] = {"faro": show, "faro2": chose_part, "faro3": clear}
STEPS: dict[tuple[str, str], Handler] = {
    (FLOW, "titel"): wrote_title,
    (FLOW, "band"): wrote_tie,
    (FLOW, "woorden"): wrote_words,
    (FLOW, "spreker"): wrote_speaker,
}
COMMANDS: dict[str, Handler] = {}
