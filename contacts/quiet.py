"""Hours in which somebody wants no message; what is urgent comes all the same.

What waits is a planned delivery with its moment and the reason ``quiet_hours``. A notice waits when
whoever wrote it said that it may rest, or when it is a digest: that can be read in the morning too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, bindparam, case, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind, Person
from contacts.elsewhere import stands_better
from contacts.journal import SYSTEM, Who, write_journal
from contacts.local_time import AMSTERDAM
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import (
    DELIVERY_MOVES,
    SUPERSEDED,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    MessageStatus,
    Priority,
)
from contacts.pauses import silent_kinds
from contacts.records import move_many, read_columns

QUIET_HOURS = "quiet_hours"
#: as many as fit in one statement
_AT_ONCE = 5000
#: what can wait until the morning; a retraction takes harm away, so it never waits
WAITS = frozenset(
    {
        MessageKind.ALERT,
        MessageKind.BRIEFING,
        MessageKind.UPDATE,
        MessageKind.CORRECTION,
        MessageKind.CLOSING,
    }
)


def quiet_ends(begin: time | None, end: time | None, at: datetime) -> datetime | None:
    """When the quiet hours in which ``at`` falls are over, or None outside of them. Pure.

    ``begin`` and ``end`` are clock times in the Netherlands; they may span midnight. ``end``
    itself is not quiet any more.
    """
    if begin is None or end is None or begin == end:
        return None
    local = at.astimezone(AMSTERDAM)
    clock = local.time()
    spans_midnight = begin > end
    inside = (clock >= begin or clock < end) if spans_midnight else begin <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if spans_midnight and clock >= begin else 0)
    return datetime.combine(day, end, AMSTERDAM).astimezone(at.tzinfo)


def waits(kind: MessageKind, severity: int, priority: int | None = None) -> bool:
    """Whether quiet hours hold such a message back. Pure."""
    if priority == Priority.DIGEST:
        return True
    return kind in WAITS and severity < URGENT_SEVERITY


async def earliest(
    session: AsyncSession, message: Message, person_id: int | None, at: datetime
) -> datetime:
    """When the message may go to this person: ``at``, or the end of their quiet hours."""
    if person_id is None or not waits(message.kind, message.severity, message.priority):
        return at
    person = await session.get(Person, person_id)
    ends = quiet_ends(person.quiet_from, person.quiet_until, at) if person else None
    return ends or at


async def hold_back(
    session: AsyncSession, message: Message, *, now: datetime, may_rest: bool = False,
    useful_until: datetime | None = None,
) -> int:  # fmt: skip
    """Give the planned deliveries of those in quiet hours their moment; returns how many.

    The same hours are shared by many people, so this is one statement per pair of hours.

    :param may_rest: this message may wait, whatever its kind; its place in the queue stays.
    :param useful_until: the moment of what it is about: who would read it only then, or later,
        gets it at once.
    """
    if not (may_rest or waits(message.kind, message.severity, message.priority)):
        return 0
    at = max(now, message.send_at)
    pairs = await read_columns(
        session,
        sql_select(col(Person.quiet_from), col(Person.quiet_until))
        .where(col(Person.quiet_from).is_not(None), col(Person.quiet_until).is_not(None))
        .distinct(),
    )
    held = 0
    for begin, end in pairs:
        ends = quiet_ends(begin, end, at)
        if ends is None or (useful_until is not None and ends >= useful_until):
            continue
        theirs = select(Person.id).where(
            col(Person.quiet_from) == begin, col(Person.quiet_until) == end
        )
        result = await session.exec(
            update(Delivery)
            .where(
                col(Delivery.message_id) == message.id,
                col(Delivery.status) == DeliveryStatus.PLANNED,
                col(Delivery.person_id).in_(theirs),
            )
            .values(not_before=ends, reason=QUIET_HOURS)
            .execution_options(synchronize_session=False)
        )
        held += _journal_held(session, message, result.rowcount, ends, now=now)
    return held


async def count_resting(
    session: AsyncSession, people: Collection[int], *, at: datetime
) -> tuple[int, datetime | None]:
    """How many of these people have quiet hours then, and when the first of them has no more."""
    hours = await read_columns(
        session,
        sql_select(col(Person.quiet_from), col(Person.quiet_until)).where(
            col(Person.id).in_(people), col(Person.quiet_from).is_not(None)
        ),
    )
    ends = [wakes for begin, end in hours if (wakes := quiet_ends(begin, end, at)) is not None]
    return len(ends), min(ends, default=None)


async def asleep_until(
    session: AsyncSession, kind: MessageKind, severity: int, *, at: datetime, then: datetime
) -> frozenset[int]:
    """Who would get such a message of ``at`` only at ``then`` or later."""
    if not waits(kind, severity):
        return frozenset()
    people = await read_columns(
        session,
        sql_select(col(Person.id), col(Person.quiet_from), col(Person.quiet_until)).where(
            col(Person.quiet_from).is_not(None), col(Person.quiet_until).is_not(None)
        ),
    )
    ends = {hours: quiet_ends(*hours, at) for hours in {(begin, end) for _, begin, end in people}}
    return frozenset(
        ident
        for ident, begin, end in people
        if (wakes := ends[begin, end]) is not None and wakes >= then
    )


async def give_way(
    session: AsyncSession,
    briefing_ids: Collection[int],
    readers: ColumnElement[bool],
    *,
    now: datetime,
) -> int:
    """What waits of these versions for these readers stays home, because something newer comes in
    its place: for quiet hours to end, for another try, or to go by another channel as well.
    Returns how many deliveries that were.

    :param readers: a condition on ``Delivery``.
    """
    theirs = select(Message.id).where(col(Message.briefing_id).in_(briefing_ids))
    waiting = (
        select(Delivery.id)
        .where(
            col(Delivery.message_id).in_(theirs),
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.not_before) > now,
            or_(
                col(Delivery.reason) == QUIET_HOURS,
                col(Delivery.attempts) > 0,
                col(Delivery.fallback_of_id).is_not(None),
            ),
            readers,
        )
        .order_by(col(Delivery.id))
        .limit(_AT_ONCE)
        .with_for_update()
    )
    stopped = 0
    while ids := [ident for ident in (await session.exec(waiting)).all() if ident is not None]:
        moved = await move_many(
            session, DELIVERY_MOVES, Delivery, ids,
            DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED,
            who=SYSTEM, action="held_superseded", now=now, reason=SUPERSEDED, done_at=now,
        )  # fmt: skip
        stopped += len(moved)
    return stopped


def _journal_held(
    session: AsyncSession, message: Message, count: int, until: datetime, *, now: datetime
) -> int:
    if count:
        write_journal(
            session, who=SYSTEM, action="deliveries_held_quiet", subject=f"message:{message.id}",
            detail={"deliveries": count, "until": until.isoformat()}, now=now,
        )  # fmt: skip
    return count


async def set_quiet_hours(
    session: AsyncSession,
    person: Person,
    begin: time | None,
    end: time | None,
    *,
    who: Who,
    now: datetime,
) -> bool:
    """From when until when this person wants no message; two Nones: always welcome.

    What waits already keeps its moment. False when nothing changed.
    """
    if (person.quiet_from, person.quiet_until) == (begin, end):
        return False
    person.quiet_from, person.quiet_until = begin, end
    session.add(person)
    write_journal(
        session, who=who, action="quiet_hours_set", subject=f"person:{person.id}",
        detail={"has_hours": begin is not None}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a version's readers wait for a moment: the end of quiet hours, or another try.
    Each with the moment of the first of them."""

    held: int = 0
    held_until: datetime | None = None
    again: int = 0
    again_at: datetime | None = None
    #: by a kind of channel that is silent now
    away: Mapping[ChannelKind, int] = field(default_factory=dict)


