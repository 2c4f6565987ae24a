"""Measures on the phone: five typed lines, then to which readers it applies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.chat.buttons import AUDIENCES, data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.facts_flow import asked_event, given_so_far, mark, say_warned, store
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.writing import NewFact
from briefings.rows import FactKind
from contacts.outbox import Button
from feeds.rows import Event

MEASURE = "measure"


async def ask_measure(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.ask(MEASURE, "0", {"event": event.id})
    question = texts.MEASURE_STEPS[0][1]
    await say_warned(turn, event, render("coordinator/ask_measure.html", question=question))


async def wrote_measure(turn: Turn) -> None:
    event, given = await asked_event(turn)
    assert turn.conversation is not None
    step = int(turn.conversation.step)
    given[texts.MEASURE_STEPS[step][0]] = (turn.text or "").strip()
    if step + 1 < len(texts.MEASURE_STEPS):
        await turn.ask(MEASURE, str(step + 1), given)
        question = texts.MEASURE_STEPS[step + 1][1]
        await turn.say(render("coordinator/ask_measure.html", question=question))
        return
    await turn.ask(MEASURE, "applies", given)
    marked = mark(given["text"])
    row = [
        Button(texts.APPLIES_YES, data("fmap", event.id, 1, marked)),
        Button(texts.APPLIES_NO, data("fmap", event.id, 0, marked)),
    ]
    some = [Button(texts.APPLIES_SOME, data("fmwho", event.id, 0, marked))]
    await turn.say(render("coordinator/ask_applies.html"), [row, some])


async def choose_readers(turn: Turn) -> None:
    """One line per text; a tap says whether the measure holds for its readers."""
    event = await open_event_of(turn)
    given = given_so_far(turn, (MEASURE, "applies"), event)
    assert turn.tap is not None
    mask, marked = turn.tap.number(1), mark(given["text"])
    buttons = []
    for index, audience in enumerate(AUDIENCES):
        shape = texts.READER_ON if mask & (1 << index) else texts.READER_OFF
        toggled = data("fmwho", event.id, mask ^ (1 << index), marked)
        buttons.append([Button(shape.format(name=texts.AUDIENCES[audience]), toggled)])
    if readers_of(mask):
        buttons.append([Button(texts.DONE, data("fmdn", event.id, mask, marked))])
    await turn.change(render("coordinator/ask_readers.html"), buttons)


def readers_of(mask: int) -> list[str]:
    """The audiences that are ticked, as a measure stores them. Pure."""
    return [one.value for index, one in enumerate(AUDIENCES) if mask & (1 << index)]


async def chose_readers(turn: Turn) -> None:
    event = await open_event_of(turn)
    given = given_so_far(turn, (MEASURE, "applies"), event)
    assert turn.tap is not None
    readers = readers_of(turn.tap.number(1))
    if not readers:
        raise ValueError("nobody was ticked")
    await _keep(turn, event, given, applies=True, readers=readers)


async def chose_applies(turn: Turn) -> None:
    event = await open_event_of(turn)
    given = given_so_far(turn, (MEASURE, "applies"), event)
    assert turn.tap is not None
    await _keep(turn, event, given, applies=bool(turn.tap.number(1)))


async def _keep(
    turn: Turn, event: Event, given: dict[str, Any], *, applies: bool, readers: Sequence[str] = ()
) -> None:
    await turn.finish()
    period = given.pop("from_", "")
    start, _, end = period.partition(texts.UNTIL)
    measure: dict[str, Any] = {
        "for_whom": given["for_whom"],
        "where": given["where"],
        "from_": start.strip(),
        "until": end.strip() or texts.UNTIL_FURTHER_NOTICE,
        "decided_by": given["decided_by"],
        "applies": "ja" if applies else "nee",
    }
    if readers and len(readers) < len(AUDIENCES):
        measure["audiences"] = list(readers)
    fact = NewFact(FactKind.MEASURE, given["text"], given["decided_by"], measure=measure)
    await store(turn, event, fact)


TAPS: dict[str, Handler] = {
    "fmea": ask_measure,
    "fmap": chose_applies,
    "fmwho": choose_readers,
    "fmdn": chose_readers,
}
STEPS: dict[tuple[str, str], Handler] = {
    (MEASURE, str(step)): wrote_measure for step in range(len(texts.MEASURE_STEPS))
}
COMMANDS: dict[str, Handler] = {}
