"""``/pdf``: the newest text for this organisation, on paper."""

from __future__ import annotations

from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.paper import Paper, newest_for


async def send_paper(turn: Turn) -> None:
    """Of the event about which this person, or a colleague, got a text last."""
    actor = turn.known()
    newest = await newest_for(turn.session, actor.person_id, actor.organisation_id, now=turn.now)
    if newest is None:
        await turn.say(render("partner/no_paper.html"))
        return
    door, reading = newest
    await turn.say(
        render("partner/paper.html", subject=reading.subject, reading=reading),
        document=Paper.of(door, reading).key,
    )


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/pdf": send_paper}
