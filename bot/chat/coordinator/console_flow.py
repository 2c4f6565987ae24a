"""``/console``: a one-time link into the console, for whoever works there."""

from __future__ import annotations

from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.pages import SIGN_IN as SIGN_IN_PAGE
from bot.console.signing_in import may_get_link
from contacts.filling import SIGN_IN
from contacts.outbox import Button
from contacts.permissions import Permission


async def send_link(turn: Turn) -> None:
    actor = turn.allowed(Permission.USE_CONSOLE)
    if not turn.config.sign_in.link:
        page = f"{turn.config.web.base_url.rstrip('/')}{SIGN_IN_PAGE}"
        words = render("coordinator/console_account.html")
        await turn.say(words, [[Button(texts.OPEN_CONSOLE, url=page)]])
        return
    if not await may_get_link(turn.session, actor.person_id, now=turn.now):
        await turn.say(render("coordinator/console_wait.html"))
        return
    await turn.say(render("coordinator/console.html"), [[Button(texts.OPEN_CONSOLE, url=SIGN_IN)]])


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/console": send_link}
