"""What is kept how long: free text thirty days after the end, then only codes are left."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, literal, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Delivery, DeliveryStatus
from contacts.sealing import PREFIX
from feeds.rows import Event, EventStatus
from signals.rows import Signal
from signals.settings import SignalSettings

LONGEST = timedelta(days=90)
KEEP_HANDLE = timedelta(days=30)
WIPED = "wiped:"
_FINAL = (DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)


async def wipe_notes(session: AsyncSession, settings: SignalSettings, *, now: datetime) -> int:
    """Wipe notes and ways back that are past their time; returns how many notes went.

    A note goes ``keep_note_days`` after its event (or, without one, the signal) was closed,
    and never stays longer than 90 days. A way back goes 30 days after the answer.
    """
    ids = await _notes_past(session, now - timedelta(days=settings.keep_note_days), now - LONGEST)
    if ids:
        await session.exec(
            update(Signal)
            .where(col(Signal.id).in_(ids))
            .values(note_sealed=None, note_wiped_at=now)
            .execution_options(synchronize_session="fetch")
        )
        write_journal(
            session, who=SYSTEM, action="notes_wiped", subject="signal",
            detail={"ids": ids}, now=now,
        )  # fmt: skip
    await _wipe_ways_back(session, now - KEEP_HANDLE)
    return len(ids)


async def _notes_past(session: AsyncSession, ended: datetime, oldest: datetime) -> list[int]:
    closed_events = select(Event.id).where(
        col(Event.status) == EventStatus.CLOSED, col(Event.closed_at) <= ended
    )
    found = await session.exec(
        select(Signal.id).where(
            col(Signal.note_sealed).is_not(None),
            or_(
                col(Signal.event_id).in_(closed_events),
                and_(col(Signal.event_id).is_(None), col(Signal.closed_at) <= ended),
                col(Signal.received_at) <= oldest,
            ),
        )
    )
    return sorted(ident for ident in found.all() if ident is not None)


async def _wipe_ways_back(session: AsyncSession, answered: datetime) -> None:
    await session.exec(
        update(Signal)
        .where(col(Signal.reply_handle).is_not(None), col(Signal.closed_at) <= answered)
        .values(reply_handle=None)
        .execution_options(synchronize_session="fetch")
    )
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.address).startswith(PREFIX),
            col(Delivery.status).in_(_FINAL),
            col(Delivery.done_at) <= answered,
        )
        .values(address=literal(WIPED) + cast(col(Delivery.id), String))
        .execution_options(synchronize_session=False)
    )
