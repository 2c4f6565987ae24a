"""The rota: one row for each period that somebody is on it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from contacts.records import Row, required_choice
from contacts.rota import RotaPlace

#: a note of whoever goes off
LONGEST_NOTE = 280


class RotaTurn(Row, table=True):
    """Somebody has duty, or is the back-up, from one moment until another.

    ``version`` goes up with each change: who changes it names the one that they saw.
    """

    id: int | None = Field(default=None, primary_key=True)
    place: RotaPlace = required_choice(RotaPlace)
    person_id: int = Field(foreign_key="person.id", index=True)
    starts_at: datetime = Field(index=True)
    ends_at: datetime = Field(index=True)
    version: int = Field(default=1)
    is_exercise: bool = Field(default=False)
    note: str | None = Field(default=None, max_length=LONGEST_NOTE)
    offered_to_id: int | None = Field(default=None, foreign_key="person.id")
    handed_at: datetime | None = Field(default=None, description="who comes on was told")
    taken_at: datetime | None = Field(default=None, description="who comes on said so")
    untaken_told_at: datetime | None = None
    unfit_told_at: datetime | None = None
    gap_told_at: datetime | None = Field(default=None, description="of the gap after it")

    @property
    def is_taken(self) -> bool:
        """Whether whoever comes on said so."""
        return self.taken_at is not None

    @property
    def number(self) -> int:
        """Its own, to be told from the others; 0 before it is stored."""
        return self.id or 0
