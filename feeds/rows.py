"""What we hear about the world: sources, items with their title history, events."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DDL, JSON, Column, ColumnElement, UniqueConstraint, and_, false
from sqlalchemy.event import listen, listens_for
from sqlmodel import Field, SQLModel, col

from contacts.records import MoveTable, Row, choice, required_choice
from feeds.standing import KeptBy, Reach, Trust


class Source(Row, table=True):
    """A public feed. What is due, and what went wrong, is in the row."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=120)
    url: str = Field(max_length=500)
    trust: Trust = required_choice(Trust)
    reach: Reach = choice(Reach, default=Reach.ORDINARY)
    interval_s: int = Field(default=0, description="as configured; 0: chosen by how much it brings")
    poll_s: int = Field(
        default=300, sa_column_kwargs={"server_default": "300"}, description="the wait in use"
    )
    hint_s: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"}, description="the publisher's own pace"
    )
    is_paused: bool = Field(default=False)
    kept_by: KeptBy = choice(KeptBy, default=KeptBy.PEOPLE)
    is_exercise: bool = Field(default=False)
    scene: int | None = Field(
        default=None, description="sources of one exercise hear only each other"
    )
    verified_at: datetime | None = Field(default=None, description="None: te controleren")
    etag: str | None = Field(default=None, max_length=300)
    last_modified: str | None = Field(default=None, max_length=100)
    next_poll_at: datetime = Field(index=True)
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    new_item_at: datetime | None = None
    failures: int = Field(default=0)
    error: str | None = Field(default=None, max_length=60, description="key in feeds/texts.py")
    error_detail: str | None = Field(default=None, max_length=300)
    told_at: datetime | None = Field(default=None, description="a person was told of the fault")
    silent_told_at: datetime | None = None
    dwindling_told_at: datetime | None = None
    moved_to: str | None = Field(
        default=None, max_length=500, description="where it says that it is for good; not followed"
    )
    moved_told_at: datetime | None = None
    moved_from: str | None = Field(
        default=None, max_length=500, description="the configured address, left by a person"
    )

    @property
    def is_read(self) -> bool:
        """Whether it is polled, or would be."""
        return not self.is_paused and self.kept_by is not KeptBy.NOBODY


def being_read() -> ColumnElement[bool]:
    """As :attr:`Source.is_read`. A condition on ``Source``."""
    return and_(col(Source.is_paused).is_(False), col(Source.kept_by) != KeptBy.NOBODY)


class HubState(StrEnum):
    """Where a subscription to a hub stands."""

    WANTED = "wanted"
    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"


HUB_MOVES: MoveTable[HubState] = {
    HubState.WANTED: frozenset({HubState.ASKED}),
    HubState.ASKED: frozenset({HubState.ACTIVE, HubState.REFUSED}),
    # While it is asked again before its time is over, it stays as it is.
    HubState.ACTIVE: frozenset({HubState.ASKED, HubState.REFUSED}),
    HubState.REFUSED: frozenset({HubState.ASKED}),
}


class HubSubscription(Row, table=True):
    """A hub that pushes what a source brings (WebSub). The source is polled all the same."""

    __tablename__ = "hub_subscription"

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", unique=True)
    hub: str = Field(max_length=500)
    topic: str = Field(max_length=500)
    status: HubState = required_choice(HubState)
    ask_at: datetime = Field(index=True, description="when it is asked for, or asked again")
    asked_at: datetime | None = None
    until: datetime | None = Field(default=None, description="the hub pushes until then")
    failures: int = Field(default=0)
    pushed_at: datetime | None = Field(default=None, description="the last push that was real")


