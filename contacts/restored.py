"""A back-up was put back: what went out before that, may have gone to more people since.

The store believes that it is the moment of the back-up. The journal keeps when it was put back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import JournalEntry
from contacts.outbox import Delivery, DeliveryAct

#: the journal's word for it
STORE_RESTORED = "store_restored"


async def was_restored_since(session: AsyncSession, moment: datetime | None) -> bool:
    """Whether a back-up was put back after that; False for what has not gone out yet."""
    if moment is None:
        return False
    found = await session.exec(
        select(JournalEntry.id)
        .where(col(JournalEntry.action) == STORE_RESTORED, col(JournalEntry.at) >= moment)
        .limit(1)
    )
    return found.first() is not None


async def mark_repeats(session: AsyncSession, message_ids: Collection[int]) -> None:
    """Their readers may have it already, and it says so."""
    await session.exec(
        update(Delivery)
        .where(col(Delivery.message_id).in_(message_ids), col(Delivery.act) == DeliveryAct.SEND)
        .values(is_repeat=True)
        .execution_options(synchronize_session=False)
    )
