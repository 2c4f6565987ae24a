"""The shapes that the API answers with. The OpenAPI document is made from these very classes."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Frozen, and nothing beside what is described."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Problem(Answer):
    """Why there is no answer (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="kort, in het Nederlands")
    status: int
    detail: str = Field(description="wat u kunt doen")


class Version(Answer):
    """Which Schakel answers."""

    name: str = "schakel"
    version: str
    city: str


class EventAnswer(Answer):
    """A gebeurtenis. Times are UTC; the title is neutral and names nobody."""

    id: int
    title: str
    type: str = Field(description="code van de soort, zoals E04")
    status: str
    severity: int | None = Field(description="ernst 1-5, door een mens bepaald")
    suggested_severity: int = Field(description="voorstel 0-4 van de machine")
    place: str | None
    detected_at: datetime
    confirmed_at: datetime | None
    closed_at: datetime | None
    items: int = Field(description="aantal nieuwsberichten")
    is_exercise: bool


class EventList(Answer):
    """Newest first. ``next_before`` asks for the page after this one."""

    events: list[EventAnswer]
    next_before: int | None


class Deliveries(Answer):
    """Readers of one version, each counted once: by the better one of two channels."""

    planned: int
    sending: int
    sent: int
    failed: int
    unknown: int
    acknowledged: int


class TextAnswer(Answer):
    """The text for one audience, without anybody's own links."""

    audience: str
    subject: str
    plain: str


class VersionAnswer(Answer):
    """One version. ``texts`` is empty until it was sent: what may still change stays inside."""

    version: int
    kind: str
    status: str
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    distributed_at: datetime | None
    deliveries: Deliveries
    texts: list[TextAnswer]


class BriefingList(Answer):
    """All versions of an event, oldest first."""

    event: int
    versions: list[VersionAnswer]


class Count(Answer):
    """How many organisations; fewer than three are ``1-2``."""

    label: str
    organisations: str


class Picture(Answer):
    """What was told about an event: counts of organisations, never of people or messages."""

    event: int
    organisations: str
    kinds: list[Count]
    severities: list[Count]
    domains: list[Count]
    districts: list[Count]
