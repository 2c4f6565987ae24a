"""*Evaluatie*: how fast, whom it reached, which promises were kept. All from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import col, func, select
from starlette.responses import Response

from bot.console import evaluation_texts as texts
from bot.console.doors import Door, Visit
from briefings.rows import Briefing, BriefingKind
from briefings.versions import SENT, versions_of
from contacts.arrival import count_deliveries
from contacts.outbox import Delivery, DeliveryAct, Message
from contacts.permissions import Permission
from feeds.rows import Event
from signals.feedback import shown_count
from signals.rows import Signal


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the evening: when, and how long after the one before. ``took`` None: first."""

    what: str
    at: datetime
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class Promises:
    """Answers that were promised: how many in time. Under three nothing is told."""

    asked: str
    in_time: str
    late: str
    open: str
    median_h: float | None


async def show_evaluation(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/evaluatie``."""
    event = await visit.event()
    assert event.id is not None
    versions = await versions_of(visit.session, event.id)
    found = await visit.session.exec(select(Signal).where(col(Signal.event_id) == event.id))
    signals = found.all()
    return await visit.show_of(
        event,
        "evaluatie",
        "evaluatie.html",
        moments=moments_of(event, versions, await _last_sent(visit, versions)),
        counts=await count_deliveries(visit.session, event_id=event.id),
        versions=[version for version in versions if version.status in SENT],
        corrections=sum(version.kind is BriefingKind.CORRECTION for version in versions),
        promises=promises_of(signals, now=visit.now),
        has_signals=bool(signals),
    )


async def _last_sent(visit: Visit, versions: Sequence[Briefing]) -> datetime | None:
    """When the last reader of the first version got it."""
    if not versions:
        return None
    found = await visit.session.exec(
        select(func.max(Delivery.done_at))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.briefing_id) == versions[0].id,
            col(Delivery.act) == DeliveryAct.SEND,
        )
    )
    return found.one()


def moments_of(
    event: Event, versions: Sequence[Briefing], last_sent: datetime | None
) -> list[Moment]:
    """The steps of the first text in the order in which they happened. Pure."""
    first = versions[0] if versions else None
    steps = [
        (texts.SEEN, event.detected_at),
        (texts.ALERTED, event.alerted_at),
        (texts.CONFIRMED, event.confirmed_at),
        (texts.CALLED, event.called_first_at),
        (texts.SUBMITTED, first.submitted_at if first else None),
        (texts.APPROVED, first.approved_at if first else None),
        (texts.LAST_SENT, last_sent),
        (texts.CLOSED, event.closed_at),
    ]
    known = sorted(((what, at) for what, at in steps if at is not None), key=lambda step: step[1])
    return [
        Moment(what, at, None if index == 0 else at - known[index - 1][1])
        for index, (what, at) in enumerate(known)
    ]


def promises_of(signals: Sequence[Signal], *, now: datetime) -> Promises:
    """Whether who told something heard in time what happened with it. Pure."""
    asked = [signal for signal in signals if signal.wants_feedback]
    answered = [(s, s.closed_at) for s in asked if s.closed_at is not None]
    in_time = sum(at <= signal.answer_due_at for signal, at in answered)
    late = len(answered) - in_time
    waiting = [signal for signal in asked if signal.closed_at is None]
    late += sum(signal.answer_due_at < now for signal in waiting)
    hours = [(at - signal.received_at).total_seconds() / 3600 for signal, at in answered]
    return Promises(
        asked=shown_count(len(asked)),
        in_time=shown_count(in_time),
        late=shown_count(late),
        open=shown_count(len(waiting)),
        median_h=round(median(hours), 1) if len(hours) > 2 else None,
    )


DOORS = (Door("/gebeurtenis/{number:int}/evaluatie", show_evaluation, Permission.SEE_STATUS),)
