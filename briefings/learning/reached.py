"""Whom the first text reached, per domain: counts of organisations, from what was planned.

The list of today says nothing about an evening of last year, so only what was planned then
counts: deliveries of the first text (all its parts), and who had to be called because no channel
worked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Executable, Subquery, bindparam, case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.moments import at_clock, local_date
from briefings.rows import Briefing
from contacts.calling import CallItem, CallReason
from contacts.directory import Domain, Organisation
from contacts.messages import message_ids
from contacts.outbox import Acknowledgement, Delivery, DeliveryAct, DeliveryStatus
from contacts.records import read_columns

#: a moment at which nothing of ours arrived
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reached:
    """Organisations of one domain. ``in_time``: reached on the day of sending."""

    domain: Domain
    organisations: int
    reached: int
    in_time: int
    read: int

    @property
    def missed(self) -> int:
        return self.organisations - self.reached


async def read_reached(session: AsyncSession, first: Sequence[Briefing]) -> list[Reached]:
    """Per domain, in the order of the domains; a domain that got nothing is left out.

    :param first: as :func:`briefings.versions.first_texts` gives it; the day on which its first
        part went is *the evening*, also for a part that went after midnight.
    """
    ids = [part.id for part in first if part.id is not None]
    if not ids:
        return []
    went = [part.distributed_at for part in first if part.distributed_at is not None]
    # Without an evening nobody was in time: a day that begins and ends at once.
    begin, end = evening_of(min(went, default=None)) or (NEVER, NEVER)
    messages = await message_ids(session, ids)
    found = await read_columns(
        session, _PER_DOMAIN, {"messages": messages, "begin": begin, "end": end}
    )
    counts = {domain: list(numbers) for domain, *numbers in found}
    for domain, number in await read_columns(
        session, _WITHOUT, {"messages": messages, "texts": ids}
    ):
        counts.setdefault(domain, [0, 0, 0, 0])[0] += number
    return [
        Reached(domain, *(int(one or 0) for one in counts[domain]))
        for domain in Domain
        if domain in counts
    ]


def evening_of(sent_at: datetime | None) -> tuple[datetime, datetime] | None:
    """The day of the city on which the first text went, from its begin to before its end. Pure."""
    if sent_at is None:
        return None
    day = local_date(sent_at)
    return at_clock(day, time.min), at_clock(day + timedelta(days=1), time.min)


def _places() -> Subquery:
    """Each organisation with a delivery: when the first of its people had it, who said so.

    The store counts: thousands of organisations, and a page asks for it.
    """
    read = col(Acknowledgement.id).is_not(None)
    arrived = (col(Delivery.status) == DeliveryStatus.SENT) | read
    when = func.coalesce(col(Delivery.done_at), col(Acknowledgement.at))
    return (
        select(
            col(Delivery.organisation_id).label("id"),
            func.min(case((arrived, when))).label("reached_at"),
            func.max(case((read, 1), else_=0)).label("has_read"),
        )
        .outerjoin(Acknowledgement, col(Acknowledgement.delivery_id) == col(Delivery.id))
        .where(
            col(Delivery.message_id).in_(bindparam("messages", expanding=True)),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .group_by(col(Delivery.organisation_id))
        .subquery()
    )


def _per_domain() -> Executable:
    """Per domain: organisations, reached, reached that evening, and those where somebody read."""
    places = _places()
    at = places.c.reached_at
    in_time = (at >= bindparam("begin")) & (at < bindparam("end"))
    return (
        select(
            col(Organisation.domain),
            func.count(),
            func.count(at),
            func.sum(case((in_time, 1), else_=0)),
            func.sum(places.c.has_read),
        )
        .join(places, places.c.id == col(Organisation.id))
        .group_by(col(Organisation.domain))
    )


def _without() -> Executable:
    """Per domain: organisations for which nothing could be planned."""
    places = _places()
    return (
        select(col(Organisation.domain), func.count(col(Organisation.id).distinct()))
        .join(CallItem, col(CallItem.organisation_id) == col(Organisation.id))
        .where(
            col(CallItem.briefing_id).in_(bindparam("texts", expanding=True)),
            col(CallItem.why) == CallReason.NO_CHANNEL,
            col(Organisation.id).not_in(select(places.c.id).where(places.c.id.is_not(None))),
        )
        .group_by(col(Organisation.domain))
    )


#: made once: two pages and the pack of each quarter ask them
_PER_DOMAIN, _WITHOUT = _per_domain(), _without()


def summed(reached: Sequence[Reached]) -> Reached | None:
    """All domains together, under the first one's name; None when nothing was planned. Pure."""
    if not reached:
        return None
    return Reached(
        reached[0].domain,
        organisations=sum(one.organisations for one in reached),
        reached=sum(one.reached for one in reached),
        in_time=sum(one.in_time for one in reached),
        read=sum(one.read for one in reached),
    )
