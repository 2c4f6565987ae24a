"""What the running house keeps for itself: incoming updates, conversations, heartbeats."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, false
from sqlmodel import Field

from contacts.records import MoveTable, Row, choice, required_choice


class UpdateKind(StrEnum):
    """What came in; nothing else of a stranger or a refused text is kept."""

    TEXT = "text"
    COMMAND = "command"
    TAP = "tap"
    FORWARD = "forward"
    MEDIA = "media"
    MEMBERSHIP = "membership"
    EDITED = "edited"
    OTHER = "other"
    UNREADABLE = "unreadable"


class UpdateStatus(StrEnum):
    """Whether an update was handled."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class IncomingUpdate(Row, table=True):
    """A Telegram update, committed before the offset moves. The payload is sealed and wiped."""

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: UpdateKind = required_choice(UpdateKind)
    status: UpdateStatus = choice(UpdateStatus, default=UpdateStatus.NEW, index=True)
    chat: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))
    payload: str | None = Field(default=None, description="sealed JSON, None once handled")
    refused: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON), description="labels and word numbers, no words"
    )
    attempts: int = Field(default=0)
    received_at: datetime
    handled_at: datetime | None = None


class Conversation(Row, table=True):
    """Where a chat stands in a guided question. Removed when the question is finished."""

    chat: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    flow: str = Field(max_length=40)
    step: str = Field(max_length=40)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    is_exercise: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="asked within an exercise; tells apart what one chat says in both worlds",
    )
    updated_at: datetime


class IncomingMail(Row, table=True):
    """A mail that was read, by its Message-ID; the text is not kept."""

    message_id: str = Field(primary_key=True, max_length=300)
    kind: str = Field(max_length=40)
    delivery_id: int | None = None
    received_at: datetime


class Heartbeat(Row, table=True):
    """When a part of the machine last did its round. Silence is told to a person."""

    name: str = Field(primary_key=True, max_length=60)
    at: datetime
    told_at: datetime | None = None
    trouble: str | None = Field(
        default=None, max_length=20, description="what is wrong with what it works with"
    )


class LiveMessage(Row, table=True):
    """A chat message that is edited in place while an event runs: the card, the progress."""

    __table_args__ = (UniqueConstraint("event_id", "chat", "name", "briefing_id"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(index=True)
    chat: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: str = Field(max_length=40)
    briefing_id: int = Field(default=0, description="0 for the card, which is about the event")
    delivery_id: int
    content_hash: str = Field(max_length=64)
    edited_at: datetime


class WebSession(Row, table=True):
    """Somebody who is signed in to the console. Roles are read anew at each request."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    opened_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


class ApiKey(Row, table=True):
    """A key with which another system may look; its secret was shown once."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, description="the system, never a person")
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = Field(default=None, description="to the day")
    revoked_at: datetime | None = None


class WebhookStatus(StrEnum):
    """How far a webhook is. *Overtaken*: something newer goes in its place."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


WEBHOOK_MOVES: MoveTable[WebhookStatus] = {
    WebhookStatus.PLANNED: frozenset(
        {WebhookStatus.SENT, WebhookStatus.FAILED, WebhookStatus.OVERTAKEN}
    ),
    WebhookStatus.FAILED: frozenset({WebhookStatus.PLANNED}),
    WebhookStatus.SENT: frozenset(),
    WebhookStatus.OVERTAKEN: frozenset(),
}


class WebhookCall(Row, table=True):
    """What another system is told: the state of one topic of one event at one moment."""

    __tablename__ = "webhook_call"
    __table_args__ = (Index("ix_webhook_call_topic", "hook", "topic", "event_id"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(max_length=40, unique=True, description="the same at every try")
    hook: str = Field(max_length=40, description="key in [[webhooks]]")
    topic: str = Field(max_length=20)
    event_id: int
    digest: str = Field(max_length=64)
    body: str
    status: WebhookStatus = choice(WebhookStatus, default=WebhookStatus.PLANNED, index=True)
    attempts: int = Field(default=0)
    code: int | None = Field(default=None, description="last answer; 0 is none")
    created_at: datetime
    next_try_at: datetime
    finished_at: datetime | None = None


class Passkey(Row, table=True):
    """A device with which somebody proves, once more, that it is them. Only public parts."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=40, description="of the device, never of a person")
    credential: str = Field(max_length=2100, unique=True, description="its id, hexadecimal")
    public_key: str = Field(max_length=4000, description="COSE, hexadecimal")
    sign_count: int = Field(default=0)
    created_at: datetime
    used_at: datetime | None = None
