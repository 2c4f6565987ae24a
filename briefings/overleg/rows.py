"""What is kept of the maatschappelijk overleg. About organisations, never about a person."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice, required_choice


class OverlegKind(StrEnum):
    """In the rhythm, or because of an event."""

    REGULAR = "regular"
    AD_HOC = "ad_hoc"


class OverlegStatus(StrEnum):
    """What became of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


OVERLEG_MOVES: MoveTable[OverlegStatus] = {
    OverlegStatus.PLANNED: frozenset({OverlegStatus.HELD, OverlegStatus.CANCELLED}),
    OverlegStatus.HELD: frozenset({OverlegStatus.PLANNED}),
    OverlegStatus.CANCELLED: frozenset({OverlegStatus.PLANNED}),
}


class Overleg(Row, table=True):
    """One meeting. ``version`` rises with every change: forms and calendars tell by it."""

    id: int | None = Field(default=None, primary_key=True)
    starts_at: datetime = Field(index=True)
    minutes: int = Field(default=90)
    kind: OverlegKind = required_choice(OverlegKind)
    host_id: int = Field(foreign_key="organisation.id", index=True)
    place: str = Field(default="", max_length=120, description="a room, an address")
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    status: OverlegStatus = choice(OverlegStatus, default=OverlegStatus.PLANNED, index=True)
    version: int = Field(default=1)
    made_by: int | None = None
    edited_at: datetime
    is_exercise: bool = Field(default=False)
    invited_at: datetime | None = Field(default=None, description="when members were invited")
    invited_version: int | None = Field(default=None, description="as it was then")
    reminded_for: datetime | None = Field(default=None, description="the moment reminded of")
    reminder_id: int | None = Field(default=None, description="the message that reminds of it")


class OverlegInvitation(Row, table=True):
    """A message that invited members, or told who was invited of a change; its deliveries say whom,
    for as long as those are kept."""

    __tablename__ = "overleg_invitation"

    id: int | None = Field(default=None, primary_key=True)
    overleg_id: int = Field(foreign_key="overleg.id", index=True)
    message_id: int = Field(foreign_key="message.id", unique=True)


class OverlegPresence(Row, table=True):
    """That an organisation was there; who came for it is kept nowhere."""

    __table_args__ = (UniqueConstraint("overleg_id", "organisation_id"),)

    id: int | None = Field(default=None, primary_key=True)
    overleg_id: int = Field(foreign_key="overleg.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)


class Reply(StrEnum):
    """Whether an organisation comes."""

    YES = "ja"
    NO = "nee"


class OverlegReply(Row, table=True):
    """What an organisation said to an invitation last; who in it said so is kept nowhere."""

    __tablename__ = "overleg_reply"
    __table_args__ = (UniqueConstraint("overleg_id", "organisation_id"),)

    id: int | None = Field(default=None, primary_key=True)
    overleg_id: int = Field(foreign_key="overleg.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    reply: Reply = required_choice(Reply)
    answered_at: datetime


class AgreementKind(StrEnum):
    """Something that was decided, or something that will be done."""

    DECISION = "decision"
    ACTION = "action"


class AgreementStatus(StrEnum):
    """Whether it still stands to be done. A decision stays open: it holds."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


AGREEMENT_MOVES: MoveTable[AgreementStatus] = {
    AgreementStatus.OPEN: frozenset({AgreementStatus.DONE, AgreementStatus.DROPPED}),
    AgreementStatus.DONE: frozenset({AgreementStatus.OPEN}),
    AgreementStatus.DROPPED: frozenset({AgreementStatus.OPEN}),
}


class Agreement(Row, table=True):
    """A decision or an action of a meeting; the person filter stood before its texts.

    ``owner`` is an organisation of the list (then ``owner_id``) or a function.
    """

    id: int | None = Field(default=None, primary_key=True)
    overleg_id: int = Field(foreign_key="overleg.id", index=True)
    kind: AgreementKind = required_choice(AgreementKind)
    words: str = Field(max_length=300)
    owner: str = Field(default="", max_length=120)
    owner_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    due: date | None = Field(default=None, index=True)
    status: AgreementStatus = choice(AgreementStatus, default=AgreementStatus.OPEN, index=True)
    made_by: int | None = None
    made_at: datetime
    settled_by: int | None = None
    settled_at: datetime | None = None
    owner_told_at: datetime | None = None
    reminded_at: datetime | None = None
    is_exercise: bool = Field(default=False)


class CalendarLink(Row, table=True):
    """A random link with which an organisation follows the meetings. Only the hash is kept."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    made_by: int | None = None
    made_at: datetime
    revoked_at: datetime | None = None
    is_exercise: bool = Field(default=False)
