"""``/vraag`` and ``/voorbeeld``: one sentence to the municipality that is no signal.

A question from practice or a good example: the same filter, the same promise of an answer, the
same way back as a signal. Nothing in the database joins the person to it afterwards.
"""

from __future__ import annotations

from typing import Any

from bot.chat import texts, word_texts
from bot.chat.buttons import data, short
from bot.chat.discreet import let_go, say_discreetly
from bot.chat.refusing import refuse_text, screened_line
from bot.chat.render import render
from bot.chat.telling import tell_here, thank
from bot.chat.turn import Handler, Turn
from bot.event_names import names_of_events
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.sending import original_of
from signals import texts as labels
from signals.helping import events_to_choose
from signals.rows import ToldAs
from signals.telling import MAX_NOTE, Blocked, Told, short_draft

FLOW = "word"
STEP = "line"
MOST_EVENTS = 4


async def ask_question(turn: Turn) -> None:
    """``/vraag``."""
    await _begin(turn, ToldAs.QUESTION)


async def ask_example(turn: Turn) -> None:
    """``/voorbeeld``."""
    await _begin(turn, ToldAs.EXAMPLE)


async def _begin(turn: Turn, told_as: ToldAs) -> None:
    turn.allowed(Permission.GIVE_SIGNAL)
    talk = turn.conversation
    kept = dict(talk.data) if talk is not None and talk.flow == FLOW else {}
    if kept.get("note") and kept["as"] == told_as.value:
        await _confirm(turn, kept)
        return
    text = render("word/ask.html", **_words(told_as), longest=MAX_NOTE)
    delivery = await say_discreetly(turn, text, [[_quit()]])
    await turn.ask(FLOW, STEP, {"as": told_as.value, "message": delivery.id})


def _words(told_as: ToldAs) -> dict[str, Any]:
    return {"title": labels.TOLD_AS[told_as], "hint": word_texts.HINTS[told_as]}


async def wrote(turn: Turn) -> None:
    """The sentence; it was screened before the inbox, and is again. Then: about what?"""
    kept = await _data(turn)
    if kept is None:
        return
    line = await screened_line(turn)
    if line is None:
        return
    if not line or len(line) > MAX_NOTE:
        text = render("signal/note_long.html", length=len(line), longest=MAX_NOTE)
        await say_discreetly(turn, text, reply_to=turn.message_id)
        return
    await _confirm(turn, kept | {"note": turn.sealer.seal(line)}, with_line=True)


async def _confirm(turn: Turn, kept: dict[str, Any], *, with_line: bool = False) -> None:
    """About what is it, and shall it go?"""
    length = len(turn.sealer.unseal(kept["note"]))
    events = (await events_to_choose(turn.session, turn.known()))[:MOST_EVENTS]
    names = await names_of_events(turn.session, [event.id or 0 for event in events])
    rows = [
        [Button(short(word_texts.ABOUT.format(event=names[event.id or 0])), data("vw", event.id))]
        for event in events
    ]
    loose = word_texts.SEND_LOOSE if events else texts.SEND
    rows.append([Button(loose, data("vw", 0)), _quit()])
    await let_go(turn, kept, with_line=with_line)
    text = render("word/sure.html", title=_words(ToldAs(kept["as"]))["title"], length=length)
    delivery = await say_discreetly(turn, text, rows)
    await turn.ask(FLOW, STEP, kept | {"message": delivery.id})


async def send(turn: Turn) -> None:
    """*Versturen*: stored, promised, and the conversation forgotten."""
    actor = turn.allowed(Permission.GIVE_SIGNAL)
    assert turn.tap is not None
    kept = await _data(turn)
    if kept is None or not kept.get("note"):
        return
    event_id = turn.tap.number(0) or None
    if event_id is not None and event_id not in {
        event.id for event in await events_to_choose(turn.session, actor)
    }:
        raise ValueError("no such event for this organisation")
    draft = short_draft(ToldAs(kept["as"]), event_id, turn.sealer.unseal(kept["note"]))
    result = await tell_here(turn, draft)
    if isinstance(result, Blocked):
        await refuse_text(turn, list(result.screening.labels), [])
    elif isinstance(result, Told):
        await thank(turn, draft, result)


async def give_up(turn: Turn) -> None:
    """*Stoppen*: nothing is kept."""
    await turn.give_up(FLOW, render("signal/stopped.html"))


async def _data(turn: Turn) -> dict[str, Any] | None:
    """What was written so far; None (with a toast) for a button of a question that is over."""
    turn.allowed(Permission.GIVE_SIGNAL)
    talk = turn.conversation
    is_over_now = talk is None or talk.flow != FLOW
    if not is_over_now and turn.tap is not None and turn.tap.delivery_id is not None:
        original = await original_of(turn.session, turn.tap.delivery_id)
        is_over_now = talk is None or original.id != talk.data.get("message")
    if is_over_now or talk is None:
        turn.toast = texts.QUESTION_OVER
        return None
    return dict(talk.data)


def _quit() -> Button:
    return Button(texts.QUIT, data("vq"))


TAPS: dict[str, Handler] = {"vw": send, "vq": give_up}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, STEP): wrote}
COMMANDS: dict[str, Handler] = {"/vraag": ask_question, "/voorbeeld": ask_example}
