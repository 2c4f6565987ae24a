"""The rondbrief as stored: plain words to everybody, once for each time that is over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice


class DigestStatus(StrEnum):
    """Where a rondbrief stands."""

    DRAFT = "concept"
    SUBMITTED = "ingediend"
    SENT = "verzonden"


DIGEST_MOVES: MoveTable[DigestStatus] = {
    # A draft that is written again stays a draft; the move guards it and is journalled.
    DigestStatus.DRAFT: frozenset({DigestStatus.DRAFT, DigestStatus.SUBMITTED}),
    DigestStatus.SUBMITTED: frozenset({DigestStatus.DRAFT, DigestStatus.SENT}),
    DigestStatus.SENT: frozenset(),
}


class Digest(Row, table=True):
    """One rondbrief. ``period`` is ``2026-K3`` or ``2026-08``."""

    __table_args__ = (UniqueConstraint("period", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(max_length=10)
    status: DigestStatus = choice(DigestStatus, default=DigestStatus.DRAFT)
    version: int = Field(default=1, description="grows with every change of the words")
    title: str = Field(max_length=60)
    text: str = Field(description="one paragraph a line; a line that begins with a dash is a point")
    edited_by: int | None = None
    submitted_by: int | None = None
    approved_by: int | None = None
    edited_at: datetime
    sent_at: datetime | None = None
    asked: int = Field(default=0, description="how many messages were planned")
    is_exercise: bool = Field(default=False)
