"""Whether the question to take part reached somebody; else a person calls them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.rows import Exercise, Seat
from bot.exercise.scripts import script_of
from contacts.directory import ChannelKind
from contacts.outbox import UNDER_WAY, Delivery, DeliveryAct, DeliveryStatus

#: minutes that people go on after the last thing that comes in
AFTERWARDS = 30


class Reaching(StrEnum):
    """How far the question came."""

    THERE = "there"
    ON_ITS_WAY = "on_its_way"
    UNSURE = "unsure"
    NOT_THERE = "not_there"
    CANNOT_LEAVE = "cannot_leave"


#: who does not have it, as far as anybody knows
TO_CALL = {Reaching.UNSURE, Reaching.NOT_THERE, Reaching.CANNOT_LEAVE}


def reaching(
    sent: Sequence[tuple[ChannelKind, DeliveryStatus]], kinds: Collection[ChannelKind]
) -> Reaching:
    """The best that any of these messages came to. Pure.

    :param kinds: of channel that this installation can send by.
    """
    statuses = {status for _, status in sent}
    if DeliveryStatus.SENT in statuses:
        return Reaching.THERE
    if any(status in UNDER_WAY and kind in kinds for kind, status in sent):
        return Reaching.ON_ITS_WAY
    if DeliveryStatus.UNKNOWN in statuses:
        return Reaching.UNSURE
    return Reaching.CANNOT_LEAVE if not statuses.isdisjoint(UNDER_WAY) else Reaching.NOT_THERE


async def reached(
    session: AsyncSession, seats: Sequence[Seat], kinds: Collection[ChannelKind]
) -> dict[int, Reaching]:
    """How far the question came, by the number of the seat."""
    found = await session.exec(
        select(Delivery)
        .where(
            col(Delivery.person_id).in_([seat.person_id for seat in seats]),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.is_exercise).is_(False),
        )
        .order_by(col(Delivery.id))
    )
    rows = found.all()
    questions = {(one.person_id, one.planned_at): one.message_id for one in rows}
    return {
        seat.id or 0: reaching(
            [
                (one.kind, one.status)
                for one in rows
                if one.person_id == seat.person_id
                and one.message_id == questions.get((seat.person_id, seat.asked_at))
            ],
            kinds,
        )
        for seat in seats
    }


def lasts(exercise: Exercise) -> float:
    """About how many minutes on the clock this exercise takes. Pure."""
    return float((script_of(exercise.script).injects[-1].at_min + AFTERWARDS) / exercise.speed)
