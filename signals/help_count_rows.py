"""Counts of help as stored: per event and domain, nobody in it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.directory import Domain
from contacts.records import Row, required_choice

#: the event of what stands apart from any
STANDING = 0


class HelpStep(StrEnum):
    """How far help came. Taken up and given count for the domain that helps."""

    ASKED = "gevraagd"
    OFFERED = "aangeboden"
    TAKEN = "opgepakt"
    GIVEN = "gegeven"


class HelpCount(Row, table=True):
    """How often, in a week (its Monday), around an event (0: standing) and of one domain."""

    __tablename__ = "help_count"
    __table_args__ = (UniqueConstraint("event_id", "week", "domain", "step", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(default=STANDING, index=True, description="0: standing")
    week: date = Field(index=True)
    domain: Domain = required_choice(Domain)
    step: HelpStep = required_choice(HelpStep)
    count: int = Field(default=0)
    is_exercise: bool = Field(default=False)
