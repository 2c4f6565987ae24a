"""Measures on the phone: five typed lines, then whether it applies to the reader."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.facts_flow import asked_event, given_so_far, mark, store
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.writing import NewFact
from briefings.rows import FactKind
from contacts.outbox import Button

MEASURE = "measure"


async def ask_measure(turn: Turn) -> None:
    event = await open_event_of(turn)
    await turn.ask(MEASURE, "0", {"event": event.id})
    await turn.say(render("coordinator/ask_measure.html", question=texts.MEASURE_STEPS[0][1]))


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
    await turn.say(render("coordinator/ask_applies.html"), [row])


async def chose_applies(turn: Turn) -> None:
    event = await open_event_of(turn)
    given = given_so_far(turn, (MEASURE, "applies"), event)
    assert turn.tap is not None
    await turn.finish()
    period = given.pop("from_", "")
    start, _, end = period.partition(texts.UNTIL)
    measure = {
        "for_whom": given["for_whom"],
        "where": given["where"],
        "from_": start.strip(),
        "until": end.strip() or texts.UNTIL_FURTHER_NOTICE,
        "decided_by": given["decided_by"],
        "applies": "ja" if turn.tap.number(1) else "nee",
    }
    fact = NewFact(FactKind.MEASURE, given["text"], given["decided_by"], measure=measure)
    await store(turn, event, fact)


TAPS: dict[str, Handler] = {"fmea": ask_measure, "fmap": chose_applies}
STEPS: dict[tuple[str, str], Handler] = {
    (MEASURE, str(step)): wrote_measure for step in range(len(texts.MEASURE_STEPS))
}
COMMANDS: dict[str, Handler] = {}
