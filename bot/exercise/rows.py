"""What is kept of an exercise: what was played and when. Nothing of who played."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice, required_choice


class ExerciseStatus(StrEnum):
    """Where an exercise stands. *Gathering*: people are asked, its clock does not run yet.
    *Stopped*: broken off, so its card says little."""

    GATHERING = "gathering"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


EXERCISE_MOVES: MoveTable[ExerciseStatus] = {
    ExerciseStatus.GATHERING: frozenset({ExerciseStatus.RUNNING, ExerciseStatus.STOPPED}),
    ExerciseStatus.RUNNING: frozenset({ExerciseStatus.ENDED, ExerciseStatus.STOPPED}),
}


class SeatRole(StrEnum):
    """As what somebody takes part."""

    COORDINATOR = "coordinator"
    APPROVER = "goedkeurder"
    READER = "lezer"


class SeatStatus(StrEnum):
    """Whether somebody takes part. *Over*: the exercise ended."""

    ASKED = "asked"
    JOINED = "joined"
    REFUSED = "refused"
    LEFT = "left"
    OVER = "over"


SEAT_MOVES: MoveTable[SeatStatus] = {
    SeatStatus.ASKED: frozenset({SeatStatus.JOINED, SeatStatus.REFUSED, SeatStatus.OVER}),
    SeatStatus.JOINED: frozenset({SeatStatus.LEFT, SeatStatus.OVER}),
}


class Seat(Row, table=True):
    """One real person who was asked to take part in one exercise, on their own telephone or mail.

    ``channel_id`` is the one address that was asked, and from their yes on the one that they lend.
    ``player_id`` is whom they play once the clock runs: somebody of the exercise's world at that
    address, who leaves it when they stop or when it is over.
    """

    __tablename__ = "exercise_seat"
    __table_args__ = (UniqueConstraint("exercise_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    exercise_id: int = Field(foreign_key="exercise.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    player_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    channel_id: int | None = Field(default=None, description="no key: an erased address is gone")
    role: SeatRole = required_choice(SeatRole)
    status: SeatStatus = choice(SeatStatus, default=SeatStatus.ASKED)
    asked_at: datetime
    answered_at: datetime | None = None


class Exercise(Row, table=True):
    """One run of a scenario. ``script`` is frozen: a file may change afterwards.

    ``skips`` are ``{"at": seconds since the start, "minutes": …}``: moments at which the
    leader moved on. ``card`` is the score card once it is over.
    """

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    script: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: ExerciseStatus = choice(ExerciseStatus, default=ExerciseStatus.RUNNING)
    only_one: int | None = Field(
        default=1, unique=True, description="1 while it gathers people or runs"
    )
    speed: float = Field(default=1.0, description="minutes of the exercise per minute")
    skips: list[dict[str, float]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    injected: int = Field(default=0, description="injects that were played")
    event_id: int | None = Field(default=None, foreign_key="event.id")
    started_at: datetime
    ended_at: datetime | None = None
    card: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
