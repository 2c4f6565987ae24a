"""What people ticked in the timetable of an event, and what they were reminded of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from briefings.steps import Stage, Step
from contacts.directory import Role
from contacts.records import Row, choice, required_choice


class StepTick(Row, table=True):
    """A step that a person ticked: when, by whom, in which role. Never why."""

    __table_args__ = (UniqueConstraint("event_id", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    step: Step = required_choice(Step)
    is_needed: bool = Field(default=True, description="False: called not needed")
    done_at: datetime
    done_by: int
    role: Role = required_choice(Role)
    is_exercise: bool = Field(default=False)


class FirstCall(Row, table=True):
    """An organisation to ring before anything is sent. Whom, and that it was done; never why.

    Which organisations an event touches is sensitive: the rows go soon after it is closed.
    """

    __table_args__ = (UniqueConstraint("event_id", "organisation_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    added_at: datetime
    called_at: datetime | None = None
    called_by: int | None = None
    role: Role | None = choice(Role)
    is_exercise: bool = Field(default=False)


class FollowUp(Row, table=True):
    """The day on which something that was announced comes: a release, a verdict."""

    event_id: int = Field(foreign_key="event.id", primary_key=True)
    day: date
    set_by: int
    set_at: datetime


class StepTold(Row, table=True):
    """People heard of a step that was not done: once per step, moment and stage."""

    __table_args__ = (UniqueConstraint("event_id", "step", "due_at", "stage"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    step: Step = required_choice(Step)
    due_at: datetime
    stage: Stage = required_choice(Stage)
    told_at: datetime
