"""Groups that members form themselves around an event, as stored: who was asked, and who is in.

What the members say to each other is kept nowhere: it does not go through Schakel.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice, required_choice


class PeerTopic(StrEnum):
    """What a group is for, in one tap; ``OWN``: in own words."""

    CONVERSATION = "gesprek"
    PARENTS = "ouders"
    STREET = "straat"
    TOGETHER = "samen"
    OWN = "eigen"


class PeerStatus(StrEnum):
    """Whether a group still runs."""

    RUNNING = "loopt"
    ENDED = "voorbij"


PEER_MOVES: MoveTable[PeerStatus] = {
    PeerStatus.RUNNING: frozenset({PeerStatus.ENDED}),
    PeerStatus.ENDED: frozenset(),
}


class SeatStatus(StrEnum):
    """What somebody said to a group."""

    ASKED = "gevraagd"
    IN = "erin"
    DECLINED = "nee"
    LEFT = "eruit"


#: who said no, or left, may come in again; nobody is asked twice
SEAT_MOVES: MoveTable[SeatStatus] = {
    SeatStatus.ASKED: frozenset({SeatStatus.IN, SeatStatus.DECLINED}),
    SeatStatus.DECLINED: frozenset({SeatStatus.IN}),
    SeatStatus.IN: frozenset({SeatStatus.LEFT}),
    SeatStatus.LEFT: frozenset({SeatStatus.IN}),
}


class PeerGroup(Row, table=True):
    """A group of members around one event. Own words went through the person filter."""

    __tablename__ = "peer_group"

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(index=True)
    topic: PeerTopic = required_choice(PeerTopic)
    name_sealed: str | None = Field(default=None, description="own words, encrypted")
    status: PeerStatus = choice(PeerStatus, default=PeerStatus.RUNNING, index=True)
    made_by: int | None = None
    made_at: datetime
    ended_at: datetime | None = None
    is_exercise: bool = Field(default=False)
    once: str | None = Field(
        default=None, max_length=64, unique=True, description="one form that was sent, hashed"
    )


class PeerSeat(Row, table=True):
    """One person of a group, asked by somebody in it or its maker; goes with the group."""

    __tablename__ = "peer_seat"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="peer_group.id", index=True, ondelete="CASCADE")
    person_id: int = Field(foreign_key="person.id", index=True)
    asked_by: int | None = None
    asked_at: datetime
    status: SeatStatus = choice(SeatStatus, default=SeatStatus.ASKED, index=True)
    answered_at: datetime | None = None
