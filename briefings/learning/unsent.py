"""Which versions of an evening reached nobody, or only some of their readers, as they were called
off: a version that counts as sent may have left nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.calling_off import NOT_LEFT
from briefings.endings import End, how_it_ended
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import SENT
from contacts.outbox import TO_GO, Delivery, DeliveryAct, DeliveryStatus, Message, MessageStatus
from contacts.records import ids_of, read_columns


@dataclass(frozen=True, slots=True)
class CalledOff:
    """Numbers of versions. ``whole``: nobody got it, and nobody will. ``partly``: some readers
    have it, and others will not get it."""

    whole: frozenset[int | None]
    partly: frozenset[int | None]


async def read_called_off(session: AsyncSession, versions: Sequence[Briefing]) -> CalledOff:
    """Of these versions those that were called off."""
    found = await read_columns(
        session,
        sa.select(col(Message.briefing_id), col(Message.status), col(Delivery.status))
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Message.briefing_id).in_(ids_of(one for one in versions if one.status in SENT)),
            col(Delivery.act) == DeliveryAct.SEND,
        )
        .distinct(),
    )
    # A single delivery ends for many reasons, such as mail that was not needed any more.
    lost = {
        version
        for version, message, delivery in found
        if message == MessageStatus.CANCELLED and delivery == DeliveryStatus.CANCELLED
    }
    left = {version for version, _, delivery in found if delivery not in NOT_LEFT}
    can_go = {version for version, _, delivery in found if delivery in TO_GO}
    return CalledOff(
        whole=frozenset(lost - left - can_go) | await _withdrawn(session, versions),
        partly=frozenset(lost & left),
    )


async def _withdrawn(session: AsyncSession, versions: Sequence[Briefing]) -> frozenset[int | None]:
    """Those that count as sent no more. Others were dropped for a newer draft."""
    dropped = [one for one in versions if one.status is BriefingStatus.WITHDRAWN]
    ended = [(one, await how_it_ended(session, one)) for one in dropped]
    return frozenset(one.id for one, how in ended if how and how.end is End.CALLED_OFF)
