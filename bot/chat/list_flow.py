"""One tap under *Klopt dit nog?*: right, or not here any more (asked once more)."""

from __future__ import annotations

from bot import asking_texts as texts
from bot.asking import STILL, LastAdmin, leave_list, say_right
from bot.chat.buttons import data
from bot.chat.turn import Handler, Turn
from contacts.directory import Person
from contacts.outbox import Button


async def answer(turn: Turn) -> None:
    """``still:<word>``; an unknown word is an old button."""
    assert turn.tap is not None
    person = await turn.session.get_one(Person, turn.known().person_id)
    word = turn.tap.args[0] if turn.tap.args else ""
    if word == "yes":
        await say_right(turn.session, person, now=turn.now)
        await turn.change(texts.THANKS)
    elif word == "gone":
        buttons = [
            [Button(texts.GONE_YES, data(STILL, "sure"))],
            [Button(texts.GONE_NO, data(STILL, "stay"))],
        ]
        await turn.change(texts.GONE_SURE, buttons)
        return
    elif word == "sure":
        actor = turn.known()
        try:
            await leave_list(turn.session, person, turn.config, who=actor.who, now=turn.now)
        except LastAdmin:
            await turn.change(texts.GONE_LAST_ADMIN, [[Button(texts.GONE, data(STILL, "gone"))]])
            return
        await turn.finish()
        await turn.change(texts.GONE_DONE)
    elif word == "stay":
        await turn.change(texts.STILL_HERE)
    else:
        raise ValueError("an old button")
    turn.toast = texts.DONE_TOAST


TAPS: dict[str, Handler] = {STILL: answer}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
