"""The outbox: what must be sent, to which address, and what became of it.

One :class:`Delivery` per (message, channel address); that row is the idempotency key.
Writing a message and its deliveries belongs to the transaction that decided to send;
the pump (``contacts/pump.py``) does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from contacts.directory import ChannelKind
from contacts.records import MoveTable, Row, choice, required_choice

log = logging.getLogger(__name__)

Form = TypeVar("Form")


class MessageKind(StrEnum):
    """What a message is for."""

    ALERT = "alert"
    DIALOGUE = "dialogue"
    APPROVAL = "approval"
    BRIEFING = "briefing"
    UPDATE = "update"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    CLOSING = "closing"
    FEEDBACK = "feedback"
    NOTICE = "notice"


#: what counts as distribution; conversation and notices are not counted
DISTRIBUTED = (
    MessageKind.BRIEFING,
    MessageKind.UPDATE,
    MessageKind.CORRECTION,
    MessageKind.RETRACTION,
    MessageKind.CLOSING,
)


class Priority(IntEnum):
    """Lower goes first; shared by the limiter. A digest may also rest in quiet hours."""

    DIALOGUE = 0
    FEEDBACK = 10
    URGENT = 20
    BULK = 30
    DIGEST = 40


class MessageStatus(StrEnum):
    """Deliveries of a halted message are not claimed."""

    READY = "ready"
    HALTED = "halted"
    CANCELLED = "cancelled"


MESSAGE_MOVES: MoveTable[MessageStatus] = {
    MessageStatus.READY: frozenset({MessageStatus.HALTED, MessageStatus.CANCELLED}),
    MessageStatus.HALTED: frozenset({MessageStatus.READY, MessageStatus.CANCELLED}),
    MessageStatus.CANCELLED: frozenset(),
}


class DeliveryStatus(StrEnum):
    """Where one message to one address stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


#: nothing of these has left yet
TO_GO = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED)
#: and of these nobody knows yet what became of them
UNDER_WAY = (*TO_GO, DeliveryStatus.SENDING)

DELIVERY_MOVES: MoveTable[DeliveryStatus] = {
    # Uncertain without leaving: a repeat that is called off, of what they may have already.
    DeliveryStatus.PLANNED: frozenset(
        {DeliveryStatus.CLAIMED, DeliveryStatus.CANCELLED, DeliveryStatus.UNKNOWN}
    ),
    DeliveryStatus.CLAIMED: frozenset(
        {
            DeliveryStatus.SENDING,
            DeliveryStatus.PLANNED,
            DeliveryStatus.CANCELLED,
            DeliveryStatus.UNKNOWN,
        }
    ),
    DeliveryStatus.SENDING: frozenset(
        {
            DeliveryStatus.SENT,
            DeliveryStatus.FAILED,
            DeliveryStatus.UNKNOWN,
            DeliveryStatus.PLANNED,
        }
    ),
    DeliveryStatus.SENT: frozenset({DeliveryStatus.FAILED}),
    DeliveryStatus.UNKNOWN: frozenset(
        {DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.PLANNED}
    ),
    DeliveryStatus.FAILED: frozenset(),
    DeliveryStatus.CANCELLED: frozenset(),
}


#: why a delivery was stopped: a later version says that its text had something wrong
WAS_WRONG = "version_was_wrong"
#: or: something newer came in its place
SUPERSEDED = "superseded"


class DeliveryAct(StrEnum):
    """What the transport does. Repeating an edit is harmless, repeating a send is not."""

    SEND = "send"
    EDIT = "edit"


class AcknowledgementKind(StrEnum):
    """What somebody told us about a message."""

    READ = "read"
    UNDERSTOOD = "understood"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a chat message: ``data`` comes back to us (≤ 48 bytes), ``url`` opens.

    The transport appends the delivery's id to ``data``: every tap is proof of arrival.
    """

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TelegramForm:
    """Chat form: HTML as Telegram knows it, at most 4096 characters after parsing.

    ``document`` names a file that goes with it; whoever sends knows how to make it. The text
    stands under the file then, and is at most 1024 characters.
    """

    text: str
    buttons: list[list[Button]] = field(default_factory=list)
    reply_to: int | None = None
    pin: bool = False
    document: str | None = None


@dataclass(frozen=True, slots=True)
class EmailForm:
    """Mail form: subject of at most 60 characters, HTML and plain text alike."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Content:
    """A message in each form it can take.

    Personal placeholders stay literal until the pump fills them in, so that what was
    approved and what is stored are the same for everyone: ``contacts/filling.py`` has them all,
    such as ``%%LINK%%``, the organisation's page for this event.
    """

    telegram: TelegramForm | None = None
    email: EmailForm | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, Any]) -> Content:
        """A form that this version cannot read, because a later one wrote it, is none: the message
        goes by its other form, or a person hears that it could not be made."""
        return Content(
            telegram=_read(_chat_form, value.get("telegram")),
            email=_read(lambda mail: EmailForm(**mail), value.get("email")),
        )


