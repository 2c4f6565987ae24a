"""Whom the first text reached, per domain: counts of organisations, from what was planned.

The list of today says nothing about an evening of last year, so only what was planned then
counts: deliveries of the first text (all its parts), and who had to be called because no channel
worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.moments import local_date
from briefings.rows import Briefing
from contacts.calling import CallItem, CallReason
from contacts.directory import Domain, Organisation
from contacts.outbox import Acknowledgement, Delivery, DeliveryAct, DeliveryStatus, Message
from contacts.records import read_columns


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation: when the first of its people had it (None: nobody), who said so."""

    domain: Domain
    reached_at: datetime | None
    has_read: bool


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
    return reached_of((await _places(session, ids)).values(), min(went, default=None))


async def _places(session: AsyncSession, briefing_ids: Sequence[int]) -> Mapping[int, Place]:
    read = col(Acknowledgement.id).is_not(None)
    arrived = (col(Delivery.status) == DeliveryStatus.SENT) | read
    when = func.coalesce(col(Delivery.done_at), col(Acknowledgement.at))
    found = await read_columns(
        session,
        select(
            col(Organisation.id),
            col(Organisation.domain),
            func.min(case((arrived, when))),
            func.max(case((read, 1), else_=0)),
        )
        .select_from(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .join(Organisation, col(Organisation.id) == col(Delivery.organisation_id))
        .outerjoin(Acknowledgement, col(Acknowledgement.delivery_id) == col(Delivery.id))
        .where(
            col(Message.briefing_id).in_(briefing_ids),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .group_by(col(Organisation.id), col(Organisation.domain)),
    )
    places = {ident: Place(domain, at, bool(has_read)) for ident, domain, at, has_read in found}
    without = await read_columns(
        session,
        select(col(Organisation.id), col(Organisation.domain))
        .join(CallItem, col(CallItem.organisation_id) == col(Organisation.id))
        .where(
            col(CallItem.briefing_id).in_(briefing_ids),
            col(CallItem.why) == CallReason.NO_CHANNEL,
        )
        .distinct(),
    )
    return {**{ident: Place(domain, None, False) for ident, domain in without}, **places}


def reached_of(places: Iterable[Place], sent_at: datetime | None) -> list[Reached]:
    """Counts per domain. Pure.

    :param sent_at: when the first text went out; its day is *the evening*.
    """
    evening = None if sent_at is None else local_date(sent_at)
    by_domain: dict[Domain, list[Place]] = {}
    for place in places:
        by_domain.setdefault(place.domain, []).append(place)
    return [
        _counted(domain, by_domain[domain], evening) for domain in Domain if domain in by_domain
    ]


def _counted(domain: Domain, places: Sequence[Place], evening: object) -> Reached:
    times = [place.reached_at for place in places if place.reached_at is not None]
    return Reached(
        domain,
        organisations=len(places),
        reached=len(times),
        in_time=sum(local_date(at) == evening for at in times),
        read=sum(place.has_read for place in places),
    )


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
