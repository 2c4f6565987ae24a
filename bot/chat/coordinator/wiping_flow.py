"""*Wis tekst* on the phone: the note goes for good, here as well; the codes stay."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.signals_inbox import signal_of
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from contacts.outbox import Button
from contacts.permissions import Permission
from signals.retention import wipe_text

SURE = "ja"


async def ask_or_wipe(turn: Turn) -> None:
    """Asks first. Either way the note goes out of this chat: the message is changed."""
    actor = turn.allowed(Permission.CLOSE_SIGNAL)
    signal = await signal_of(turn)
    assert turn.tap is not None
    back = [Button(texts.BACK_TO_SIGNAL, data("so", signal.id))]
    if turn.tap.args[1:] != (SURE,):
        sure = [Button(texts.WIPE_SURE, data("sx", signal.id, SURE))]
        await turn.change(render("coordinator/wipe_sure.html"), [sure, back])
        return
    await wipe_text(turn.session, signal, who=actor.who, now=turn.now)
    await turn.change(render("coordinator/note_wiped.html"), [back])


TAPS: dict[str, Handler] = {"sx": ask_or_wipe}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
