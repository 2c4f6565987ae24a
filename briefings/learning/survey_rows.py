"""What is kept of the yearly survey: counts per domain, and that a ticket was used."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.directory import Domain
from contacts.records import Row, required_choice


class Asks(StrEnum):
    """The six subjects of the evaluation of 2019."""

    RECOGNISE = "herkennen"
    DISCUSS = "bespreken"
    REPORT = "melden"
    ACT = "handelen"
    CAPACITY = "capaciteit"
    SUPPORT = "ondersteuning"


class Says(StrEnum):
    """One of three answers."""

    YES = "ja"
    PARTLY = "deels"
    NO = "nee"


class Survey(Row, table=True):
    """One round of the survey: asked by a person, once a year."""

    __table_args__ = (UniqueConstraint("year", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    year: int
    asked_by: int | None = None
    asked_at: datetime
    closes_at: datetime
    asked: int = Field(description="how many messages were planned")
    is_exercise: bool = Field(default=False)


class SurveyUse(Row, table=True):
    """That a ticket was used; never what was answered. Deleted when the round closes."""

    __table_args__ = (UniqueConstraint("survey_id", "ticket"),)

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    ticket: str = Field(max_length=64)


class SurveyCount(Row, table=True):
    """How often one answer came from one domain. There is no row for a single answer."""

    __table_args__ = (UniqueConstraint("survey_id", "question", "domain", "answer"),)

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    question: Asks = required_choice(Asks)
    domain: Domain = required_choice(Domain)
    answer: Says = required_choice(Says)
    count: int = Field(default=0)
