"""Buttons that did their work: a question that was answered keeps its words and loses its choices.

A button that stays invites a second tap, which then says that it is old. Menus stay, and so does
what may be said otherwise later.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from sqlmodel import col, select

from bot.chat import texts
from bot.chat.shown import drop_button, shown_form
from bot.chat.turn import Turn
from bot.rows import LiveMessage
from contacts.outbox import Content
from contacts.sealing import is_sealed
from contacts.sending import edit_sent

#: questions with choices, answered in a new message below: all choices go
ANSWERED = frozenset(
    {
        "corr2", "retr2", "fcon2", "fdel2", "fsrc", "fnext2", "fmap", "fmdn", "faro3", "echg3",
        "evall", "evl", "les", "lesskip", "lesown", "lesdue", "ownk", "owns", "ownw", "grpback",
    }
)  # fmt: skip


async def close_question(turn: Turn) -> None:
    """After a tap: the answered question says what was chosen, without its buttons.

    A toast alone is a refusal, and what the handler changed itself stays as it made it.
    """
    tap = turn.tap
    if tap is None or tap.verb not in ANSWERED or tap.delivery_id is None:
        return
    if turn.toast is not None or not turn.has_spoken:
        return
    form = await shown_form(turn.session, tap.delivery_id)
    wire = ":".join((tap.verb, *tap.args))
    labels = [b.text for row in form.buttons for b in row if b.data == wire] if form else []
    if form is None or not labels or await _is_live(turn, tap.delivery_id):
        return
    chosen = texts.CHOSEN.format(label=escape(labels[0]))
    text = form.text if is_sealed(form.text) else f"{form.text}\n{chosen}"
    changed = replace(form, text=text, buttons=[], reply_to=None, pin=False)
    await edit_sent(turn.session, tap.delivery_id, Content(telegram=changed), now=turn.now)


async def _is_live(turn: Turn, delivery_id: int) -> bool:
    """A message that is kept up to date has the buttons that fit it."""
    found = await turn.session.exec(
        select(LiveMessage.id).where(col(LiveMessage.delivery_id) == delivery_id).limit(1)
    )
    return found.first() is not None


async def use_up(turn: Turn) -> None:
    """The tapped button is done; the others under its message go on."""
    tap = turn.tap
    if tap is None or not tap.delivery_id or await _is_live(turn, tap.delivery_id):
        return
    wire = ":".join((tap.verb, *tap.args))
    await drop_button(turn.session, tap.delivery_id, wire, now=turn.now)
