"""Back in the chat that somebody stopped: asked anew, in two steps, without an invitation.

Until they said yes they are a stranger here: of what they write nothing is kept. ``/start`` with
a word is the one thing that is heard.
"""

from __future__ import annotations

from bot.chat import texts
from bot.chat.discreet import say_discreetly
from bot.chat.render import render
from bot.chat.turn import Turn
from contacts.directory import ChannelKind
from contacts.invitations import TELEGRAM_RANK, deep_link
from contacts.outbox import Button
from contacts.people import open_channel
from contacts.permissions import load_actor
from contacts.returning import AGAIN, YES, person_who_stopped


async def come_back(turn: Turn, word: str) -> bool:
    """False for who did not stop here by themselves."""
    person = await person_who_stopped(turn.session, turn.chat)
    if person is None:
        return False
    if word == AGAIN:
        name = turn.config.telegram.bot_name
        yes = [[Button(texts.COME_BACK, url=deep_link(name, YES))]] if name else []
        privacy = f"{turn.config.web.base_url.rstrip('/')}/privacy"
        text = render("partner/ask_back.html", privacy=privacy)
        await say_discreetly(turn, text, yes, is_exercise=person.is_exercise)
        return True
    await open_channel(
        turn.session, person, ChannelKind.TELEGRAM, str(turn.chat), rank=TELEGRAM_RANK,
        now=turn.now,
    )  # fmt: skip
    turn.actor = await load_actor(turn.session, person.id or 0)
    await turn.say(render("partner/back_again.html"))
    return True
