"""Reads the course of an event from what was written down, for its timetable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.approval_rules import severity_of
from briefings.behind import in_parts
from briefings.clock_rows import FirstCall, FollowUp, StepTick
from briefings.parts import APPROVED, READY, moment_of, parts_of
from briefings.rows import Briefing
from briefings.settings import BriefingSettings, ClockSettings
from briefings.steps import Step
from briefings.timetable import Course, Line, Mark, Sending, timetable
from contacts.records import ids_of
from feeds.rows import Event

Kind = TypeVar("Kind", Briefing, StepTick, FirstCall, FollowUp)


_EVENTS: BindParameter[Any] = bindparam("of_events", expanding=True)
#: the first page and each round of the clock ask these, so they are made once
_VERSIONS = (
    select(Briefing).where(col(Briefing.event_id).in_(_EVENTS)).order_by(col(Briefing.version))
)
_TICKS = select(StepTick).where(col(StepTick.event_id).in_(_EVENTS))
_CALLS = select(FirstCall).where(col(FirstCall.event_id).in_(_EVENTS))
_PLANNED = select(FollowUp).where(col(FollowUp.event_id).in_(_EVENTS))


async def timetables_of(
    session: AsyncSession,
    speeds: Mapping[int, float],
    events: Sequence[Event],
    clock: ClockSettings,
    rules: BriefingSettings,
) -> dict[int, list[Line]]:
    """The timetables of events as they stand, by event; as many questions for all as for one.

    :param speeds: by event, minutes of the exercise per minute; 1 where it is not named.
    """
    courses = await courses_of(session, events, speeds)
    return {
        ident: in_parts(timetable(course, clock, rules), course)
        for ident, course in courses.items()
    }


async def courses_of(
    session: AsyncSession, events: Sequence[Event], speeds: Mapping[int, float]
) -> dict[int, Course]:
    """What happened in events so far, by event."""
    ids = ids_of(events)
    of_these = {"of_events": ids}
    versions = await session.exec(_VERSIONS, params=of_these)
    ticks = await session.exec(_TICKS, params=of_these)
    calls = await session.exec(_CALLS, params=of_these)
    planned = await session.exec(_PLANNED, params=of_these)
    by_version, by_tick = _per_event(versions.all()), _per_event(ticks.all())
    by_call, by_plan = _per_event(calls.all()), _per_event(planned.all())
    return {
        event.id: _course(
            event,
            by_version.get(event.id, []),
            by_tick.get(event.id, []),
            by_call.get(event.id, []),
            by_plan.get(event.id, []),
            speeds.get(event.id, 1.0),
        )
        for event in events
        if event.id is not None
    }


def _per_event(rows: Iterable[Kind]) -> dict[int, list[Kind]]:
    found: dict[int, list[Kind]] = {}
    for row in rows:
        found.setdefault(row.event_id, []).append(row)
    return found


def _course(
    event: Event,
    versions: Sequence[Briefing],
    ticks: Sequence[StepTick],
    calls: Sequence[FirstCall],
    planned: Sequence[FollowUp],
    speed: float,
) -> Course:
    ready = [one for one in versions if one.status in READY]
    read = [one for one in versions if one.status in APPROVED]
    return Course(
        began_at=event.alerted_at or event.detected_at,
        severity=severity_of(event),
        confirmed_at=event.confirmed_at,
        send_before=event.send_before,
        called_at=_called(calls) or event.called_first_at,
        submitted_at=min((b.submitted_at for b in ready if b.submitted_at), default=None),
        approved_at=min((b.approved_at for b in read if b.approved_at), default=None),
        sendings=[one for version in read if (one := _sending(version)) is not None],
        closed_at=event.closed_at,
        marks=_marks(ticks),
        follow_up_on=planned[0].day if planned else None,
        speed=speed,
        parts=parts_of(versions),
    )


def _sending(version: Briefing) -> Sending | None:
    at = moment_of(version)
    if at is None:
        return None
    return Sending(version.kind, at, version.promised_at, version.told_as is not None)


def _called(calls: Sequence[FirstCall]) -> datetime | None:
    """When the last of the list was called; None while somebody is still to be."""
    times = [call.called_at for call in calls if call.called_at is not None]
    return max(times) if times and len(times) == len(calls) else None


def _marks(ticks: Sequence[StepTick]) -> Mapping[Step, Mark]:
    return {tick.step: Mark(tick.done_at, tick.is_needed) for tick in ticks}
