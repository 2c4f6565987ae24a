"""What a reporter is promised, and who hears when a promise is at risk or broken.

Read before an hour, a word in between, an answer before a day; late ones reach the
coordinators and then the back-up. Every moment is a column, so a sweep after a stop of a
week does the same as one that never stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, Who, write_journal
from contacts.outbox import Delivery
from contacts.sealing import Sealer
from feeds.rows import RUNNING, Event
from signals import texts
from signals.feedback import SMALL, answer_reporter, organisations_of, plain_word
from signals.rows import Signal, SignalStatus
from signals.settings import SignalSettings
from signals.way_back import reply_kind
from signals.workdays import day_and_time, reading_due, working_day_due

#: an event of this weight that runs puts the city in *snel*
URGENT_FROM = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """Moments in UTC. ``interim_at`` is None when the answer itself comes as soon."""

    read_before: datetime
    interim_at: datetime | None
    answer_before: datetime


def promise(now: datetime, settings: SignalSettings, *, is_urgent: bool) -> Promise:
    """What is promised to somebody who tells something now. Pure."""
    days = (
        settings.answer_within_working_days_urgent
        if is_urgent
        else settings.answer_within_working_days
    )
    answer = working_day_due(now, days)
    interim = working_day_due(now, settings.interim_after_working_days)
    return Promise(
        read_before=reading_due(now, settings.read_within_h),
        interim_at=interim if interim < answer else None,
        answer_before=answer,
    )


def is_urgent(event: Event | None) -> bool:
    """Whether this event makes answers quick. Pure."""
    if event is None or event.status not in RUNNING:
        return False
    return (event.severity or event.suggested_severity) >= URGENT_FROM


def answer_parts(asked: Iterable[Signal], *, now: datetime) -> dict[str, int]:
    """What became of answers that were promised, in parts that share nothing. Pure.

    A reader who sees the total and two parts must not find the third by subtracting; so whoever
    shows these shows their total with :func:`signals.picture.total_of`.
    """
    parts = {"in_time": 0, "late": 0, "open": 0}
    for signal in asked:
        is_late = (signal.closed_at or now) > signal.answer_due_at
        parts["late" if is_late else "in_time" if signal.closed_at else "open"] += 1
    return parts


async def note_look(session: AsyncSession, signal: Signal, *, who: Who, now: datetime) -> None:
    """Somebody reads this signal: journalled each time, because a note may be delicate."""
    if signal.read_at is None:
        signal.read_at = now
        session.add(signal)
    write_journal(
        session, who=who, action="signal_looked_at", subject=f"signal:{signal.id}", now=now
    )
    await session.flush()


async def unread_signals(session: AsyncSession, *, now: datetime) -> list[Signal]:
    """New signals that nobody read, of which the promised hour has come and nobody was told."""
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.status) == SignalStatus.NEW,
            col(Signal.read_at).is_(None),
            col(Signal.read_due_at) <= now,
            col(Signal.unread_told_at).is_(None),
        )
        .order_by(col(Signal.id))
    )
    return list(found.all())


async def late_signals(session: AsyncSession, *, now: datetime) -> list[Signal]:
    """Signals without an outcome on the promised day, of which nobody was told yet.

    Also those whose reporter wants no answer: somebody must still have looked at them.
    """
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.status) != SignalStatus.CLOSED,
            col(Signal.answer_due_at) < now,
            col(Signal.overdue_told_at).is_(None),
        )
        .order_by(col(Signal.answer_due_at), col(Signal.id))
    )
    return list(found.all())


async def later_still(
    session: AsyncSession, settings: SignalSettings, *, now: datetime
) -> list[Signal]:
    """Signals that stayed without an outcome after the coordinators were told."""
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.status) != SignalStatus.CLOSED,
            col(Signal.overdue_told_at).is_not(None),
            col(Signal.backup_told_at).is_(None),
        )
        .order_by(col(Signal.answer_due_at), col(Signal.id))
    )
    days = settings.backup_after_working_days
    return [
        signal
        for signal in found.all()
        if signal.overdue_told_at and working_day_due(signal.overdue_told_at, days) <= now
    ]


async def mark_unread_told(
    session: AsyncSession, signals: Sequence[Signal], *, now: datetime
) -> None:
    """A person was told that these wait to be read."""
    for signal in signals:
        signal.unread_told_at = now
        _journal(session, signal, "signal_unread_told", now)
    await session.flush()


async def mark_overdue_told(
    session: AsyncSession,
    signals: Sequence[Signal],
    *,
    now: datetime,
    sealer: Sealer | None = None,
) -> list[Delivery]:
    """A person was told. With a ``sealer`` the reporters hear that it takes longer, too."""
    deliveries: list[Delivery] = []
    for signal in signals:
        signal.overdue_told_at = now
        _journal(session, signal, "signal_overdue_told", now)
        if sealer is not None and signal.reply_handle is not None:
            text = texts.said_of(texts.LATE, signal.told_as).format(
                when=day_and_time(signal.received_at)
            )
            content = plain_word(texts.said_of(texts.LATE_SUBJECT, signal.told_as), text)
            deliveries += await answer_reporter(session, signal, content, sealer=sealer, now=now)
    await session.flush()
    return deliveries


async def mark_backup_told(
    session: AsyncSession, signals: Sequence[Signal], *, now: datetime
) -> None:
    """The back-up was told, after the coordinators."""
    for signal in signals:
        signal.backup_told_at = now
        _journal(session, signal, "signal_backup_told", now)
    await session.flush()


async def send_interims(session: AsyncSession, *, sealer: Sealer, now: datetime) -> list[Delivery]:
    """A word in between to who waits for an answer: that it is looked at, and until when."""
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.status) != SignalStatus.CLOSED,
            col(Signal.reply_handle).is_not(None),
            col(Signal.interim_due_at) <= now,
            col(Signal.interim_sent_at).is_(None),
            # Past its day the other message goes, which says that a promise was broken.
            col(Signal.answer_due_at) > now,
        )
        .order_by(col(Signal.id))
    )
    deliveries: list[Delivery] = []
    for signal in found.all():
        if reply_kind(signal, sealer) is None:
            continue  # the key of their address is lost: nothing goes, so nothing is noted
        signal.interim_sent_at = now
        _journal(session, signal, "signal_interim_sent", now)
        text = interim_text(signal, await organisations_of(session, signal))
        content = plain_word(texts.said_of(texts.INTERIM_SUBJECT, signal.told_as), text)
        deliveries += await answer_reporter(session, signal, content, sealer=sealer, now=now)
    await session.flush()
    return deliveries


def interim_text(signal: Signal, organisations: int) -> str:
    """The word in between. ``organisations`` told about the same event. Pure."""
    together = texts.INTERIM_TOGETHER.format(count=organisations)
    return texts.said_of(texts.INTERIM, signal.told_as).format(
        when=day_and_time(signal.received_at),
        how=together if organisations >= SMALL else texts.INTERIM_ALONE,
        due=day_and_time(signal.answer_due_at),
    )


def _journal(session: AsyncSession, signal: Signal, action: str, now: datetime) -> None:
    session.add(signal)
    write_journal(session, who=SYSTEM, action=action, subject=f"signal:{signal.id}", now=now)