def _chat_form(chat: dict[str, Any]) -> TelegramForm:
    return TelegramForm(
        text=chat["text"],
        buttons=[[Button(**b) for b in row] for row in chat["buttons"]],
        reply_to=chat.get("reply_to"),
        pin=chat.get("pin", False),
        document=chat.get("document"),
    )


def _read(make: Callable[[dict[str, Any]], Form], stored: dict[str, Any] | None) -> Form | None:
    if stored is None:
        return None
    try:
        return make(stored)
    except (KeyError, TypeError, AttributeError) as error:
        log.error(
            "A form of a message cannot be read",
            extra={"action": "form_unreadable", "kind": type(error).__name__},
        )
        return None


#: messages that a person must look at; in these words the index of them is used
IS_HALTED = "message.status = 'halted'"


def of_the_few(name: str, column: str, which: str = "{} IS NOT NULL") -> Index:
    """An index of the few rows that have something there.

    PostgreSQL writes every index of a row anew each time that its status changes.

    :param which: says it in SQL, with ``{}`` for the column.
    """
    few = text(which.format(column))
    return Index(name, column, sqlite_where=few, postgresql_where=few)


class Message(Row, table=True):
    """One text to many addresses, or one line to one."""

    __table_args__ = (of_the_few("ix_message_halted", "status", "{} = 'halted'"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: MessageKind = required_choice(MessageKind, index=True)
    status: MessageStatus = choice(MessageStatus, default=MessageStatus.READY)
    priority: int = Field(default=int(Priority.BULK))
    severity: int = Field(default=0)
    event_id: int | None = Field(default=None, index=True)
    briefing_id: int | None = Field(default=None, index=True)
    audience: str | None = Field(default=None, max_length=40)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    halt_reason: str | None = Field(
        default=None, max_length=200, description="why it was halted, or cancelled"
    )
    is_exercise: bool = Field(default=False)
    created_at: datetime
    send_at: datetime
    wiped_at: datetime | None = Field(default=None, description="the words are gone")


class Delivery(Row, table=True):
    """One message to one address. ``address`` of a sealed way back starts with ``sealed:``."""

    __table_args__ = (
        UniqueConstraint("message_id", "kind", "address"),
        Index("ix_delivery_due", "status", "kind", "priority", "not_before", "id"),
        # How a sending stands is counted on every page: from the index alone, not from the rows.
        Index("ix_delivery_tally", "message_id", "act", "status"),
        of_the_few("ix_delivery_edits_delivery_id", "edits_delivery_id"),
        of_the_few("ix_delivery_fallback_of_id", "fallback_of_id"),
        of_the_few("ix_delivery_untold", "untold"),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    person_id: int | None = Field(default=None, index=True)
    organisation_id: int | None = Field(default=None, index=True)
    kind: ChannelKind = required_choice(ChannelKind)
    address: str = Field(max_length=600, index=True)
    status: DeliveryStatus = choice(DeliveryStatus, default=DeliveryStatus.PLANNED)
    act: DeliveryAct = choice(DeliveryAct, default=DeliveryAct.SEND)
    edits_delivery_id: int | None = None
    fallback_of_id: int | None = None
    priority: int = Field(default=int(Priority.BULK))
    not_before: datetime
    lease_owner: str | None = Field(default=None, max_length=40)
    lease_until: datetime | None = None
    attempts: int = Field(default=0)
    is_repeat: bool = Field(default=False, description="they may have it already, and it says so")
    is_backup: bool = Field(default=False, description="to the organisation's back-up")
    external_id: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, max_length=200)
    untold: str | None = Field(
        default=None, max_length=40, description="what a person must still be told"
    )
    is_exercise: bool = Field(default=False)
    planned_at: datetime
    sending_at: datetime | None = None
    done_at: datetime | None = None
    escalated_at: datetime | None = None


class Acknowledgement(Row, table=True):
    """Somebody tapped *gelezen* or *begrepen*. It proves arrival; it is nobody's score."""

    __table_args__ = (
        UniqueConstraint("delivery_id", "kind"),
        Index("ix_acknowledgement_tally", "event_id", "kind"),
        # Who read a text is counted on every page: from the index alone, without the deliveries.
        Index("ix_acknowledgement_message", "message_id", "kind", "at", "delivery_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    message_id: int
    organisation_id: int | None = Field(default=None, index=True)
    event_id: int | None = None
    kind: AcknowledgementKind = required_choice(AcknowledgementKind)
    at: datetime


class ChannelPause(Row, table=True):
    """A whole channel waits until then (429, refused connection). Survives a restart."""

    id: int | None = Field(default=None, primary_key=True)
    kind: ChannelKind = required_choice(ChannelKind)
    until: datetime
    since: datetime
    reason: str = Field(max_length=200)
    told_at: datetime | None = None
