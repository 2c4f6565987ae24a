"""What an old button about an event says: it was decided, or it was of an exercise that is over."""

from __future__ import annotations

from sqlmodel import col, select

from bot.chat.coordinator import decided_texts, texts
from bot.chat.turn import Turn
from bot.exercise import leading_texts
from bot.exercise.over import was_of_an_exercise
from briefings.moments import moment
from contacts.directory import Person
from contacts.journal import JournalEntry
from feeds.rows import Event


async def already_decided(turn: Turn, event: Event) -> str:
    """The sentence for a button that has nothing left to decide."""
    if await was_of_an_exercise(turn.session, event):
        return leading_texts.NOTHING_LEFT
    return texts.ALREADY_DECIDED


async def who_decided(turn: Turn, event: Event) -> str:
    """The same for a button under an alert: with what was decided, by whom and when."""
    said = await already_decided(turn, event)
    # What joined another was dismissed in the same move.
    joined = event.merged_into_id is not None
    asked = ["event_merged"] if joined else ["event_confirmed", "event_dismissed"]
    found = await turn.session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject) == f"event:{event.id}",
            col(JournalEntry.action).in_(asked),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    entry = found.first()
    kind, _, number = entry.actor.partition(":") if entry else ("", "", "")
    if entry is None or kind != "person" or said != texts.ALREADY_DECIDED:
        return said
    person = await turn.session.get(Person, int(number))
    return decided_texts.DECIDED[entry.action].format(
        who=person.name if person else decided_texts.A_COLLEAGUE, at=moment(entry.at)
    )