_RESTS = func.coalesce(col(Delivery.reason), "") == QUIET_HOURS
_TRIED = ~_RESTS & (col(Delivery.attempts) > 0)
_WAITING = (
    sql_select(
        *(
            column
            for which in (_RESTS, _TRIED)
            for column in (
                func.count(case((which, 1))),
                func.min(case((which, col(Delivery.not_before)))),
            )
        )
    )
    .join(Message, col(Message.id) == col(Delivery.message_id))
    .where(
        col(Message.briefing_id) == bindparam("of_version"),
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) == DeliveryStatus.PLANNED,
        col(Delivery.not_before) > bindparam("after"),
        ~stands_better(),
    )
)


_AWAY = (
    sql_select(col(Delivery.kind), func.count())
    .select_from(Delivery)
    .join(Message, col(Message.id) == col(Delivery.message_id))
    .where(
        col(Message.briefing_id) == bindparam("of_version"),
        col(Message.status) == MessageStatus.READY,
        col(Delivery.act) == DeliveryAct.SEND,
        col(Delivery.status) == DeliveryStatus.PLANNED,
        col(Delivery.not_before) <= bindparam("after"),
        col(Delivery.kind).in_(bindparam("silent", expanding=True)),
        ~stands_better(),
    )
    .group_by(col(Delivery.kind))
)


async def count_waiting(
    session: AsyncSession, briefing_id: int | None, *, now: datetime
) -> Waiting:
    """How many readers of a version wait, and for what."""
    found = await read_columns(session, _WAITING, {"of_version": briefing_id, "after": now})
    waiting = Waiting(*found[0])
    if not (silent := await silent_kinds(session, now=now)):
        return waiting
    asked = {"of_version": briefing_id, "after": now, "silent": [*silent]}
    away = await read_columns(session, _AWAY, asked)
    return replace(waiting, away={ChannelKind(kind): count for kind, count in away})
