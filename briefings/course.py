"""Reads the course of an event from what was written down, for its timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval_rules import severity_of
from briefings.clock_rows import FirstCall, FollowUp, StepTick
from briefings.rows import Briefing, BriefingStatus
from briefings.settings import BriefingSettings, ClockSettings
from briefings.timetable import Course, Line, Mark, Sending, Step, timetable
from briefings.versions import SENT, versions_of
from feeds.rows import Event

#: handed in, or further
READY = frozenset({BriefingStatus.SUBMITTED, BriefingStatus.APPROVED, *SENT})
#: read by a second person, or by whoever may do it alone
APPROVED = frozenset({BriefingStatus.APPROVED, *SENT})


async def timetable_of(
    session: AsyncSession,
    event: Event,
    clock: ClockSettings,
    rules: BriefingSettings,
    *,
    speed: float = 1.0,
) -> list[Line]:
    """The timetable of an event as it stands.

    :param speed: minutes of the exercise per minute.
    """
    return timetable(await course_of(session, event, speed=speed), clock, rules)


async def course_of(session: AsyncSession, event: Event, *, speed: float = 1.0) -> Course:
    """What happened in an event so far."""
    assert event.id is not None
    versions = await versions_of(session, event.id)
    ticks = await session.exec(select(StepTick).where(col(StepTick.event_id) == event.id))
    calls = await session.exec(select(FirstCall).where(col(FirstCall.event_id) == event.id))
    planned = await session.get(FollowUp, event.id)
    ready = [one for one in versions if one.status in READY]
    read = [one for one in versions if one.status in APPROVED]
    return Course(
        began_at=event.alerted_at or event.detected_at,
        severity=severity_of(event),
        confirmed_at=event.confirmed_at,
        send_before=event.send_before,
        called_at=_called(calls.all()) or event.called_first_at,
        submitted_at=min((b.submitted_at for b in ready if b.submitted_at), default=None),
        approved_at=min((b.approved_at for b in read if b.approved_at), default=None),
        sendings=[one for version in read if (one := _sending(version)) is not None],
        closed_at=event.closed_at,
        marks=_marks(ticks.all()),
        follow_up_on=planned.day if planned else None,
        speed=speed,
    )


def _sending(version: Briefing) -> Sending | None:
    at = version.distributed_at or version.send_at
    if at is None:
        return None
    return Sending(version.kind, at, version.promised_at, version.told_as is not None)


def _called(calls: Sequence[FirstCall]) -> datetime | None:
    """When the last of the list was called; None while somebody is still to be."""
    times = [call.called_at for call in calls if call.called_at is not None]
    return max(times) if times and len(times) == len(calls) else None


def _marks(ticks: Sequence[StepTick]) -> Mapping[Step, Mark]:
    return {tick.step: Mark(tick.done_at, tick.is_needed) for tick in ticks}
