"""Messages that do not tell from the database to whom they went.

The address is sealed and no person is named: what somebody reports, or what was refused,
cannot be read back from the outbox as theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat.render import render
from bot.chat.turn import Rows, Turn
from contacts.directory import ChannelKind
from contacts.outbox import Content, Delivery, MessageKind, TelegramForm
from contacts.returning import only_in_exercises
from contacts.sending import Recipient, edit_sent, post
from contacts.texts import EXERCISE_LINE


async def say_discreetly(
    turn: Turn,
    text: str,
    buttons: Rows = (),
    *,
    reply_to: int | None = None,
    is_exercise: bool | None = None,
) -> Delivery:
    """A new message to this chat, as ``turn.say``, with a sealed address.

    :param is_exercise: the world of who is a stranger by now; None: as the chat is listed.
    """
    if turn.actor is not None:
        is_exercise = turn.actor.is_exercise
    elif is_exercise is None:
        is_exercise = await only_in_exercises(turn.session, turn.chat)
    if turn.actor is None and turn.config.is_exercise and not is_exercise:
        # Who is on no list gets no message of an exercise, and yet it is one here.
        text = f"{EXERCISE_LINE}\n{text}"
    form = TelegramForm(text=text, buttons=[list(row) for row in buttons], reply_to=reply_to)
    sealed = turn.sealer.seal(f"{ChannelKind.TELEGRAM.value}:{turn.chat}")
    [delivery] = await post(
        turn.session,
        kind=MessageKind.DIALOGUE,
        content=Content(telegram=form),
        to=[Recipient(ChannelKind.TELEGRAM, sealed, person_id=None, organisation_id=None)],
        is_exercise=is_exercise,
        now=turn.now,
    )
    turn.has_spoken = True
    return delivery


async def let_go(turn: Turn, kept: Mapping[str, Any], *, with_line: bool = False) -> None:
    """The message that carried the form so far loses its buttons: another one does from now on.

    :param with_line: something was typed, and goes along.
    """
    if kept.get("message") is None:
        return
    form = TelegramForm(text=render("signal/note_taken.html", with_line=with_line))
    await edit_sent(turn.session, int(kept["message"]), Content(telegram=form), now=turn.now)
