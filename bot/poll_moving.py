"""A quick poll names the moment of its meeting: what still rests of it follows when that changes.

Who would read it in the morning gets it with the moment that holds then, and nothing when the
meeting is off. What was delivered stays as it is; its answers are of use all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.overleg_stopping import CHANGED
from bot.overleg_telling import Stand
from bot.poll_asking import quick_content
from briefings.learning.quick_polls import note_quick_poll, times_asked
from briefings.moments import moment
from briefings.overleg.rows import Overleg, OverlegStatus
from contacts.bulk import plan_deliveries
from contacts.journal import Who
from contacts.messages import store_message
from contacts.outbox import (
    DELIVERY_MOVES,
    Delivery,
    DeliveryStatus,
    Message,
    MessageKind,
    Priority,
)
from contacts.quiet import QUIET_HOURS, hold_back
from contacts.records import ids_of, move_many
from contacts.sending import Recipient

#: as many as fit in one statement
_AT_ONCE = 5000


async def follow_meeting(
    session: AsyncSession, overleg: Overleg, before: Stand, *, who: Who, now: datetime
) -> int:
    """In the transaction of the change; returns to how many the questions go anew.

    :param before: as the meeting stood before the change.
    """
    same = (before.starts_at, before.status) == (overleg.starts_at, overleg.status)
    if overleg.event_id is None or same:
        return 0
    rows = await _written(session, overleg)
    resting = [one for one in rows if _rests(one, now)]
    ids = ids_of(resting)
    for start in range(0, len(ids), _AT_ONCE):
        await move_many(
            session, DELIVERY_MOVES, Delivery, ids[start : start + _AT_ONCE],
            DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
            who=who, action="held_superseded", now=now, reason=CHANGED, done_at=now,
        )  # fmt: skip
    if overleg.status is not OverlegStatus.PLANNED or overleg.starts_at <= now:
        return 0
    to = [*resting, *(one for one in _last_of_each(rows) if _was_stopped(one))]
    return await _ask_anew(session, overleg, to, who=who, now=now) if to else 0


async def _written(session: AsyncSession, overleg: Overleg) -> list[Delivery]:
    """What was planned of the questions for this meeting, the oldest first."""
    theirs = select(Message.id).where(
        col(Message.event_id) == overleg.event_id,
        col(Message.kind) == MessageKind.NOTICE,
        col(Message.priority) == int(Priority.DIGEST),
        col(Message.created_at).in_(await times_asked(session, overleg)),
    )
    found = await session.exec(
        select(Delivery)
        .where(col(Delivery.message_id).in_(theirs))
        .order_by(col(Delivery.id))
        .with_for_update()
    )
    return list(found.all())


def _rests(one: Delivery, now: datetime) -> bool:
    planned = one.status is DeliveryStatus.PLANNED
    return planned and one.reason == QUIET_HOURS and one.not_before > now


def _was_stopped(one: Delivery) -> bool:
    return one.status is DeliveryStatus.CANCELLED and one.reason == CHANGED


def _last_of_each(rows: Iterable[Delivery]) -> list[Delivery]:
    """The newest for each address: what was stopped before it came in its place. Pure."""
    return list({(one.kind, one.address): one for one in rows}.values())


async def _ask_anew(
    session: AsyncSession, overleg: Overleg, to: Iterable[Delivery], *, who: Who, now: datetime
) -> int:
    assert overleg.event_id is not None
    message = await store_message(
        session, kind=MessageKind.NOTICE,
        content=quick_content(overleg.event_id, moment(overleg.starts_at)),
        event_id=overleg.event_id, priority=Priority.DIGEST, is_exercise=overleg.is_exercise,
        now=now,
    )  # fmt: skip
    recipients = [
        Recipient(one.kind, one.address, one.person_id, one.organisation_id) for one in to
    ]
    count = await plan_deliveries(session, message, recipients, now=now)
    await hold_back(session, message, useful_until=overleg.starts_at, now=now)
    note_quick_poll(session, overleg, who=who, messages=count, now=now)
    return count
