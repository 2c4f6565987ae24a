"""The question that *Bereik* asks: of each organisation the people by the best that is known.

Counted in the store, and made once: a city has thousands of people in thousands of organisations,
the page shows a hundred and is looked at all evening.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Integer,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import col

from contacts.directory import Organisation, Person
from contacts.neighbours import of_the_city
from contacts.outbox import (
    UNDER_WAY,
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
)
from contacts.quiet import QUIET_HOURS

#: how somebody who gets no text is stored
NO_AUDIENCE = "[]"
#: what a row counts: people, the best that is known of each (five), and what they told (two)
COUNTED = ("people", "sent", "unknown", "waiting", "held", "failed", "read", "understood")
#: of those, what is the best known of a person
BEST = COUNTED[1:6]
#: organisations on one leaf of the page
PAGE = 100

#: a person's organisation, in words that no index answers: by its index each is read apart
_OF_PERSON = cast(col(Person.organisation_id), Integer)
_IN_AUDIENCE = and_(
    col(Person.is_exercise) == bindparam("is_exercise"),
    col(Person.left_at).is_(None),
    cast(col(Person.audiences), String) != NO_AUDIENCE,
)


def leaf_of_reach() -> CompoundSelect[Any]:
    """A row per domain (``place`` -1, ``total``: where nobody is reached), and then one per
    organisation of the leaf (``place``: how many stand before the leaf, ``total``: on all)."""
    each = _per_organisation()
    is_missed = each.c.sent == 0
    sums = select(
        literal(-1).label("place"),
        cast(_count(is_missed), Integer).label("total"),
        each.c.domain,
        literal("").label("name"),
        *(cast(func.sum(each.c[name]), Integer).label(name) for name in COUNTED),
    ).group_by(each.c.domain)
    shown = or_(is_missed, not_(bindparam("only_missed", type_=Boolean)))
    where = _place_of_leaf(each, shown)
    rows = (
        select(
            where.c.place, where.c.total, each.c.domain, each.c.name,
            *(each.c[name] for name in COUNTED),
        )
        .join_from(each, where, true())
        .where(shown)
        .order_by(each.c.name, each.c.id)
        .limit(PAGE)
        .offset(select(where.c.place).scalar_subquery())
        .subquery()
    )  # fmt: skip
    return union_all(sums, select(rows)).order_by("place", "name")


def _place_of_leaf(each: CTE, shown: ColumnElement[bool]) -> CTE:
    """How many stand before the leaf that was asked for, or before the last one there is."""
    total = select(func.count().label("total")).select_from(each).where(shown).subquery()
    number = bindparam("number", type_=Integer)
    last = case((total.c.total > 0, (total.c.total - 1) // PAGE), else_=0)
    leaf = case((number < 1, 0), (number > last, last), else_=number - 1)
    return select(total.c.total, (leaf * PAGE).label("place")).cte("leaf")


def _per_organisation() -> CTE:
    """Organisations with people in the audience. Of other municipalities that are not asked along
    only whom a text went to before that was changed."""
    told, everybody = _told(), _everybody()
    is_asked = or_(of_the_city(), bindparam("with_neighbours", type_=Boolean))
    people = case((is_asked, everybody.c.people), else_=func.coalesce(told.c.people, 0))
    return (
        select(
            col(Organisation.id),
            col(Organisation.name),
            col(Organisation.domain),
            people.label("people"),
            *(func.coalesce(told.c[name], 0).label(name) for name in COUNTED[1:]),
        )
        .join(everybody, everybody.c.id == col(Organisation.id))
        .outerjoin(told, told.c.id == col(Organisation.id))
        .where(col(Organisation.is_exercise) == bindparam("is_exercise"), people > 0)
        .cte("each")
    )


def _everybody() -> Subquery:
    """The audience of each organisation."""
    return (
        select(_OF_PERSON.label("id"), func.count().label("people"))
        .where(_IN_AUDIENCE)
        .group_by(_OF_PERSON)
        .subquery()
    )


def _told() -> Subquery:
    """Of each organisation those with a delivery."""
    got = _best_of_each()
    return (
        select(
            _OF_PERSON.label("id"),
            func.count().label("people"),
            *(_count(got.c.best == rank).label(name) for rank, name in enumerate(BEST)),
            func.sum(got.c.read).label("read"),
            func.sum(got.c.understood).label("understood"),
        )
        .join(got, got.c.person_id == col(Person.id))
        .where(_IN_AUDIENCE)
        .group_by(_OF_PERSON)
        .subquery()
    )


def _best_of_each() -> Subquery:
    """Everybody with a delivery: the best that is known, as a position in ``BEST``."""
    arrived = (col(Delivery.status) == DeliveryStatus.SENT) | col(Acknowledgement.id).is_not(None)
    rests = (col(Delivery.status) == DeliveryStatus.PLANNED) & (
        func.coalesce(col(Delivery.reason), "") == QUIET_HOURS
    )
    conditions = {
        "sent": arrived,
        "unknown": col(Delivery.status) == DeliveryStatus.UNKNOWN,
        "waiting": col(Delivery.status).in_(UNDER_WAY) & ~rests,
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
        .where(
            col(Delivery.message_id).in_(bindparam("messages", expanding=True)),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .group_by(col(Delivery.person_id))
        .subquery()
    )


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where at least one row of the group is so."""
    return func.max(case((condition, 1), else_=0))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of the group are so."""
    return func.sum(case((condition, 1), else_=0))
