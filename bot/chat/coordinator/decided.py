"""What an old button about an event says: it was decided, or it was of an exercise that is over."""

from __future__ import annotations

from bot.answered import already_said
from bot.chat.coordinator import texts
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
    if said != texts.ALREADY_DECIDED:
        return said
    return await already_said(turn.session, event) or said
