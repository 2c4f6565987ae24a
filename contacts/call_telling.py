"""Tells the coördinatoren who came on the list of people to call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.calling import CallItem, CallReason, CallStatus
from contacts.failures import subjects_of
from contacts.notices import tell_call_list
from contacts.outbox import Message
from contacts.people import organisation_names


async def tell_calls(session: AsyncSession, *, now: datetime) -> int:
    """Tell where to call, once per event and only what is new on its list; what nobody could hear
    is told a later time. Returns of how many lines was told."""
    told = 0
    for (is_exercise, event_id), calls in (await _untold(session)).items():
        # Who could not be reached was named, with the list, as soon as that failed.
        silent = [call for call in calls if call.why is not CallReason.FAILED]
        known = await _listed(session, event_id)
        new = [call for call in silent if call.organisation_id not in known]
        names = await organisation_names(session, {call.organisation_id for call in new})
        subjects = await _subjects(session, new)
        if new and not await tell_call_list(
            session, names, subjects, event_id=event_id, is_exercise=is_exercise, now=now
        ):
            continue
        told += len(new)
        for call in calls:
            call.told_at = now
            session.add(call)
    return told


async def _subjects(session: AsyncSession, calls: Sequence[CallItem]) -> list[str]:
    found = await session.exec(
        select(Message)
        .where(
            col(Message.briefing_id).in_({call.briefing_id for call in calls} - {None})
            | col(Message.id).in_({call.message_id for call in calls} - {None})
        )
        .order_by(col(Message.id))
    )
    return subjects_of(found.all())


async def _untold(session: AsyncSession) -> dict[tuple[bool, int | None], list[CallItem]]:
    """Open lines of which no coördinator heard yet, by world and event. Who has no channel at all
    is named where the text is sent."""
    found = await session.exec(
        select(CallItem)
        .where(
            col(CallItem.status) == CallStatus.OPEN,
            col(CallItem.told_at).is_(None),
            col(CallItem.why) != CallReason.NO_CHANNEL,
        )
        .order_by(col(CallItem.id))
    )
    calls: dict[tuple[bool, int | None], list[CallItem]] = {}
    for call in found.all():
        calls.setdefault((call.is_exercise, call.event_id), []).append(call)
    return calls


async def _listed(session: AsyncSession, event_id: int | None) -> set[int]:
    """Where somebody is to be called about this event, as the coördinatoren heard."""
    later = aliased(CallItem)
    was_called = (
        select(later.id)
        .where(
            col(later.event_id) == col(CallItem.event_id),
            col(later.person_id) == col(CallItem.person_id),
            col(later.id) > col(CallItem.id),
            col(later.status) == CallStatus.CALLED,
        )
        .exists()
    )
    found = await session.exec(
        select(CallItem.organisation_id).where(
            col(CallItem.event_id) == event_id,
            col(CallItem.status) == CallStatus.OPEN,
            col(CallItem.told_at).is_not(None),
            ~was_called,
        )
    )
    return set(found.all())
