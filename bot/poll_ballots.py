"""The two sets of two questions, each with its place, its button and its own words at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import poll_texts as texts
from bot.chat.buttons import data
from briefings.learning.polls import Asked, poll_of
from briefings.learning.quick_polls import quick_poll_of
from briefings.learning.rows import Question
from contacts.outbox import Button

Finder = Callable[[AsyncSession, int], Awaitable[Asked | None]]


@dataclass(frozen=True, slots=True)
class Ballot:
    """``tap``: button data ``<tap>:<event>:<question>:<answer>``, ``<tap>:<event>:<words|done>``.

    ``place``: where the questions are on the page behind an organisation's link.
    """

    tap: str
    place: str
    first: Question
    second: Question
    words: Question
    ask_words: str
    more: str
    find: Finder

    @property
    def questions(self) -> tuple[Question, Question, Question]:
        return self.first, self.second, self.words

    def choices(self, event_id: int, question: Question) -> list[list[Button]]:
        """One button per answer; the second question can be answered in words as well. Pure."""
        rows = [
            [Button(label, data(self.tap, event_id, question.value, key))]
            for key, label in texts.ANSWERS[question].items()
        ]
        if question is self.second:
            rows.append([Button(texts.OWN_WORDS, data(self.tap, event_id, "words"))])
        return rows


async def _closing(session: AsyncSession, event_id: int) -> Asked | None:
    return await poll_of(session, event_id)


async def _quick(session: AsyncSession, event_id: int) -> Asked | None:
    return await quick_poll_of(session, event_id)


CLOSING = Ballot(
    "poll", "/vraag", Question.HELPED, Question.MISSED, Question.WORDS,
    texts.ASK_WORDS, texts.MORE, _closing,
)  # fmt: skip
QUICK = Ballot(
    "quick", "/overleg", Question.TENSION, Question.OFFER, Question.QUICK_WORDS,
    texts.QUICK_ASK_WORDS, texts.QUICK_MORE, _quick,
)  # fmt: skip
