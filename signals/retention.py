"""What is kept how long: free text thirty days after the end, then only codes are left."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, and_, cast, func, literal, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.outbox import DELIVERY_MOVES, Delivery, DeliveryStatus
from contacts.records import move_many
from contacts.sealing import PREFIX
from feeds.rows import Event, EventStatus
from signals.rows import Signal
from signals.settings import SignalSettings

LONGEST = timedelta(days=90)
KEEP_HANDLE = timedelta(days=30)
#: of a signal that nobody ever answered
KEEP_OPEN_HANDLE = timedelta(days=180)
WIPED = "wiped:"
#: of deliveries that were not sent yet
_WAITING = (DeliveryStatus.PLANNED, DeliveryStatus.CLAIMED)


async def wipe_notes(session: AsyncSession, settings: SignalSettings, *, now: datetime) -> int:
    """Wipe notes and ways back that are past their time; returns how many notes went.

    A note goes ``keep_note_days`` after its event (or, without one, the signal) was closed;
    one that came or was answered later than that counts from then, and none stays longer than
    90 days. A way back goes 30 days after the answer, and after 180 days without one.
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
    await _wipe_handles(session, now)
    await _wipe_addresses(session, now)
    return len(ids)


async def _notes_past(session: AsyncSession, ended: datetime, oldest: datetime) -> list[int]:
    closed_events = select(Event.id).where(
        col(Event.status) == EventStatus.CLOSED, col(Event.closed_at) <= ended
    )
    found = await session.exec(
        select(Signal.id).where(
            col(Signal.note_sealed).is_not(None),
            or_(
                and_(
                    col(Signal.event_id).in_(closed_events),
                    # What came in after the end must still be read and answered by somebody.
                    col(Signal.received_at) <= ended,
                    or_(col(Signal.closed_at).is_(None), col(Signal.closed_at) <= ended),
                ),
                and_(col(Signal.event_id).is_(None), col(Signal.closed_at) <= ended),
                col(Signal.received_at) <= oldest,
            ),
        )
    )
    return sorted(ident for ident in found.all() if ident is not None)


async def _wipe_handles(session: AsyncSession, now: datetime) -> None:
    await session.exec(
        update(Signal)
        .where(
            col(Signal.reply_handle).is_not(None),
            or_(
                col(Signal.closed_at) <= now - KEEP_HANDLE,
                col(Signal.received_at) <= now - KEEP_OPEN_HANDLE,
            ),
        )
        .values(reply_handle=None)
        .execution_options(synchronize_session="fetch")
    )


async def _wipe_addresses(session: AsyncSession, now: datetime) -> None:
    """Sealed addresses in the outbox, also of what stayed uncertain or was held up for ever."""
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.address).startswith(PREFIX),
            func.coalesce(Delivery.done_at, Delivery.planned_at) <= now - KEEP_HANDLE,
            # What is on its way this very moment is over at the next round.
            col(Delivery.status) != DeliveryStatus.SENDING,
        )
        .values(address=literal(WIPED) + cast(col(Delivery.id), String))
        .execution_options(synchronize_session=False)
    )
    for status in _WAITING:
        # It can go nowhere any more, and may not stay in the queue as if it could.
        found = await session.exec(
            select(Delivery.id).where(
                col(Delivery.address).startswith(WIPED), col(Delivery.status) == status
            )
        )
        await move_many(
            session, DELIVERY_MOVES, Delivery, [i for i in found.all() if i is not None],
            status, DeliveryStatus.CANCELLED,
            who=SYSTEM, action="deliveries_cancelled", now=now, reason="too_late", done_at=now,
        )  # fmt: skip
