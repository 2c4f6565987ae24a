"""How many readers of a text stand where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.elsewhere import Surpassed, surpassed
from contacts.outbox import (
    DISTRIBUTED,
    TO_GO,
    Acknowledgement,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.records import ids_of, read_columns


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many readers stand where, each once: by the better one of two channels.

    ``planned`` includes what is claimed. ``elsewhere``: of ``sent``, those who have it by another
    channel than the one that was tried first. ``to_go``: deliveries that may still leave, also
    where a better one counts. ``acknowledged``: deliveries with at least one acknowledgement.
    """

    planned: int = 0
    sending: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    acknowledged: int = 0
    elsewhere: int = 0
    to_go: int = 0

    @property
    def total(self) -> int:
        """Whom it was to reach, those left out whose message was called off."""
        return self.planned + self.sending + self.sent + self.failed + self.unknown

    @property
    def done(self) -> int:
        """Of whom it is known how it ended, or will not be known."""
        return self.sent + self.failed + self.unknown

    @property
    def is_finished(self) -> bool:
        """Nothing of it is under way any more, by another channel neither."""
        return self.done == self.total and not self.to_go


_OF_EVENT = select(col(Message.id)).where(
    col(Message.event_id) == bindparam("of_event"), col(Message.kind).in_(DISTRIBUTED)
)
_MESSAGES: BindParameter[Any] = bindparam("messages", expanding=True)
# By message and in the order of the index, so that nothing is read or sorted but the index itself.
_BY_STATUS = (
    select(col(Delivery.message_id), col(Delivery.status), func.count())
    .where(col(Delivery.message_id).in_(_MESSAGES), col(Delivery.act) == DeliveryAct.SEND)
    .group_by(col(Delivery.message_id), col(Delivery.status))
)
_ACKNOWLEDGED = select(func.count(func.distinct(col(Acknowledgement.delivery_id)))).where(
    col(Acknowledgement.message_id).in_(_MESSAGES)
)


async def count_deliveries(
    session: AsyncSession,
    *,
    event_id: int | None = None,
    message_ids: Sequence[int] | None = None,
) -> DeliveryCounts:
    """Readers by how far it came, of an event's briefings or of these messages; edits left out."""
    ids = message_ids or ()
    if event_id is not None:
        ids = ids_of(await read_columns(session, _OF_EVENT, {"of_event": event_id}))
    rows = await read_columns(session, _BY_STATUS, {"messages": ids})
    ((acknowledged,),) = await read_columns(session, _ACKNOWLEDGED, {"messages": ids})
    return _counts(
        ((status, n) for _, status, n in rows),
        await surpassed(session, ids),
        acknowledged=acknowledged,
    )


async def count_per(
    session: AsyncSession, group_of: Mapping[int, int]
) -> Mapping[int, DeliveryCounts]:
    """The same for several groups of messages at once, who acknowledged left out.

    :param group_of: by message, such as the number of its event.
    """
    rows = await read_columns(session, _BY_STATUS, {"messages": [*group_of]})
    better = await surpassed(session, group_of)
    return {
        group: _counts(
            ((status, n) for ident, status, n in rows if group_of[ident] == group),
            (one for one in better if group_of[one.message_id] == group),
        )
        for group in set(group_of.values())
    }


def _counts(
    by_status: Iterable[tuple[str, int]],
    better_known: Iterable[Surpassed],
    *,
    acknowledged: int = 0,
) -> DeliveryCounts:
    """From deliveries by status, and what of them is not to be counted. Pure."""
    tally = Counter[DeliveryStatus]()
    for status, count in by_status:
        tally[DeliveryStatus(status)] += count
    to_go, elsewhere = sum(tally[status] for status in TO_GO), 0
    for one in better_known:
        tally[one.status] -= one.number
        elsewhere += one.number if one.is_there else 0
    return DeliveryCounts(
        planned=sum(tally[status] for status in TO_GO),
        sending=tally[DeliveryStatus.SENDING],
        sent=tally[DeliveryStatus.SENT],
        failed=tally[DeliveryStatus.FAILED],
        unknown=tally[DeliveryStatus.UNKNOWN],
        cancelled=tally[DeliveryStatus.CANCELLED],
        acknowledged=acknowledged,
        elsewhere=elsewhere,
        to_go=to_go,
    )
