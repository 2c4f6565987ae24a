"""The list *bel deze mensen* as people see it: each person once per event, by the newest line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contacts.calling import CallItem, CallReason, CallStatus, taken_back
from contacts.directory import Organisation, Person
from contacts.outbox import Delivery, DeliveryStatus, Message


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the list as people see it. ``phone`` is empty when none is known. ``told_at``: when
    somebody called them about an earlier version of the same event. ``backup_had_it``: so had the
    back-up of the organisation, who is another."""

    id: int
    person_id: int
    person: str
    function: str
    organisation: str
    phone: str
    why: CallReason
    status: CallStatus
    done_at: datetime | None
    told_at: datetime | None = None
    backup_had_it: bool = False


def is_to_call(until: Any = None) -> ColumnElement[bool]:
    """Whether :func:`calls_of` shows this ``CallItem`` as open, in the words of the store.

    :param until: the moment at which is looked, or what is bound to it; None: whenever it came.
    """
    later = aliased(CallItem)
    has_newer = (
        select(later.id)
        .where(
            col(later.event_id) == col(CallItem.event_id),
            col(later.person_id) == col(CallItem.person_id),
            col(later.id) > col(CallItem.id),
            _by(later, until),
            not_(and_(col(later.status) == CallStatus.NOT_NEEDED, taken_back(later))),
        )
        .exists()
    )
    return and_(col(CallItem.status) == CallStatus.OPEN, _by(CallItem, until), ~has_newer)


def _by(item: type[CallItem], until: Any) -> ColumnElement[bool]:
    return true() if until is None else col(item.added_at) <= until


async def calls_of(
    session: AsyncSession, event_id: int, *, now: datetime, statuses: Collection[CallStatus] = ()
) -> list[Call]:
    """The list of one event, what is still to be done in front; all statuses unless given.

    Of somebody who is on it for several versions only the newest line is shown; one of a version
    that was called off comes in the place of none.
    """
    query = (
        select(CallItem, Person, Organisation)
        .join(Person, col(Person.id) == col(CallItem.person_id))
        .join(Organisation, col(Organisation.id) == col(CallItem.organisation_id))
        .where(col(CallItem.event_id) == event_id, col(CallItem.added_at) <= now)
        .order_by(col(Organisation.name), col(Person.name), col(CallItem.id))
    )
    rows: dict[int | None, tuple[CallItem, Person, Organisation]] = {}
    told: dict[int | None, datetime] = {}
    listed = (await session.exec(query)).all()
    off = await _called_off(session, [item for item, _, _ in listed])
    for item, person, where in listed:
        before = rows.get(person.id)
        if before is not None and item.id in off:
            continue  # what was told before it still is to be told
        if before is not None and before[0].done_at and before[0].status is CallStatus.CALLED:
            told[person.id] = before[0].done_at
        rows[person.id] = (item, person, where)
    helped = await _with_backup(session, [item for item, _, _ in rows.values()])
    calls = [
        replace(_shown(*row, told.get(ident)), backup_had_it=row[0].id in helped)
        for ident, row in rows.items()
    ]
    chosen = [call for call in calls if not statuses or call.status in statuses]
    return sorted(chosen, key=lambda call: call.status is not CallStatus.OPEN)


async def _with_backup(session: AsyncSession, items: Sequence[CallItem]) -> Collection[int | None]:
    """Lines about silence, of a version that somebody else had as the back-up there."""
    silent = [item.id for item in items if item.why is CallReason.SILENT]
    if not silent:
        return ()
    found = await session.exec(
        select(CallItem.id)
        .join(
            Message,
            or_(
                col(Message.briefing_id) == col(CallItem.briefing_id),
                col(Message.id) == col(CallItem.message_id),
            ),
        )
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(CallItem.id).in_(silent),
            col(Delivery.is_backup),
            col(Delivery.organisation_id) == col(CallItem.organisation_id),
            col(Delivery.person_id) != col(CallItem.person_id),
            col(Delivery.status).in_((DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)),
        )
    )
    return set(found.all())


async def _called_off(session: AsyncSession, items: Sequence[CallItem]) -> Collection[int | None]:
    """Lines about a version that went to nobody."""
    ended = [item.id for item in items if item.status is CallStatus.NOT_NEEDED]
    if not ended:
        return ()
    found = await session.exec(select(CallItem.id).where(col(CallItem.id).in_(ended), taken_back()))
    return set(found.all())


def _shown(
    item: CallItem, person: Person, organisation: Organisation, told_at: datetime | None
) -> Call:
    assert item.id is not None
    return Call(
        id=item.id,
        person_id=item.person_id,
        person=person.name,
        function=person.function,
        organisation=organisation.name,
        phone=person.phone or organisation.phone or "",
        why=item.why,
        status=item.status,
        done_at=item.done_at,
        told_at=told_at,
    )


def list_changed_since(moment: datetime) -> SelectOfScalar[Any]:
    """Events of which somebody came on the list since then, or left it."""
    return select(CallItem.event_id).where(
        func.coalesce(col(CallItem.done_at), col(CallItem.added_at)) > moment,
        col(CallItem.event_id).is_not(None),
    )
