"""One reader, one outcome: what also went by another channel counts once, by the better of the two.

The other channel is the same person's. To a back-up it is a delivery of its own: another reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.outbox import UNDER_WAY, Delivery, DeliveryAct, DeliveryStatus
from contacts.records import read_columns

#: the better one comes later; what is uncertain may be there, what waits is not
WORST_FIRST = (
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
_OTHER = aliased(Delivery)
_FIRST, _SECOND, _THIRD, _ZEROTH = (aliased(Delivery) for _ in range(4))


class Surpassed(NamedTuple):
    """So many deliveries of a message, of which a better one of the same reader counts instead.

    ``when``: as :func:`when`. ``is_there``: of so many readers the first channel did not bring it,
    or nobody knows, and another did.
    """

    message_id: int
    status: DeliveryStatus
    reason: str | None
    when: str
    is_there: bool
    number: int


class _Stand(NamedTuple):
    """One delivery."""

    id: int
    status: DeliveryStatus
    reason: str | None
    when: str

    @property
    def rank(self) -> tuple[int, int]:
        """Of two that are as far the first one counts."""
        return WORST_FIRST.index(self.status), -self.id


def when(of: type[Delivery], after: ColumnElement[datetime]) -> ColumnElement[str]:
    """Of what waits: it is its turn (``due``), it was tried and will be (``again``), or its moment
    is still to come (``later``)."""
    return case(
        (col(of.not_before) <= after, "due"), (col(of.attempts) > 0, "again"), else_="later"
    )


def stands_better() -> ColumnElement[bool]:
    """Whether another delivery counts for the reader of this ``Delivery``: it went by another
    channel as well and came further there, or as far and first.

    Where the way back is sealed the row does not say whose it is, and what stands next to it in
    the chain of channels is looked at.
    """
    other, this = col(_OTHER.id), col(Delivery.id)
    nearby = (
        col(_OTHER.person_id) == col(Delivery.person_id),
        col(_OTHER.fallback_of_id) == this,
        other == col(Delivery.fallback_of_id),
    )
    rank, other_rank = _rank(Delivery), _rank(_OTHER)
    better = or_(other_rank > rank, (other_rank == rank) & (other < this))
    return or_(
        *(
            select(other)
            .where(
                near,
                col(_OTHER.message_id) == col(Delivery.message_id),
                col(_OTHER.is_backup) == col(Delivery.is_backup),
                col(_OTHER.act) == DeliveryAct.SEND,
                better,
            )
            .exists()
            for near in nearby
        )
    )


def _rank(one: type[Delivery]) -> ColumnElement[int]:
    ranks = {status.value: rank for rank, status in enumerate(WORST_FIRST)}
    return case(ranks, value=col(one.status))


def _read(one: type[Delivery]) -> list[Any]:
    return [col(one.status), col(one.reason), when(one, bindparam("after"))]


def _next_to(one: type[Delivery], near: ColumnElement[bool], of: type[Delivery]) -> Any:
    return select(col(one.id)).where(near, col(one.is_backup) == col(of.is_backup)).exists()


#: of more than two channels
_IS_LONG = or_(
    _next_to(_ZEROTH, col(_ZEROTH.id) == col(_FIRST.fallback_of_id), _FIRST),
    _next_to(_THIRD, col(_THIRD.fallback_of_id) == col(_SECOND.id), _SECOND),
)


def _pairs(*columns: Any) -> Select[Any]:
    """Each delivery with the one that went in its place, to the same reader.

    The message in words that no index answers: by its index every delivery of it would be read,
    and wanted are only the few that stand in place of another.
    """
    return (
        select(*columns)
        .join(_FIRST, col(_FIRST.id) == col(_SECOND.fallback_of_id))
        .where(
            col(_SECOND.fallback_of_id).is_not(None),
            cast(col(_SECOND.message_id), Integer).in_(bindparam("messages", expanding=True)),
            col(_SECOND.act) == DeliveryAct.SEND,
            col(_FIRST.act) == DeliveryAct.SEND,
            col(_FIRST.is_backup) == col(_SECOND.is_backup),
        )
    )


_EACH = _pairs(col(_FIRST.message_id), *_read(_FIRST), *_read(_SECOND)).where(~_IS_LONG).subquery()
_COUNTED = select(*_EACH.c, func.count()).group_by(*_EACH.c)
_LINKS = _pairs(
    col(_FIRST.message_id), col(_FIRST.id), *_read(_FIRST), col(_SECOND.id), *_read(_SECOND)
).where(_IS_LONG)


async def surpassed(
    session: AsyncSession, message_ids: Collection[int], *, now: datetime = _END_OF_TIME
) -> Sequence[Surpassed]:
    """What of these messages' deliveries is not to be counted, because a better one is.

    Without ``now`` all that waits is due.
    """
    if not message_ids:
        return []
    asked = {"messages": [*message_ids], "after": now}
    tally: Counter[tuple[int, DeliveryStatus, str | None, str, bool]] = Counter()
    for message_id, *pair, count in await read_columns(session, _COUNTED, asked):
        chain = [_Stand(1, *_typed(pair[:3])), _Stand(2, *_typed(pair[3:]))]
        for one in _left_out(message_id, chain):
            tally[one] += count
    for message_id, chain in _chains(await read_columns(session, _LINKS, asked)):
        tally.update(_left_out(message_id, chain))
    return [Surpassed(*key, number=number) for key, number in tally.items()]


def _typed(stand: Sequence[Any]) -> tuple[DeliveryStatus, str | None, str]:
    status, reason, at = stand
    return DeliveryStatus(status), reason, at


def _left_out(
    message_id: int, chain: Sequence[_Stand]
) -> list[tuple[int, DeliveryStatus, str | None, str, bool]]:
    """All but the best of one reader's; the first one tells whether it is there after all. Pure."""
    best, first = max(chain, key=lambda one: one.rank), chain[0]
    is_there = best.status is DeliveryStatus.SENT and first.status in _NOT_THERE
    return [
        (message_id, one.status, one.reason, one.when, is_there and one is first)
        for one in chain
        if one is not best
    ]


def _chains(links: Iterable[Sequence[Any]]) -> Iterable[tuple[int, list[_Stand]]]:
    """The deliveries to each reader in the order in which the channels were tried. Pure."""
    after: dict[int, _Stand] = {}
    begins: dict[int, tuple[int, _Stand]] = {}
    for message_id, first_id, *rest in links:
        second = _Stand(rest[3], *_typed(rest[4:]))
        after[first_id] = second
        begins[first_id] = message_id, _Stand(first_id, *_typed(rest[:3]))
    for second in after.values():
        begins.pop(second.id, None)
    for message_id, first in begins.values():
        chain = [first]
        while (following := after.get(chain[-1].id)) is not None:
            chain.append(following)
        yield message_id, chain