class Item(Row, table=True):
    """One news item, keyed on source and guid. The lead goes when its event closes."""

    __table_args__ = (UniqueConstraint("source_id", "guid"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    guid: str = Field(max_length=500)
    title: str = Field(max_length=500)
    link: str = Field(default="", max_length=1000)
    lead: str | None = Field(default=None, max_length=600)
    published_at: datetime | None = None
    first_seen_at: datetime = Field(index=True)
    polled_at: datetime = Field(description="when the poll that brought it began")
    content_hash: str = Field(max_length=64)
    is_roundup: bool = Field(default=False)
    severity: int = Field(default=0)
    types: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    place: str | None = Field(default=None, max_length=120)
    proximity: str = Field(default="onbekend", max_length=20)
    themes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reasons: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    context: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_column=Column(JSON, nullable=False, server_default="[]"),
        description="what the past said of it when it came in",
    )
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    is_backlog: bool = Field(
        default=False, description="undated, from the first reading of its source: how old?"
    )


class ItemTitle(Row, table=True):
    """An earlier title of an item: outlets retitle one in five."""

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    title: str = Field(max_length=500)
    seen_at: datetime


class ItemMeaning(Row, table=True):
    """What the text of an item means, for ``similarity = "betekenis"``; goes with the lead."""

    __tablename__ = "item_meaning"

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    model: str = Field(max_length=60, description="what read it; another one reads anew")
    text_digest: str = Field(max_length=32, description="of the text as it was read")
    direction: bytes = Field(description="384 floats of two bytes, the least first")


class EventStatus(StrEnum):
    """Where an event stands."""

    DETECTED = "detected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    REOPENED = "reopened"


#: somebody said that it is real, and it is not over: something can be sent about it
RUNNING = (EventStatus.CONFIRMED, EventStatus.REOPENED)
EVENT_MOVES: MoveTable[EventStatus] = {
    EventStatus.DETECTED: frozenset({EventStatus.CONFIRMED, EventStatus.DISMISSED}),
    EventStatus.CONFIRMED: frozenset({EventStatus.CLOSED}),
    EventStatus.CLOSED: frozenset({EventStatus.REOPENED}),
    EventStatus.REOPENED: frozenset({EventStatus.CLOSED}),
    # A dismissed event that gets heavier than what was dismissed asks again.
    EventStatus.DISMISSED: frozenset({EventStatus.CONFIRMED, EventStatus.DETECTED}),
}


class Origin(StrEnum):
    """How we came to know."""

    FEED = "feed"
    MANUAL = "manual"


class LeadAgency(StrEnum):
    """Who leads the communication."""

    POLICE = "politie_om"
    MUNICIPALITY = "gemeente"
    SAFETY_REGION = "veiligheidsregio"
    UNKNOWN = "onbekend"


class DismissReason(StrEnum):
    """Why an event is none of ours.

    A button under an old message carries the place of its reason here: a new one comes last.
    """

    SPORT_CULTURE = "sport_cultuur"
    ELSEWHERE = "elders"
    OLD_NEWS = "oud_nieuws"
    ALREADY_KNOWN = "al_bekend"
    OTHER = "anders"
    #: it was told as it happened, and turned out to be nothing
    FALSE_ALARM = "loos_alarm"


class Event(Row, table=True):
    """The thing that happened or is announced. Everything hangs on it.

    ``type`` is a lexicon id (``E01``…) or ``algemeen``. ``suggested_severity`` 0–4 is the
    machine's; ``severity`` 1–5 is a person's. ``reasons`` is a list of
    ``{"text", "weight"}``, the text in Dutch, shown to the coördinator.
    """

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=300)
    type: str = Field(max_length=40)
    status: EventStatus = choice(EventStatus, default=EventStatus.DETECTED)
    origin: Origin = required_choice(Origin)
    suggested_severity: int = Field(default=0)
    severity: int | None = None
    place: str | None = Field(default=None, max_length=120)
    proximity: str = Field(default="onbekend", max_length=20)
    themes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reasons: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    source_link: str | None = Field(default=None, max_length=1000)
    detected_at: datetime = Field(index=True)
    last_item_at: datetime | None = Field(default=None, index=True)
    alerted_at: datetime | None = None
    alerted_severity: int = Field(default=0)
    listed_at: datetime | None = Field(default=None, description="it stood on a daily list")
    item_count: int = Field(default=0, description="items that belong to it")
    alert_items: int = Field(default=0, description="items that the shown alert knows of")
    alert_delivery_id: int | None = None
    tapped_at: datetime | None = Field(
        default=None, description="somebody took up the alert that rang last"
    )
    snoozed_until: datetime | None = None
    escalated_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: int | None = None
    dismissed_reason: DismissReason | None = choice(DismissReason)
    lead_agency: LeadAgency | None = choice(LeadAgency)
    send_before: datetime | None = None
    called_first_at: datetime | None = Field(
        default=None, description="directly touched organisations were called by a person"
    )
    closed_at: datetime | None = None
    grip: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"},
        description="GRIP 0–5 as a person entered it; never found out by the machine",
    )  # fmt: skip
    with_neighbours: bool = Field(
        default=False, sa_column_kwargs={"server_default": false()},
        description="it crosses the border: the municipalities next door get the texts too",
    )  # fmt: skip
    grip_by: int | None = Field(default=None, description="who entered it")
    lowered_from: int | None = Field(
        default=None, description="the severity before a person took it below the line of four eyes"
    )
    lowered_by: int | None = Field(default=None, description="who lowered it")
    merged_into_id: int | None = Field(default=None, foreign_key="event.id")
    is_exercise: bool = Field(default=False)


class Mute(Row, table=True):
    """Somebody muted an event and its sisters: until then only what is heavier rings."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", index=True)
    severity: int = Field(description="what it weighed when it was muted")
    muted_at: datetime
    until: datetime = Field(index=True)
    is_exercise: bool = Field(default=False)


class ForeseenTold(Row, table=True):
    """Coordinators heard of a foreseeable moment on this day."""

    key: str = Field(primary_key=True, max_length=60)
    day: date = Field(primary_key=True)
    told_at: datetime


class DailyList(Row, table=True):
    """A day of which the list is done; ``events`` stood on it."""

    day: date = Field(primary_key=True)
    sent_at: datetime
    events: int = Field(default=0)


#: the same in the database, for statements that pass no object by; one for each dialect
STAY_IN_ONE_WORLD = {
    "sqlite": (
        (
            "CREATE TRIGGER event_stays_in_one_world BEFORE UPDATE OF is_exercise ON event "
            "WHEN OLD.is_exercise IS NOT NEW.is_exercise "
            "BEGIN SELECT RAISE(ABORT, 'an event cannot change worlds'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION event_stays_in_one_world() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE integrity_constraint_violation USING "
            "MESSAGE = 'an event cannot change worlds'; END $$"
        ),
        (
            "CREATE TRIGGER event_stays_in_one_world BEFORE UPDATE OF is_exercise ON event "
            "FOR EACH ROW WHEN (OLD.is_exercise IS DISTINCT FROM NEW.is_exercise) "
            "EXECUTE FUNCTION event_stays_in_one_world()"
        ),
    ),
}
for _dialect, _statements in STAY_IN_ONE_WORLD.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy names no types here
        listen(SQLModel.metadata.tables["event"], "after_create", _ddl.execute_if(dialect=_dialect))


@listens_for(Event.is_exercise, "set")
def _stay_in_one_world(event: Event, value: bool, before: object, _: object) -> None:
    """An event is an exercise from its first moment to its last, or never.

    :raises ValueError: somebody tries to carry it over.
    """
    if isinstance(before, bool) and before != value:
        raise ValueError("an event cannot change worlds")
