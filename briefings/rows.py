"""What we make of an event and say about it: facts, versions of a briefing, their texts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from contacts.directory import Audience
from contacts.records import MoveTable, Row, choice, required_choice


class FactKind(StrEnum):
    """How sure we are, or what was decided."""

    CONFIRMED = "bevestigd"
    UNCONFIRMED = "nog_niet_bevestigd"
    UNKNOWN = "onbekend"
    DENIED = "klopt_niet"
    MEASURE = "maatregel"


class FactBlock(Row, table=True):
    """One per event, edited once; every text is rendered from it.

    ``version`` counts edits: two people who edit at once are told by it. ``as_of`` is when
    somebody last said what is known; the sources have times of their own.
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    neutral_title: str = Field(max_length=120)
    as_of: datetime
    local_tie: str | None = Field(default=None, max_length=300)
    meaning: str | None = Field(default=None, max_length=400)
    meaning_speaker: str | None = Field(default=None, max_length=120)
    next_update_at: datetime
    version: int = Field(default=1)
    edited_by: int | None = None
    edited_at: datetime


class Fact(Row, table=True):
    """One sentence of the fact block, with its source and time.

    A measure fills the ``measure`` object: ``for_whom, where, from_, until, decided_by,
    applies`` (all text, ``applies`` is ``ja`` or ``nee``).
    """

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    kind: FactKind = required_choice(FactKind)
    text: str = Field(max_length=300)
    source_name: str = Field(default="", max_length=120)
    source_at: datetime | None = None
    source_link: str | None = Field(default=None, max_length=1000)
    measure: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    created_at: datetime
    created_by: int | None = None
    withdrawn_at: datetime | None = None


class BriefingKind(StrEnum):
    """Which of the evening's texts this is."""

    FIRST = "eerste"
    UPDATE = "update"
    CORRECTION = "correctie"
    RETRACTION = "intrekking"
    CLOSING = "afsluiting"
    LOOK_BACK = "terugblik"


#: these say that an earlier version was wrong
CORRECTING = frozenset({BriefingKind.CORRECTION, BriefingKind.RETRACTION})


class BriefingStatus(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISTRIBUTED = "distributed"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


#: may be approved in parts; what puts something right, or ends it, goes to everybody at once
CAN_SPLIT = frozenset({BriefingKind.FIRST, BriefingKind.UPDATE})

BRIEFING_MOVES: MoveTable[BriefingStatus] = {
    BriefingStatus.DRAFT: frozenset({BriefingStatus.SUBMITTED, BriefingStatus.WITHDRAWN}),
    BriefingStatus.SUBMITTED: frozenset(
        {BriefingStatus.APPROVED, BriefingStatus.DRAFT, BriefingStatus.WITHDRAWN}
    ),
    BriefingStatus.APPROVED: frozenset({BriefingStatus.DISTRIBUTED, BriefingStatus.WITHDRAWN}),
    # Withdrawn: a first text that was called off before anybody had it.
    BriefingStatus.DISTRIBUTED: frozenset(
        {BriefingStatus.CORRECTED, BriefingStatus.RETRACTED, BriefingStatus.WITHDRAWN}
    ),
    BriefingStatus.WITHDRAWN: frozenset(),
    BriefingStatus.CORRECTED: frozenset(),
    BriefingStatus.RETRACTED: frozenset(),
}


class Briefing(Row, table=True):
    """One version for all audiences of an event. Approval binds ``content_hash``.

    ``audiences``: only these, because the others were approved or held back on their own; None
    is all. ``exceptions``: rules that a second approver set aside, each an object of
    :class:`briefings.exceptions.Granted`.
    """

    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    version: int
    kind: BriefingKind = required_choice(BriefingKind)
    status: BriefingStatus = choice(BriefingStatus, default=BriefingStatus.DRAFT)
    facts_version: int
    edited_by: int | None = None
    edited_at: datetime
    created_at: datetime
    submitted_by: int | None = None
    submitted_at: datetime | None = None
    sent_back_reason: str | None = Field(default=None, max_length=300)
    approved_by: int | None = None
    approved_at: datetime | None = None
    send_at: datetime | None = Field(
        default=None, description="approved and None: stopped before its moment"
    )
    distributed_at: datetime | None = None
    promised_at: datetime | None = Field(
        default=None, description="when its readers were told that the next update comes"
    )
    meets_at: datetime | None = Field(
        default=None, description="of an invitation: when people look back together"
    )
    content_hash: str | None = Field(default=None, max_length=64)
    correction_of_id: int | None = Field(default=None, foreign_key="briefing.id")
    told_as: str | None = Field(
        default=None,
        max_length=10,
        description="lexicon id whose words the texts use, when not those of the event",
    )
    wrong: str | None = Field(
        default=None, max_length=300, description="what was wrong, as category"
    )
    audiences: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    exceptions: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True))
    )
    is_exercise: bool = Field(default=False)


