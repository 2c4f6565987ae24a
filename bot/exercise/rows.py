"""What is kept of an exercise: what was played and when. Nothing of who played."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice


class ExerciseStatus(StrEnum):
    """Where an exercise stands. *Stopped*: broken off, so its card says little."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


EXERCISE_MOVES: MoveTable[ExerciseStatus] = {
    ExerciseStatus.RUNNING: frozenset({ExerciseStatus.ENDED, ExerciseStatus.STOPPED}),
}


class Exercise(Row, table=True):
    """One run of a scenario. ``script`` is frozen: a file may change afterwards.

    ``skips`` are ``{"at": seconds since the start, "minutes": …}``: moments at which the
    leader moved on. ``card`` is the score card once it is over.
    """

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    script: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: ExerciseStatus = choice(ExerciseStatus, default=ExerciseStatus.RUNNING)
    only_one: int | None = Field(default=1, unique=True, description="1 while it runs")
    speed: float = Field(default=1.0, description="minutes of the exercise per minute")
    skips: list[dict[str, float]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    injected: int = Field(default=0, description="injects that were played")
    event_id: int | None = Field(default=None, foreign_key="event.id")
    started_at: datetime
    ended_at: datetime | None = None
    card: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
