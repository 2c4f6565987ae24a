"""One reader, one outcome: what also went by another channel counts once, by the better of the two.

The other channel is the same person's. To a back-up it is a delivery of its own: another reader.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.outbox import UNDER_WAY, Delivery, DeliveryAct, DeliveryStatus
from contacts.records import read_columns

#: the better one comes later; what is uncertain may be there, what waits is not
_WORST_FIRST = (
    DeliveryStatus.CANCELLED,
    DeliveryStatus.FAILED,
    DeliveryStatus.PLANNED,
    DeliveryStatus.CLAIMED,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.SENT,
)
#: not there by this channel, or not known to be
_NOT_THERE = {DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN, *UNDER_WAY}
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_FIRST, _SECOND = aliased(Delivery), aliased(Delivery)


class Surpassed(NamedTuple):
    """So many deliveries of a message, of which a better one of the same reader counts instead.

    ``when``: as :func:`when`. ``is_there``: by the better one the reader has it.
    """

    message_id: int
    status: DeliveryStatus
    reason: str | None
    when: str
    number: int
    is_there: bool


def when(of: type[Delivery], after: ColumnElement[datetime]) -> ColumnElement[str]:
    """Of what waits: it is its turn (``due``), it was tried and will be (``again``), or its moment
    is still to come (``later``)."""
    return case(
        (col(of.not_before) <= after, "due"), (col(of.attempts) > 0, "again"), else_="later"
    )


def stands_better() -> ColumnElement[bool]:
    """Whether another delivery counts for the reader of this ``Delivery``: it went by another
    channel as well and came further there, or as far by the channel that was tried first."""
    rank = _rank(Delivery)
    after = _along(_FIRST, col(_FIRST.fallback_of_id) == col(Delivery.id))
    before = _along(_FIRST, col(_FIRST.id) == col(Delivery.fallback_of_id))
    next_but_one = _along(_SECOND, col(_FIRST.fallback_of_id) == col(Delivery.id)).join(
        _FIRST, col(_FIRST.id) == col(_SECOND.fallback_of_id)
    )
    last_but_one = _along(_SECOND, col(_FIRST.id) == col(Delivery.fallback_of_id)).join(
        _FIRST, col(_FIRST.fallback_of_id) == col(_SECOND.id)
    )
    return or_(
        after.where(_rank(_FIRST) > rank).exists(),
        before.where(_rank(_FIRST) >= rank).exists(),
        next_but_one.where(_rank(_SECOND) > rank).exists(),
        last_but_one.where(_rank(_SECOND) >= rank).exists(),
    )


def _along(one: type[Delivery], near: ColumnElement[bool]) -> Select[Any]:
    """Of the same reader: what stands in its place, or what it stands in place of."""
    return select(col(one.id)).where(near, col(one.is_backup) == col(Delivery.is_backup))


def _rank(one: type[Delivery]) -> ColumnElement[int]:
    ranks = {status.value: rank for rank, status in enumerate(_WORST_FIRST)}
    return case(ranks, value=col(one.status))


def _read(one: type[Delivery]) -> list[Any]:
    return [col(one.status), col(one.reason), when(one, bindparam("after"))]


# The message in words that no index answers: by its index every delivery of it would be read, and
# wanted are only the few that stand in place of another.
_EACH = (
    select(col(_FIRST.message_id), *_read(_FIRST), *_read(_SECOND))
    .join(_FIRST, col(_FIRST.id) == col(_SECOND.fallback_of_id))
    .where(
        col(_SECOND.fallback_of_id).is_not(None),
        cast(col(_SECOND.message_id), Integer).in_(bindparam("messages", expanding=True)),
        col(_SECOND.act) == DeliveryAct.SEND,
        col(_FIRST.act) == DeliveryAct.SEND,
        col(_FIRST.is_backup) == col(_SECOND.is_backup),
    )
    .subquery()
)
_PAIRS = select(*_EACH.c, func.count()).group_by(*_EACH.c)


async def surpassed(
    session: AsyncSession, message_ids: Collection[int], *, now: datetime = _END_OF_TIME
) -> Sequence[Surpassed]:
    """What of these messages' deliveries is not to be counted, because a better one is.

    Without ``now`` all that waits is due.
    """
    if not message_ids:
        return []
    found = []
    for row in await read_columns(session, _PAIRS, {"messages": [*message_ids], "after": now}):
        message_id, *pair, count = row
        worse, better = sorted(
            ((DeliveryStatus(status), reason, at) for status, reason, at in (pair[:3], pair[3:])),
            key=lambda one: _WORST_FIRST.index(one[0]),
        )  # fmt: skip
        is_there = worse[0] in _NOT_THERE and better[0] is DeliveryStatus.SENT
        found.append(Surpassed(message_id, *worse, number=count, is_there=is_there))
    return found
