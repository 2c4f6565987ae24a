"""How fast an evening went: from the first sight of an event to who had read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing
from briefings.versions import first_texts
from contacts.messages import message_ids
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
)
from contacts.records import ids_of
from feeds.rows import Event

#: fewer readers who said so tell nothing, and could be one of them
LEAST_READERS = 3
#: a bar of a step that took no time can still be seen (percent of the drawing)
THINNEST = 0.8


class Step(StrEnum):
    """A step of the evening, in the order in which it should go."""

    SEEN = "gezien"
    ALERTED = "gewaarschuwd"
    CONFIRMED = "bevestigd"
    CALLED = "gebeld"
    DRAFTED = "concept"
    SUBMITTED = "ingediend"
    APPROVED = "goedgekeurd"
    SENT = "verzonden"
    READ = "gelezen"
    CLOSED = "afgesloten"


#: what belongs to the days after, and would make the evening too small to see
AFTERWARDS = frozenset({Step.CLOSED})


@dataclass(frozen=True, slots=True)
class Moment:
    """A step: when, how long after the one before (None for the first), how long in all.

    ``begin`` and ``width`` place its bar, in percent of the evening; both 0 when it is not drawn.
    """

    step: Step
    at: datetime
    took: timedelta | None
    since: timedelta
    begin: float = 0.0
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the first text: when its last reader got it, when half of the readers who
    said so had read it (None below three of them)."""

    last_at: datetime | None
    half_read_at: datetime | None


async def read_moments(
    session: AsyncSession, event: Event, versions: Sequence[Briefing]
) -> list[Moment]:
    """The steps of this event in the order in which they happened.

    :param versions: oldest first, as :func:`briefings.versions.versions_of` gives them.
    """
    first = first_texts(versions)
    return moments_of(event, first, await _sent(session, first))


async def _sent(session: AsyncSession, first: Sequence[Briefing]) -> Sent:
    if not first:
        return Sent(None, None)
    ours = await message_ids(session, ids_of(first))
    last = await session.exec(
        select(func.max(Delivery.done_at)).where(
            col(Delivery.message_id).in_(ours),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) == DeliveryStatus.SENT,
        )
    )
    return Sent(last.one(), await _half_read(session, ours))


async def _half_read(session: AsyncSession, messages: Sequence[int]) -> datetime | None:
    """When half of those who said so had read it; None when there are too few to tell.

    The store sorts and counts: an evening has thousands of readers, and a page asks for this.
    """
    said = [
        col(Acknowledgement.message_id).in_(messages),
        col(Acknowledgement.kind) == AcknowledgementKind.READ,
    ]
    readers = select(func.count()).select_from(Acknowledgement).where(*said).scalar_subquery()
    # Behind less than half of them stands the first that makes it half: two walks over an index.
    found = await session.exec(
        select(Acknowledgement.at)
        .where(*said, readers >= LEAST_READERS)
        .order_by(col(Acknowledgement.at))
        .limit(1)
        .offset((readers - 1) // 2)
    )
    return found.first()


def moments_of(event: Event, first: Sequence[Briefing], sent: Sent) -> list[Moment]:
    """As :func:`read_moments`, over what is at hand. Pure.

    :param first: the first text; its parts when it was approved in parts. It was handed in with
        the first part, and approved when the last one was.
    """
    submitted = [part.submitted_at for part in first if part.submitted_at is not None]
    approved = [part.approved_at for part in first if part.approved_at is not None]
    at: dict[Step, datetime | None] = {
        Step.SEEN: event.detected_at,
        Step.ALERTED: event.alerted_at,
        Step.CONFIRMED: event.confirmed_at,
        Step.CALLED: event.called_first_at,
        Step.DRAFTED: min((part.created_at for part in first), default=None),
        Step.SUBMITTED: min(submitted, default=None),
        Step.APPROVED: max(approved, default=None),
        Step.SENT: sent.last_at,
        Step.READ: sent.half_read_at,
        Step.CLOSED: event.closed_at,
    }
    known = sorted(
        ((step, when) for step, when in at.items() if when is not None), key=lambda one: one[1]
    )
    drawn = [when for step, when in known if step not in AFTERWARDS]
    whole = drawn[-1] - drawn[0]
    moments = []
    for index, (step, when) in enumerate(known):
        before = known[index - 1][1] if index else when
        begin, width = (0.0, 0.0) if step in AFTERWARDS else _bar(drawn[0], whole, before, when)
        took = when - before if index else None
        moments.append(Moment(step, when, took, when - known[0][1], begin, width))
    return moments


def _bar(start: datetime, whole: timedelta, begin: datetime, end: datetime) -> tuple[float, float]:
    if not whole:
        return 0.0, THINNEST
    width = max(100 * ((end - begin) / whole), THINNEST)
    return round(min(100 * ((begin - start) / whole), 100 - width), 2), round(width, 2)


def work_time(moments: Sequence[Moment]) -> timedelta | None:
    """From the first sight to the last reader of the first text; None while it did not go."""
    found = [moment.since for moment in moments if moment.step is Step.SENT]
    return found[0] if found else None
