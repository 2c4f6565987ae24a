"""The list *bel deze mensen*: whom no channel reached, until somebody called or they reacted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import aliased
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import (
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageStatus,
)
from contacts.overdue import Column, somebody_reacted
from contacts.records import MoveTable, Row, choice, move, move_many, required_choice

#: whether an organisation told something about an event since it had a version of it, or a later
#: one: of the columns (organisation, event, version)
Spoke = Callable[[Column, Column, Column], ColumnElement[bool]]


class CallReason(StrEnum):
    """Why somebody must be called."""

    NO_CHANNEL = "no_channel"
    FAILED = "failed"
    SILENT = "silent"


class CallStatus(StrEnum):
    """Whether the call is still to be made."""

    OPEN = "open"
    CALLED = "called"
    NOT_NEEDED = "not_needed"


CALL_MOVES: MoveTable[CallStatus] = {
    CallStatus.OPEN: frozenset({CallStatus.CALLED, CallStatus.NOT_NEEDED}),
    CallStatus.CALLED: frozenset({CallStatus.OPEN}),
    CallStatus.NOT_NEEDED: frozenset(),
}


class CallItem(Row, table=True):
    """One person to call about one version. ``briefing_id`` is None for a message of its own."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int | None = Field(default=None, index=True)
    briefing_id: int | None = Field(default=None, index=True)
    message_id: int | None = Field(default=None)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    why: CallReason = required_choice(CallReason)
    status: CallStatus = choice(CallStatus, default=CallStatus.OPEN, index=True)
    is_exercise: bool = Field(default=False)
    added_at: datetime
    told_at: datetime | None = Field(default=None, description="the coordinators heard of it")
    done_at: datetime | None = None
    done_by: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the call is about: a version of an event, or one message without a version."""

    event_id: int | None
    briefing_id: int | None
    message_id: int | None
    is_exercise: bool

    @staticmethod
    def of(message: Message) -> About:
        alone = message.id if message.briefing_id is None else None
        return About(message.event_id, message.briefing_id, alone, message.is_exercise)


async def add_calls(
    session: AsyncSession,
    about: About,
    people: Iterable[tuple[int, int, CallReason]],
    *,
    now: datetime,
) -> int:
    """Put (person, organisation, why) on the list, each person once per version.

    Whose line ended because the text came through after all stands there anew when that text
    bounced or met silence. Returns how many are new.
    """
    wanted = {person_id: (organisation_id, why) for person_id, organisation_id, why in people}
    found = await session.exec(
        select(CallItem.person_id, CallItem.why, CallItem.status).where(
            col(CallItem.person_id).in_(wanted),
            col(CallItem.briefing_id) == about.briefing_id
            if about.briefing_id is not None
            else col(CallItem.message_id) == about.message_id,
        )
    )
    ended = (CallReason.NO_CHANNEL, CallStatus.NOT_NEEDED)
    known = {
        ident
        for ident, why, status in found.all()
        if (why, status) != ended or wanted[ident][1] is CallReason.NO_CHANNEL
    }
    items = [
        CallItem(
            event_id=about.event_id,
            briefing_id=about.briefing_id,
            message_id=about.message_id,
            organisation_id=organisation_id,
            person_id=person_id,
            why=why,
            is_exercise=about.is_exercise,
            added_at=now,
        )
        for person_id, (organisation_id, why) in wanted.items()
        if person_id not in known
    ]
    session.add_all(items)
    await session.flush()
    if items:
        write_journal(
            session, who=SYSTEM, action="calls_added", subject="call_item",
            detail={"ids": [item.id for item in items]}, now=now,
        )  # fmt: skip
    return len(items)


async def tick_off(session: AsyncSession, item: CallItem, *, who: Who, now: datetime) -> None:
    """Somebody called, or takes that back. ``who`` is a person."""
    if item.status is CallStatus.OPEN:
        await move(
            session, CALL_MOVES, item, CallStatus.CALLED,
            who=who, action="call_made", now=now, done_at=now, done_by=who.person_id,
        )  # fmt: skip
        return
    await move(
        session, CALL_MOVES, item, CallStatus.OPEN,
        who=who, action="call_reopened", now=now, done_at=None, done_by=None,
    )  # fmt: skip


def nobody_spoke(_organisation: Column, _event: Column, _version: Column) -> ColumnElement[bool]:
    """As :data:`Spoke`, where nothing but taps is known."""
    return false()


async def end_needless_calls(
    session: AsyncSession, *, now: datetime, spoke: Spoke = nobody_spoke
) -> int:
    """Whose organisation reacted meanwhile, what is about a text that was taken back, and who
    had no channel and got a text through one after all.

    Returns how many calls are not needed any more.
    """
    told = spoke(col(CallItem.organisation_id), col(CallItem.event_id), col(CallItem.briefing_id))
    ended = await _end(session, _reacted() | told | taken_back(), "calls_not_needed", now=now)
    return ended + await _end(session, _got_it_late(), "calls_got_it_late", now=now)


async def call_off_calls(
    session: AsyncSession, briefing_id: int, *, who: Who, now: datetime
) -> int:
    """Nobody is called about a version that was called off; returns how many lines ended."""
    about = col(CallItem.briefing_id) == briefing_id
    return await _end(session, about, "calls_called_off", who=who, now=now)


async def _end(
    session: AsyncSession,
    condition: ColumnElement[bool],
    action: str,
    *,
    who: Who = SYSTEM,
    now: datetime,
) -> int:
    found = await session.exec(
        select(CallItem.id)
        .where(col(CallItem.status) == CallStatus.OPEN, condition)
        .order_by(col(CallItem.id))
    )
    ids = [ident for ident in found.all() if ident is not None]
    return len(
        await move_many(
            session, CALL_MOVES, CallItem, ids, CallStatus.OPEN, CallStatus.NOT_NEEDED,
            who=who, action=action, now=now, done_at=now,
        )
    )  # fmt: skip


def _got_it_late() -> ColumnElement[bool]:
    """Nobody without a channel got this text; a delivery that left is one of later, of it or
    of what came after it."""
    delivery, message = aliased(Delivery), aliased(Message)
    return (col(CallItem.why) == CallReason.NO_CHANNEL) & (
        select(delivery.id)
        .join(message, col(message.id) == col(delivery.message_id))
        .where(
            col(delivery.person_id) == col(CallItem.person_id),
            col(delivery.act) == DeliveryAct.SEND,
            col(delivery.status) == DeliveryStatus.SENT,
            col(message.event_id) == col(CallItem.event_id),
            col(message.briefing_id) >= col(CallItem.briefing_id),
        )
        .exists()
    )


def _reacted() -> ColumnElement[bool]:
    return somebody_reacted(
        col(CallItem.person_id), col(CallItem.organisation_id), event_id=col(CallItem.event_id),
        message_id=col(CallItem.message_id), briefing_id=col(CallItem.briefing_id),
    )  # fmt: skip


def taken_back(item: type[CallItem] = CallItem) -> ColumnElement[bool]:
    """Whether the version that this line is about went to nobody: it was called off."""
    gone, live, sent = aliased(Message), aliased(Message), aliased(Delivery)
    cancelled = (
        select(gone.id)
        .where(
            col(gone.briefing_id) == col(item.briefing_id),
            col(gone.status) == MessageStatus.CANCELLED,
        )
        .exists()
    )
    # What points an old chat message to its correction is a message of the old version, too.
    others = (
        select(live.id)
        .join(sent, col(sent.message_id) == col(live.id))
        .where(
            col(live.briefing_id) == col(item.briefing_id),
            col(live.status) != MessageStatus.CANCELLED,
            col(sent.act) == DeliveryAct.SEND,
        )
        .exists()
    )
    return cancelled & ~others
