"""Messages that do not tell from the database to whom they went.

The address is sealed and no person is named: what somebody reports, or what was refused,
cannot be read back from the outbox as theirs.
"""

from __future__ import annotations

from bot.chat.turn import Rows, Turn
from contacts.directory import ChannelKind
from contacts.outbox import Content, Delivery, MessageKind, TelegramForm
from contacts.sending import Recipient, post


async def say_discreetly(
    turn: Turn, text: str, buttons: Rows = (), *, reply_to: int | None = None
) -> Delivery:
    """A new message to this chat, as ``turn.say``, with a sealed address."""
    form = TelegramForm(text=text, buttons=[list(row) for row in buttons], reply_to=reply_to)
    sealed = turn.sealer.seal(f"{ChannelKind.TELEGRAM.value}:{turn.chat}")
    [delivery] = await post(
        turn.session,
        kind=MessageKind.DIALOGUE,
        content=Content(telegram=form),
        to=[Recipient(ChannelKind.TELEGRAM, sealed, person_id=None, organisation_id=None)],
        is_exercise=turn.actor.is_exercise if turn.actor else False,
        now=turn.now,
    )
    turn.has_spoken = True
    return delivery