def covered(briefing: Briefing) -> tuple[Audience, ...]:
    """The audiences that this version has a text for. Pure."""
    if briefing.audiences is None:
        return tuple(Audience)
    return tuple(audience for audience in Audience if audience.value in briefing.audiences)


class BriefingText(Row, table=True):
    """The text for one audience in all its forms, placeholders left literal."""

    __table_args__ = (UniqueConstraint("briefing_id", "audience"),)

    id: int | None = Field(default=None, primary_key=True)
    briefing_id: int = Field(foreign_key="briefing.id", index=True)
    audience: Audience = required_choice(Audience)
    template: str = Field(max_length=80)
    template_version: str = Field(max_length=20)
    subject: str = Field(max_length=60)
    telegram: str
    html: str = Field(description="body of the page and the mail")
    plain: str
    words: int
    remarks: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )


class OwnWording(Row, table=True):
    """Words of an editor in the place of a passage of one text (:mod:`briefings.own_words`).

    ``base`` is what they were written over. ``standard`` is what the fact block gives there now;
    while the two differ the text cannot be handed in, and somebody chooses. ``base`` None: to be
    chosen anyway, because something was put right since. ``taken_back_at``: it was sent and wrong,
    so no later version may carry it.
    """

    __table_args__ = (UniqueConstraint("briefing_id", "audience", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    briefing_id: int = Field(foreign_key="briefing.id", index=True)
    audience: Audience = required_choice(Audience)
    place: str = Field(max_length=80)
    base: str | None = None
    standard: str
    words: str
    written_by: int | None = None
    written_at: datetime
    taken_back_at: datetime | None = None


class Translation(Row, table=True):
    """One text of a version in another language, by a person.

    ``segments``: words by Dutch segment (:mod:`briefings.translating`); also those of earlier
    texts stay, so that the same sentence is translated once. ``made_by_role`` is the translator's,
    never a name; ``entered_by`` typed or brought it in.
    """

    __table_args__ = (UniqueConstraint("briefing_id", "audience", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    briefing_id: int = Field(foreign_key="briefing.id", index=True)
    audience: Audience = required_choice(Audience)
    language: str = Field(max_length=8)
    segments: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    made_by_role: str = Field(default="", max_length=80)
    made_on: date | None = None
    entered_by: int | None = None
    entered_at: datetime | None = None


class TextOpening(Row, table=True):
    """An approver opened the text of an audience before deciding about it.

    ``mark`` is of the very words: other words are another text. The rows go when it was approved.
    """

    __table_args__ = (UniqueConstraint("event_id", "person_id", "audience"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    audience: Audience = required_choice(Audience)
    mark: str = Field(max_length=16)
    opened_at: datetime


class AskedText(Row, table=True):
    """The words of an audience as they last lay with the approvers, until new ones are approved.

    Kept when a version comes back from them (:mod:`briefings.asked_texts`): the version itself is
    written anew in its place. ``asked_at``: when it was handed in.
    """

    __table_args__ = (UniqueConstraint("event_id", "audience"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    audience: Audience = required_choice(Audience)
    kind: BriefingKind = required_choice(BriefingKind)
    plain: str
    telegram: str
    asked_at: datetime
