"""Reach: per organisation and per domain who has it, who read it, who still needs a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, String, case, cast, func, or_, select, true
from sqlmodel import col
from starlette.responses import Response

from bot.console import texts
from bot.console.doors import Door, Visit
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import SENT, newest_texts, versions_of
from contacts.directory import Domain, Organisation, Person
from contacts.messages import message_ids
from contacts.neighbours import of_the_city
from contacts.outbox import (
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
)
from contacts.permissions import Permission
from contacts.quiet import QUIET_HOURS
from contacts.records import ids_of, read_columns

GONE_OUT = {*SENT, BriefingStatus.APPROVED}
#: how somebody who gets no text is stored
NO_AUDIENCE = "[]"
#: on their way or still to go
WAITING = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED, DeliveryStatus.SENDING)
#: what a row counts: people, the best that is known of each (five), and what they told (two)
COUNTED = ("people", "sent", "unknown", "waiting", "held", "failed", "read", "understood")
#: of those, what is the best known of a person
BEST = COUNTED[1:6]
_counts = attrgetter(*COUNTED)
#: organisations on one leaf of the page
PAGE = 100


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
    held: int = 0
    failed: int = 0
    read: int = 0
    understood: int = 0
    domain: Domain | None = None

    @property
    def without(self) -> int:
        """People for whom nothing was even planned: no channel that works."""
        known = self.sent + self.unknown + self.waiting + self.held + self.failed
        return max(self.people - known, 0)

    @property
    def is_reached(self) -> bool:
        return self.sent > 0


async def show_reach(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/bereik?versie=…&blad=…&alleen=gemist``.

    Without a version all parts of the newest text.
    """
    event = await visit.event()
    assert event.id is not None
    versions = await versions_of(visit.session, event.id)
    out = [version for version in versions if version.status in GONE_OUT]
    wanted = visit.request.query_params.get("versie", "")
    chosen = [version for version in out if str(version.version) == wanted]
    parts = chosen or newest_texts(versions, GONE_OUT)
    rows = await read_reach(
        visit, parts, is_exercise=event.is_exercise, with_neighbours=event.with_neighbours
    )
    domains = by_domain(rows)
    missed = [row for row in rows if not row.is_reached]
    asked = visit.request.query_params
    only_missed = asked.get("alleen") == "gemist"
    shown = missed if only_missed else rows
    last = max(-(-len(shown) // PAGE), 1)
    number = asked.get("blad", "1")
    leaf = min(max(int(number[:6]), 1), last) if number.isascii() and number.isdigit() else 1
    return await visit.show_of(
        event,
        "bereik",
        "bereik.html",
        parts=parts,
        versions=out,
        version=f"versie={wanted}&" if chosen else "",
        rows=shown[(leaf - 1) * PAGE : leaf * PAGE],
        leaf=leaf,
        last=last,
        missed=len(missed),
        only_missed=only_missed,
        domains=domains,
        total=summed(texts.EVERYBODY, domains),
    )


async def read_reach(
    visit: Visit, parts: Sequence[Briefing], *, is_exercise: bool, with_neighbours: bool = False
) -> list[Reach]:
    """One row per organisation with people in the audience, by name.

    Counted in the store: a city has thousands of people, and the page shows organisations.

    :param with_neighbours: municipalities next door were asked along; else only those of them
        whose people a text went to before that was changed.
    """
    got = _best_of_each(await message_ids(visit.session, ids_of(parts))).subquery()
    asked = true() if with_neighbours else or_(of_the_city(), got.c.person_id.is_not(None))
    statement = (
        select(
            col(Organisation.name),
            func.count(),
            *(_count(got.c.best == rank) for rank in range(len(BEST))),
            _count(got.c.read == 1),
            _count(got.c.understood == 1),
            col(Organisation.domain),
        )
        .select_from(Organisation)
        .join(Person, col(Person.organisation_id) == col(Organisation.id))
        .outerjoin(got, got.c.person_id == col(Person.id))
        .where(
            col(Organisation.is_exercise) == is_exercise,
            col(Person.is_exercise) == is_exercise,
            col(Person.left_at).is_(None),
            cast(col(Person.audiences), String) != NO_AUDIENCE,
            asked,
        )
        .group_by(col(Organisation.id), col(Organisation.name), col(Organisation.domain))
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return [Reach(*row) for row in await read_columns(visit.session, statement)]


def _best_of_each(messages: Sequence[int]) -> Select[Any]:
    """Everybody with a delivery: the best that is known, as a position in ``BEST``.

    One number per person: a city has ten thousand of them, and this page is looked at all evening.
    """
    arrived = (col(Delivery.status) == DeliveryStatus.SENT) | col(Acknowledgement.id).is_not(None)
    rests = (col(Delivery.status) == DeliveryStatus.PLANNED) & (
        func.coalesce(col(Delivery.reason), "") == QUIET_HOURS
    )
    conditions = {
        "sent": arrived,
        "unknown": col(Delivery.status) == DeliveryStatus.UNKNOWN,
        "waiting": col(Delivery.status).in_(WAITING) & ~rests,
        "held": rests,
        "failed": col(Delivery.status) == DeliveryStatus.FAILED,
    }
    ranks = [(conditions[name], rank) for rank, name in enumerate(BEST)]
    return (
        select(
            col(Delivery.person_id).label("person_id"),
            func.min(case(*ranks)).label("best"),
            _any(col(Acknowledgement.kind) == AcknowledgementKind.READ).label("read"),
            _any(col(Acknowledgement.kind) == AcknowledgementKind.UNDERSTOOD).label("understood"),
        )
        .outerjoin(Acknowledgement, col(Acknowledgement.delivery_id) == col(Delivery.id))
        .where(col(Delivery.message_id).in_(messages), col(Delivery.act) == DeliveryAct.SEND)
        .group_by(col(Delivery.person_id))
    )


def _any(condition: Any) -> Any:
    """1 where at least one row of the group is so."""
    return func.max(case((condition, 1), else_=0))


def _count(condition: Any) -> Any:
    """How many rows of the group are so."""
    return func.sum(case((condition, 1), else_=0))


def by_domain(rows: Sequence[Reach]) -> list[Reach]:
    """The same counts per domain, in the order of the domains. Pure."""
    grouped: dict[Domain | None, list[Reach]] = {}
    for row in rows:
        grouped.setdefault(row.domain, []).append(row)
    return [
        summed(texts.DOMAINS[domain], grouped[domain]) for domain in Domain if domain in grouped
    ]


def summed(name: str, rows: Sequence[Reach]) -> Reach:
    """All counts of several rows together. Pure."""
    counts = zip(*(_counts(row) for row in rows), strict=True)
    return Reach(name, *(sum(column) for column in counts))


DOORS = (Door("/gebeurtenis/{number:int}/bereik", show_reach, Permission.SEE_STATUS),)
