"""A signal in a minute: soort, ernst, wijk, setting, send, and perhaps one line of text.

Every tap fills one field and edits the same message. That message goes out with a sealed
address, and the conversation that knows the chat is deleted at the end: afterwards nothing
in the database joins the person to the signal.
"""

from __future__ import annotations

from typing import Any

from bot.chat import signal_questions as questions
from bot.chat import texts
from bot.chat.discreet import let_go, say_discreetly
from bot.chat.refusing import refuse_text, screened_line
from bot.chat.render import render
from bot.chat.signal_draft import asked_now, next_question, passed, read_choice, to_draft
from bot.chat.signal_questions import Question
from bot.chat.telling import tell_here, thank
from bot.chat.turn import Handler, Turn
from contacts.directory import Organisation
from contacts.permissions import Permission
from contacts.sending import original_of
from feeds.rows import Event
from signals import texts as labels
from signals.telling import (
    DANGER_NOW,
    MAX_KINDS,
    MAX_NOTE,
    Blocked,
    Emergency,
)

FLOW = "signal"
STEP_NAMES = ("kinds", "severity", "district", "setting", "summary")
#: fields of which the last choice may not be taken back to nothing
_REQUIRED = frozenset({"kinds", "severity", "district", "setting"})


async def start_under_briefing(turn: Turn) -> None:
    """*Ik merk iets* under a briefing: the event is known.

    What was begun about the same event goes on; about another one it makes place.
    """
    actor = turn.allowed(Permission.GIVE_SIGNAL)
    assert turn.tap is not None
    event = await turn.session.get(Event, turn.tap.number(0)) if turn.tap.args else None
    if event is not None and event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    await _go_on_or_start(turn, event.id if event is not None else None)


async def _go_on_or_start(turn: Turn, event_id: int | None) -> None:
    talk = turn.conversation
    if talk is not None and talk.flow == FLOW and talk.data.get("event") == event_id:
        await _ask_anew(turn, dict(talk.data))
        return
    await _start(turn, event_id)


async def start_loose(turn: Turn) -> None:
    """``/signaal``: the one that was begun, or one that belongs to no event."""
    turn.allowed(Permission.GIVE_SIGNAL)
    talk = turn.conversation
    if talk is not None and talk.flow == FLOW:
        await _ask_anew(turn, dict(talk.data))
        return
    await _start(turn, None)


async def _start(turn: Turn, event_id: int | None) -> None:
    await _ask_anew(turn, {"event": event_id})


async def show_all_kinds(turn: Turn) -> None:
    if await _data(turn) is not None:
        await turn.change(*questions.ask_kind(everything=True))


async def show_districts(turn: Turn) -> None:
    assert turn.tap is not None
    if await _data(turn) is not None:
        await turn.change(*questions.ask_listed_district(turn.tap.number(0)))


async def chose(turn: Turn) -> None:
    """A field is filled; the next question, or the summary, comes in its place."""
    data = await _data(turn)
    assert turn.tap is not None
    if data is None:
        return
    if len(turn.tap.args) != 2 or turn.tap.args[0] not in texts.FIELDS:
        raise ValueError("button without a field")
    field, raw = turn.tap.args
    value = read_choice(field, raw, turn.config.signals.themes)
    if (field, value) == ("severity", DANGER_NOW):
        await _danger(turn)
        return
    await _show(turn, passed(data, field, turn.config.signals.themes) | {field: value})


async def tell_more(turn: Turn) -> None:
    """*Meer vertellen*: the questions that may stay open, one after the other."""
    data = await _data(turn)
    if data is not None:
        await _show(turn, data | {"more": 0})


async def pass_over(turn: Turn) -> None:
    data = await _data(turn)
    assert turn.tap is not None
    if data is None:
        return
    field = turn.tap.args[0] if turn.tap.args else ""
    await _show(turn, passed(data, field, turn.config.signals.themes))


async def toggle_kind(turn: Turn) -> None:
    data = await _data(turn)
    assert turn.tap is not None
    if data is None:
        return
    kind = turn.tap.args[0] if turn.tap.args else ""
    if kind not in labels.KINDS:
        raise ValueError("no such kind")
    chosen = list(data.get("kinds", []))
    if kind in chosen:
        chosen.remove(kind)
    elif len(chosen) < MAX_KINDS:
        chosen.append(kind)
    else:
        turn.toast = texts.TOO_MANY
        return
    await turn.ask(FLOW, "kinds", data | {"kinds": chosen})
    await turn.change(*questions.ask_kinds(chosen))


async def show_fields(turn: Turn) -> None:
    """*Wijzig*."""
    if await _data(turn) is not None:
        await turn.change(*questions.ask_change())


