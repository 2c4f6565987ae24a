"""What somebody was telling when another command came: kept open, or said to be gone.

A command that only shows something leaves it open. One that asks something itself takes its
place: then nothing of it is kept, and the sender hears that and how to begin anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.chat import signal_flow, word_flow
from bot.chat.discreet import say_discreetly
from bot.chat.render import render
from bot.chat.turn import Turn
from bot.rows import Conversation
from signals.rows import ToldAs
from signals.texts import YOUR_WORD

#: of these the form itself is no answer
_NOT_FILLED = frozenset({"event", "message", "as"})
#: who sends these wants an end to it
ENDING = frozenset({"/annuleren", "/stop"})
#: these ask nothing: a question that is open stays open beside them, whatever it is about
SHOWING = frozenset(
    {
        "/help",
        "/waar",
        "/gegevens",
        "/beeld",
        "/pdf",
        "/status",
        "/klok",
        "/bellijst",
        "/console",
        "/overleg",
        "/overdracht",
        "/rooster",
        "/signalen",
    }
)
_COMMANDS = {
    ToldAs.SIGNAL: "/signaal",
    ToldAs.QUESTION: "/vraag",
    ToldAs.EXAMPLE: "/voorbeeld",
}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A signal, question or example that was begun, by what was filled in."""

    told_as: ToldAs
    filled: dict[str, Any]
    is_exercise: bool = False

    @property
    def command(self) -> str:
        return _COMMANDS[self.told_as]


def unfinished(talk: Conversation | None) -> Unfinished | None:
    """None when there is nothing that could be lost. Pure."""
    if talk is None or talk.flow not in (signal_flow.FLOW, word_flow.FLOW):
        return None
    filled = {name: value for name, value in talk.data.items() if name not in _NOT_FILLED}
    if not any(filled.values()):
        return None
    is_word = talk.flow == word_flow.FLOW
    told_as = ToldAs(talk.data["as"]) if is_word else ToldAs.SIGNAL
    return Unfinished(told_as, filled, talk.is_exercise)


def place_of(talk: Conversation | None) -> tuple[str, str] | None:
    """Which question is open; None when there is none. Pure."""
    return None if talk is None else (talk.flow, talk.step)


def _is_open(turn: Turn, before: Unfinished) -> bool:
    return unfinished(turn.conversation or turn.elsewhere) == before


async def tell_if_replaced(turn: Turn, before: Unfinished) -> None:
    """After a tap that took its place: what was begun about something else is gone."""
    if _is_open(turn, before):
        return
    if before.is_exercise != turn.is_exercise:
        await _tell_of_other_world(turn, before)
        return
    await say_discreetly(turn, render("signal/replaced.html", what=YOUR_WORD[before.told_as]))


async def _tell_of_other_world(turn: Turn, before: Unfinished) -> None:
    """What was real and is gone, said within an exercise, or the other way round."""
    text = render(
        "signal/replaced_elsewhere.html", what=YOUR_WORD[before.told_as], command=before.command,
        was_exercise=before.is_exercise,
    )  # fmt: skip
    await say_discreetly(turn, text)


async def tell_of(turn: Turn, before: Unfinished, command: str) -> None:
    """After another command was answered: it is still open, or it is gone."""
    is_open = _is_open(turn, before)
    if before.is_exercise != turn.is_exercise:
        # Still open it is not spoken of: the command that goes on with it would begin one here.
        if not is_open:
            await _tell_of_other_world(turn, before)
        return
    if is_open and command == before.command:
        return
    text = render(
        "signal/unfinished.html",
        what=YOUR_WORD[before.told_as],
        command=before.command,
        is_open=is_open,
    )
    await say_discreetly(turn, text)
