"""What an old button about an event says: it was decided, or it was of an exercise that is over."""

from __future__ import annotations

from bot.answered import decision_of
from bot.chat.coordinator import decided_texts, texts
from bot.chat.turn import Turn
from bot.exercise import leading_texts
from bot.exercise.over import was_of_an_exercise
from feeds.rows import Event


async def already_decided(turn: Turn, event: Event) -> str:
    """The sentence for a button that has nothing left to decide."""
    if await was_of_an_exercise(turn.session, event):
        return leading_texts.NOTHING_LEFT
    return texts.ALREADY_DECIDED


async def who_decided(turn: Turn, event: Event) -> str:
    """The same for a button under an alert: with what was decided, by whom and when."""
    said = await already_decided(turn, event)
    what = await decision_of(turn.session, event)
    if what is None or said != texts.ALREADY_DECIDED:
        return said
    return decided_texts.ALREADY.format(what=what)
