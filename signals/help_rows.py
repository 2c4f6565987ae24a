"""Vraag en aanbod as stored: what a member asks of peers or offers them, and who took it up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.directory import Domain
from contacts.records import MoveTable, Row, choice, required_choice


class HelpKind(StrEnum):
    """Asked or offered."""

    ASKED = "vraag"
    OFFERED = "aanbod"


class HelpTopic(StrEnum):
    """What kind of help, in one tap."""

    CONVERSATION = "gesprek"
    VISIT = "langskomen"
    THINKING = "meedenken"
    MATERIAL = "materiaal"
    ROOM = "ruimte"
    HANDS = "handen"
    OTHER = "anders"


class HelpStatus(StrEnum):
    """Where an entry stands."""

    OPEN = "open"
    DONE = "geregeld"
    WITHDRAWN = "ingetrokken"
    REMOVED = "weggehaald"
    EXPIRED = "verlopen"


HELP_MOVES: MoveTable[HelpStatus] = {
    HelpStatus.OPEN: frozenset(
        {HelpStatus.DONE, HelpStatus.WITHDRAWN, HelpStatus.REMOVED, HelpStatus.EXPIRED}
    ),
    HelpStatus.DONE: frozenset(),
    HelpStatus.WITHDRAWN: frozenset(),
    HelpStatus.REMOVED: frozenset(),
    HelpStatus.EXPIRED: frozenset(),
}


class HelpEntry(Row, table=True):
    """One request or offer. The words went through the person filter and are sealed."""

    id: int | None = Field(default=None, primary_key=True)
    kind: HelpKind = required_choice(HelpKind)
    topic: HelpTopic = required_choice(HelpTopic)
    event_id: int | None = Field(default=None, index=True, description="None: standing")
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(index=True)
    domain: Domain = required_choice(Domain)
    text_sealed: str | None = Field(default=None, description="at most 280 characters, encrypted")
    status: HelpStatus = choice(HelpStatus, default=HelpStatus.OPEN, index=True)
    placed_at: datetime
    expires_at: datetime = Field(index=True)
    ended_at: datetime | None = None
    is_exercise: bool = Field(default=False)
    once: str | None = Field(
        default=None, max_length=64, unique=True, description="one form that was sent, hashed"
    )


class HelpMatch(Row, table=True):
    """Somebody of another organisation took an entry up; goes with the entry."""

    __table_args__ = (UniqueConstraint("entry_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="help_entry.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(index=True)
    taken_at: datetime
    given_at: datetime | None = Field(default=None, description="either side: help was given")
