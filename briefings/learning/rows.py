"""What is kept of learning together. About texts and agreements, never about a person."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from contacts.directory import Domain
from contacts.records import MoveTable, Row, choice, required_choice


class LessonStatus(StrEnum):
    """Whether what should change did change."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


LESSON_MOVES: MoveTable[LessonStatus] = {
    LessonStatus.OPEN: frozenset({LessonStatus.DONE, LessonStatus.DROPPED}),
    LessonStatus.DONE: frozenset({LessonStatus.OPEN}),
    LessonStatus.DROPPED: frozenset({LessonStatus.OPEN}),
}


class Lesson(Row, table=True):
    """One thing to keep and one to change, who sees to it, before when.

    ``owner`` is an organisation of the list or a function; the person filter stood before every
    text here. ``template`` and its two versions are filled when a text was changed by it.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    keep: str = Field(default="", max_length=300)
    change: str = Field(max_length=300)
    owner: str = Field(max_length=120)
    due: date
    status: LessonStatus = choice(LessonStatus, default=LessonStatus.OPEN, index=True)
    template: str | None = Field(default=None, max_length=80, description="a set of texts")
    version_then: str | None = Field(default=None, max_length=20)
    version_now: str | None = Field(default=None, max_length=20)
    made_by: int | None = None
    made_at: datetime
    settled_by: int | None = None
    settled_at: datetime | None = None
    reminded_at: datetime | None = None
    is_exercise: bool = Field(default=False)


class Question(StrEnum):
    """What readers are asked when an event is over, and members before an extra overleg.

    ``WORDS``: what was missed, typed; ``QUICK_WORDS``: what is expected or offered, typed.
    """

    HELPED = "hielp"
    MISSED = "miste"
    WORDS = "woorden"
    TENSION = "spanning"
    OFFER = "bieden"
    QUICK_WORDS = "vooraf"


class Poll(Row, table=True):
    """The two questions about one event: asked once, by a person, after the closing text."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    asked_by: int | None = None
    asked_at: datetime
    send_at: datetime
    closes_at: datetime
    asked: int = Field(description="how many messages were planned")
    is_exercise: bool = Field(default=False)


class QuickPoll(Row, table=True):
    """What members expect and can offer: asked once per event, for its extra overleg."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    asked_by: int | None = None
    asked_at: datetime
    closes_at: datetime
    asked: int = Field(description="how many messages were planned")
    is_exercise: bool = Field(default=False)


class PollUse(Row, table=True):
    """That a ticket was used for a question; never what was answered.

    The ticket is a keyed hash of whom the question went to: without the key, which lives
    outside the database, it is nobody. Deleted when the questions close.
    """

    __table_args__ = (UniqueConstraint("event_id", "question", "ticket"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    question: Question = required_choice(Question)
    ticket: str = Field(max_length=64)


class PollCount(Row, table=True):
    """How often one answer came from one domain. There is no row for a single answer."""

    __table_args__ = (UniqueConstraint("event_id", "question", "domain", "answer"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    question: Question = required_choice(Question)
    domain: Domain = required_choice(Domain)
    answer: str = Field(max_length=20)
    count: int = Field(default=0)


class PollWord(Row, table=True):
    """What somebody typed, in words that passed the person filter; sealed, of nobody."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    question: Question = choice(Question, default=Question.WORDS)
    words_sealed: str
    kept_on: date


class QuarterPack(Row, table=True):
    """What the overleg looks back on: a quarter as it was when it ended. Never changed.

    ``figures`` holds counts that are safe to show, names of events as their texts had them, and
    lessons; its shape is that of ``briefings.learning.packs.read_figures``.
    """

    id: int | None = Field(default=None, primary_key=True)
    quarter: str = Field(max_length=7, unique=True, description="2026-K3")
    frozen_at: datetime
    figures: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
