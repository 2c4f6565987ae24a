"""Reach: per organisation and per domain who has it, who read it, who still needs a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar

from sqlalchemy import String, cast
from sqlmodel import col, select
from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from briefings.rows import BriefingStatus
from briefings.versions import SENT, versions_of
from contacts.directory import Domain, Organisation, Person
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.permissions import Permission

GONE_OUT = {*SENT, BriefingStatus.APPROVED}
S = TypeVar("S", bound=StrEnum)
#: how somebody who gets no text is stored
NO_AUDIENCE = "[]"
#: on their way or still to go
WAITING = {DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING}


@dataclass(slots=True)
class Reach:
    """Counts of people for one organisation or one domain.

    ``people`` are those with an audience; each counts once, by the best that is known.
    """

    name: str
    people: int = 0
    sent: int = 0
    unknown: int = 0
    waiting: int = 0
    failed: int = 0
    read: int = 0
    understood: int = 0
    domain: Domain | None = None

    @property
    def without(self) -> int:
        """People for whom nothing was even planned: no channel that works."""
        return max(self.people - self.sent - self.unknown - self.waiting - self.failed, 0)

    @property
    def is_reached(self) -> bool:
        return self.sent > 0


class Named(NamedTuple):
    """What of an organisation is shown."""

    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class PersonReach:
    """What is known of one person; the statuses of all deliveries to them."""

    organisation_id: int
    statuses: frozenset[DeliveryStatus]
    said: frozenset[AcknowledgementKind] = field(default_factory=frozenset)


async def show_reach(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/bereik``: of the newest version that was sent."""
    event = await visit.event()
    assert event.id is not None
    sent = [b for b in await versions_of(visit.session, event.id) if b.status in GONE_OUT]
    briefing = sent[-1] if sent else None
    people = await _people(visit, briefing.id if briefing else None)
    rows = count_reach(await _organisations(visit, is_exercise=event.is_exercise), people)
    return await visit.show_of(
        event,
        "bereik",
        "bereik.html",
        briefing=briefing,
        rows=rows,
        domains=by_domain(rows),
        total=summed(texts.EVERYBODY, rows),
    )


async def _organisations(visit: Visit, *, is_exercise: bool) -> Mapping[int, Named]:
    """All of one world by name."""
    found = await visit.session.exec(
        select(Organisation.id, Organisation.name, Organisation.domain)
        .where(col(Organisation.is_exercise) == is_exercise)
        .order_by(col(Organisation.name))
    )
    return {ident: Named(name, Domain(domain)) for ident, name, domain in found.all() if ident}


async def _people(visit: Visit, briefing_id: int | None) -> Iterator[PersonReach]:
    """Everybody with an audience, with what became of their messages of this version."""
    # Columns and not whole rows: a city has thousands of people, and only counts are shown.
    listed = await visit.session.exec(
        select(Person.id, Person.organisation_id).where(
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == visit.actor.is_exercise,
            cast(col(Person.audiences), String) != NO_AUDIENCE,
        )
    )
    statuses, said = await _what_became(visit, briefing_id)
    return (
        PersonReach(
            organisation_id,
            statuses.get(person_id or 0, frozenset()),
            said.get(person_id or 0, frozenset()),
        )
        for person_id, organisation_id in listed.all()
    )


async def _what_became(
    visit: Visit, briefing_id: int | None
) -> tuple[dict[int, frozenset[DeliveryStatus]], dict[int, frozenset[AcknowledgementKind]]]:
    """Per person the statuses of their messages of this version, and what they told of them."""
    statuses: dict[int, frozenset[DeliveryStatus]] = {}
    said: dict[int, frozenset[AcknowledgementKind]] = {}
    if briefing_id is None:
        return statuses, said
    found = await visit.session.exec(
        select(Delivery.person_id, Delivery.status, Acknowledgement.kind)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Acknowledgement, col(Acknowledgement.delivery_id) == col(Delivery.id))
        .where(
            col(Message.briefing_id) == briefing_id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.person_id).is_not(None),
        )
    )
    for person_id, status, kind in found.all():
        assert person_id is not None
        statuses[person_id] = _with(statuses.get(person_id), DeliveryStatus(status))
        if kind is not None:
            said[person_id] = _with(said.get(person_id), AcknowledgementKind(kind))
    return statuses, said


@cache
def _with(known: frozenset[S] | None, more: S) -> frozenset[S]:
    """The same few sets for everybody: one for each of thousands would be slow to make."""
    return (known or frozenset()) | {more}


def count_reach(
    organisations: Mapping[int, Named | Organisation], people: Iterable[PersonReach]
) -> list[Reach]:
    """One row per organisation with people in the audience, in the order given. Pure."""
    rows = {
        ident: Reach(organisation.name, domain=organisation.domain)
        for ident, organisation in organisations.items()
    }
    for person in people:
        row = rows.get(person.organisation_id)
        if row is None:
            continue
        row.people += 1
        row.read += AcknowledgementKind.READ in person.said
        row.understood += AcknowledgementKind.UNDERSTOOD in person.said
        if DeliveryStatus.SENT in person.statuses or person.said:
            row.sent += 1
        elif DeliveryStatus.UNKNOWN in person.statuses:
            row.unknown += 1
        elif person.statuses & WAITING:
            row.waiting += 1
        elif DeliveryStatus.FAILED in person.statuses:
            row.failed += 1
    return [row for row in rows.values() if row.people]


def by_domain(rows: Sequence[Reach]) -> list[Reach]:
    """The same counts per domain, in the order of the domains. Pure."""
    return [
        summed(texts.DOMAINS[domain], [row for row in rows if row.domain is domain])
        for domain in Domain
        if any(row.domain is domain for row in rows)
    ]


def summed(name: str, rows: Sequence[Reach]) -> Reach:
    """All counts of several rows together. Pure."""
    counted = ("people", "sent", "unknown", "waiting", "failed", "read", "understood")
    return Reach(name, **{key: sum(getattr(row, key) for row in rows) for key in counted})


DOORS = (Door("/gebeurtenis/{number:int}/bereik", show_reach, Permission.SEE_STATUS),)
