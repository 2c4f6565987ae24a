"""What is kept of a signal how long: its texts thirty days, then codes, then only counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, Who, write_journal
from contacts.retention import wipe_addresses, wipe_dialogue
from feeds.rows import RUNNING, Event
from signals.counting import add_counts, count_cells
from signals.quarters import quarter_of, week_edge, week_of
from signals.rows import Signal, SignalReading, SignalStatus
from signals.settings import SignalSettings

LONGEST = timedelta(days=90)
KEEP_HANDLE = timedelta(days=30)
#: of a signal that nobody ever answered
KEEP_OPEN_HANDLE = timedelta(days=180)
#: codes of one signal; then they are counts of a week
KEEP_CODES = timedelta(days=90)
#: an event that nobody closes holds no signal longer than this
KEEP_CODES_RUNNING = timedelta(days=180)


async def wipe_text(session: AsyncSession, signal: Signal, *, who: Who, now: datetime) -> bool:
    """The second filter, a person: the note goes for good, and its copies on the way out.

    The codes stay. False when there was no note (any more).
    """
    if signal.note_sealed is None:
        return False
    signal.note_sealed, signal.note_wiped_at = None, now
    session.add(signal)
    write_journal(session, who=who, action="note_wiped", subject=f"signal:{signal.id}", now=now)
    await session.flush()
    await wipe_dialogue(session, now=now, keep=timedelta(), only_sealed=True)
    return True


async def wipe_notes(session: AsyncSession, settings: SignalSettings, *, now: datetime) -> int:
    """Wipe texts and ways back that are past their time; returns how many signals lost texts.

    A note, an oordeel, a besluit and an answer go ``keep_note_days`` after the signal itself
    was closed, and none stays longer than 90 days. A way back goes 30 days after the answer,
    and after 180 days without one.
    """
    ids = await _texts_past(session, now - timedelta(days=settings.keep_note_days), now - LONGEST)
    if ids:
        await session.exec(
            update(Signal)
            .where(col(Signal.id).in_(ids))
            .values(note_sealed=None, action_sealed=None, outcome_text=None, note_wiped_at=now)
            .execution_options(synchronize_session="fetch")
        )
        await session.exec(
            update(SignalReading)
            .where(col(SignalReading.signal_id).in_(ids))
            .values(text_sealed=None)
            .execution_options(synchronize_session="fetch")
        )
        write_journal(
            session, who=SYSTEM, action="notes_wiped", subject="signal",
            detail={"ids": ids}, now=now,
        )  # fmt: skip
    await _wipe_handles(session, now)
    await wipe_addresses(session, now=now)
    return len(ids)


async def _texts_past(session: AsyncSession, ended: datetime, oldest: datetime) -> list[int]:
    read = select(SignalReading.signal_id).where(col(SignalReading.text_sealed).is_not(None))
    found = await session.exec(
        select(Signal.id).where(
            or_(
                col(Signal.note_sealed).is_not(None),
                col(Signal.action_sealed).is_not(None),
                col(Signal.outcome_text).is_not(None),
                col(Signal.id).in_(read),
            ),
            or_(col(Signal.closed_at) <= ended, col(Signal.received_at) <= oldest),
        )
    )
    return sorted(ident for ident in found.all() if ident is not None)


async def _wipe_handles(session: AsyncSession, now: datetime) -> None:
    result = await session.exec(
        update(Signal)
        .where(
            col(Signal.reply_handle).is_not(None),
            or_(
                col(Signal.closed_at) <= now - KEEP_HANDLE,
                col(Signal.received_at) <= now - KEEP_OPEN_HANDLE,
            ),
        )
        .values(reply_handle=None)
        .returning(col(Signal.id))
        .execution_options(synchronize_session="fetch")
    )
    if ids := sorted(result.scalars().all()):
        write_journal(
            session, who=SYSTEM, action="handles_wiped", subject="signal",
            detail={"ids": ids}, now=now,
        )  # fmt: skip


async def fold_codes(session: AsyncSession, *, now: datetime) -> int:
    """Turn closed signals of weeks that ended 90 days ago into counts; returns how many went.

    A whole week at once, so that an organisation counts once in it, and none of the quarter
    that runs: its pack is made from the signals themselves. Signals of an event that
    runs wait for its closing text, which counts them, half a year at most.
    """
    found = await session.exec(
        select(Signal).where(
            col(Signal.status) == SignalStatus.CLOSED,
            col(Signal.is_exercise).is_(False),
            col(Signal.received_at) < fold_edge(now),
            or_(
                col(Signal.event_id).is_(None),
                col(Signal.event_id).not_in(select(Event.id).where(col(Event.status).in_(RUNNING))),
                col(Signal.received_at) < week_edge(now - KEEP_CODES_RUNNING),
            ),
        )
    )
    signals = found.all()
    if not signals:
        return 0
    await add_counts(session, count_cells(signals, week_of=lambda s: week_of(s.received_at)))
    ids = [signal.id for signal in signals]
    for table, key in ((SignalReading, col(SignalReading.signal_id)), (Signal, col(Signal.id))):
        await session.exec(
            delete(table).where(key.in_(ids)).execution_options(synchronize_session=False)
        )
    for signal in signals:
        session.expunge(signal)
    write_journal(
        session, who=SYSTEM, action="signals_folded", subject="signal",
        detail={"count": len(ids)}, now=now,
    )  # fmt: skip
    return len(ids)


def fold_edge(now: datetime) -> datetime:
    """Signals from before this moment may become counts. Pure; always the edge of a week."""
    return min(week_edge(now - KEEP_CODES), week_edge(quarter_of(now).begin))
