"""``/console``: a one-time link into the console, for whoever works there."""

from __future__ import annotations

from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.signing_in import may_get_link
from contacts.filling import SIGN_IN
from contacts.outbox import Button
from contacts.permissions import Permission


async def send_link(turn: Turn) -> None:
    actor = turn.allowed(Permission.USE_CONSOLE)
    if not await may_get_link(turn.session, actor.person_id, now=turn.now):
        await turn.say(render("coordinator/console_wait.html"))
        return
    await turn.say(render("coordinator/console.html"), [[Button(texts.OPEN_CONSOLE, url=SIGN_IN)]])


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/console": send_link}