async def change_field(turn: Turn) -> None:
    data = await _data(turn)
    assert turn.tap is not None
    if data is None:
        return
    field = turn.tap.args[0] if turn.tap.args else ""
    if field not in texts.FIELDS:
        raise ValueError("no such field")
    if field == "kinds":
        await turn.change(*questions.ask_kinds(data.get("kinds", [])))
    elif field in _REQUIRED:
        own = await _own_district(turn)
        await turn.change(*questions.question(field, data, own=own, note=""))
    else:
        await turn.change(*questions.ask_field(field, turn.config.signals.themes))


async def back_to_form(turn: Turn) -> None:
    data = await _data(turn)
    if data is not None:
        data.pop("more", None)
        await _show(turn, data)


async def remove_line(turn: Turn) -> None:
    data = await _data(turn)
    if data is not None:
        data.pop("note", None)
        await _show(turn, data)


async def wrote_line(turn: Turn) -> None:
    """One typed line; it was screened before the inbox, and is again."""
    data = await _data(turn)
    if data is None:
        return
    line = await screened_line(turn)
    if line is None:
        return
    if len(line) > MAX_NOTE:
        text = render("signal/note_long.html", length=len(line), longest=MAX_NOTE)
        await say_discreetly(turn, text, reply_to=turn.message_id)
        return
    if line:
        data |= {"note": turn.sealer.seal(line)}
    await _ask_anew(turn, data, with_line=True)


async def again(turn: Turn) -> None:
    """*Opnieuw* after a refusal: where the form stood, or an empty one."""
    turn.allowed(Permission.GIVE_SIGNAL)
    talk = turn.conversation
    data = dict(talk.data) if talk is not None and talk.flow == FLOW else {"event": None}
    await _ask_anew(turn, data)


async def give_up(turn: Turn) -> None:
    """*Stoppen*: nothing is kept."""
    await turn.give_up(FLOW, render("signal/stopped.html"))


async def send(turn: Turn) -> None:
    """*Versturen*: store, promise, forget the conversation."""
    data = await _data(turn)
    if data is None:
        return
    draft = to_draft(data, _note(turn, data))
    result = await tell_here(turn, draft)
    if isinstance(result, Emergency):
        await _danger(turn)
    elif isinstance(result, Blocked):
        data.pop("note", None)
        await turn.ask(FLOW, "summary", data)
        await refuse_text(turn, list(result.screening.labels), [])
    else:
        await thank(turn, draft, result)


async def _danger(turn: Turn) -> None:
    """112 first; whatever was filled in is gone."""
    await turn.finish()
    await turn.change(render("signal/danger.html"))


async def _data(turn: Turn) -> dict[str, Any] | None:
    """The form of this chat; None (with a toast) for a button of a form that is over."""
    turn.allowed(Permission.GIVE_SIGNAL)
    talk = turn.conversation
    if talk is None or talk.flow != FLOW:
        turn.toast = texts.QUESTION_OVER
        return None
    if turn.tap is not None and turn.tap.delivery_id is not None:
        original = await original_of(turn.session, turn.tap.delivery_id)
        if original.id != talk.data.get("message"):
            turn.toast = texts.QUESTION_OVER
            return None
    return dict(talk.data)


async def _show(turn: Turn, data: dict[str, Any]) -> None:
    """The next question in place of the one that was answered."""
    name, (text, buttons) = await _next(turn, data)
    await turn.ask(FLOW, name, data)
    await turn.change(text, buttons)


async def _ask_anew(turn: Turn, data: dict[str, Any], *, with_line: bool = False) -> None:
    """The next question as a new message, which from now on carries the form."""
    await let_go(turn, data, with_line=with_line)
    name, (text, buttons) = await _next(turn, data)
    delivery = await say_discreetly(turn, text, buttons)
    await turn.ask(FLOW, name, data | {"message": delivery.id})


async def _next(turn: Turn, data: dict[str, Any]) -> tuple[str, Question]:
    name = next_question(data)
    themes = turn.config.signals.themes
    if name == "summary" and (field := asked_now(data, themes)) is not None:
        return name, questions.ask_more(field, data, themes)
    own = await _own_district(turn)
    return name, questions.question(name, data, own=own, note=_note(turn, data))


async def _own_district(turn: Turn) -> str | None:
    organisation = await turn.session.get(Organisation, turn.known().organisation_id)
    return organisation.district if organisation is not None else None


def _note(turn: Turn, data: dict[str, Any]) -> str:
    return turn.sealer.unseal(data["note"]) if data.get("note") else ""


#: the button under a briefing
START = "sig"
TAPS: dict[str, Handler] = {
    START: start_under_briefing,
    "gm": show_all_kinds,
    "gp": show_districts,
    "gv": chose,
    "gt": toggle_kind,
    "ge": show_fields,
    "gf": change_field,
    "gb": back_to_form,
    "gn": remove_line,
    "gr": again,
    "gq": give_up,
    "gx": send,
    "go": tell_more,
    "gw": pass_over,
}
STEPS: dict[tuple[str, str], Handler] = {(FLOW, step): wrote_line for step in STEP_NAMES}
COMMANDS: dict[str, Handler] = {"/signaal": start_loose}
