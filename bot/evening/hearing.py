"""Who hears of a signal at once: a coördinator, when it is serious or comes after the end.

The others are counted on the card of the evening; a phone that rings for each is put away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.mail_form import mail_of, plain
from bot.chat.render import render
from bot.event_names import name_of
from contacts.directory import Role
from contacts.outbox import Button, Content, EmailForm, MessageKind, TelegramForm
from contacts.permissions import Permission, people_with
from contacts.sending import tell_people
from feeds.rows import Event, EventStatus
from signals.rephrasing import Change
from signals.rows import Signal, SignalKind
from signals.telling import Told, beside_rumour, describe

#: from this severity a signal does not wait until somebody looks
AT_ONCE = 4
SUBJECT_LIMIT = 60
#: a rumour asks for attention when it is first heard, and when several organisations hear it
RUMOUR_STEPS = frozenset({1, 3, 6})
RUMOUR_WINDOW = timedelta(hours=72)
#: who may read signals, in the order in which they are told; never somebody without content
_READERS = (Role.COORDINATOR, Role.INTERPRETER)


def is_over(event: Event | None) -> bool:
    """Whether nobody of the city looks at this event any more by themselves."""
    return event is not None and event.status is EventStatus.CLOSED


async def hear(session: AsyncSession, told: Told, *, now: datetime) -> int:
    """Tell the coördinators of this world about a signal that cannot wait; returns how many.

    It is called where the signal is stored, in the same transaction: what was promised to a
    reporter is known to somebody.
    """
    if not told.is_new:
        return 0
    signal = await session.get_one(Signal, told.signal_id)
    event = None if signal.event_id is None else await session.get(Event, signal.event_id)
    if Change.RUMOUR in told.changes and await _is_spreading(session, signal):
        await _ask_for_a_denial(session, signal, event, now=now)
    if signal.severity < AT_ONCE and not is_over(event):
        return 0
    title = await name_of(session, event) if event else ""
    return await _tell_readers(session, signal, _notice(signal, event, title), now=now)


async def _is_spreading(session: AsyncSession, signal: Signal) -> bool:
    """Whether this rumour is the first here, or the one that makes it several organisations."""
    found = await session.exec(
        select(Signal.organisation_id, Signal.kinds).where(
            col(Signal.event_id) == signal.event_id
            if signal.event_id is not None
            else col(Signal.event_id).is_(None),
            col(Signal.is_exercise) == signal.is_exercise,
            col(Signal.received_at) > signal.received_at - RUMOUR_WINDOW,
        )
    )
    organisations = {
        organisation for organisation, kinds in found.all() if SignalKind.RUMOUR.value in kinds
    }
    return len(organisations) in RUMOUR_STEPS


async def _ask_for_a_denial(
    session: AsyncSession, signal: Signal, event: Event | None, *, now: datetime
) -> None:
    title = await name_of(session, event) if event else ""
    text = render("coordinator/rumour.html", event=title, beside=beside_rumour(signal))
    content = Content(
        telegram=TelegramForm(text=text, buttons=[[Button(texts.READ, data("so", signal.id))]]),
        email=mail_of(render("coordinator/notice_subject.txt"), text),
    )
    await _tell_readers(session, signal, content, now=now)


async def _tell_readers(
    session: AsyncSession, signal: Signal, content: Content, *, now: datetime
) -> int:
    """The first role with somebody who can be reached; how many were told."""
    for role in _READERS:
        people = await people_with(
            session, role, is_exercise=signal.is_exercise, needing=Permission.READ_SIGNALS
        )
        deliveries = await tell_people(
            session, people, content,
            kind=MessageKind.NOTICE, event_id=signal.event_id, severity=signal.severity,
            is_exercise=signal.is_exercise, now=now,
        )  # fmt: skip
        if deliveries:
            return len(deliveries)
    return 0


def _notice(signal: Signal, event: Event | None, title: str) -> Content:
    """Kind, place and severity; what was typed stays behind the button."""
    values = {
        "signal": signal,
        "what": describe(signal),
        "event": event,
        "title": title,
        "is_over": is_over(event),
    }
    text = render("coordinator/signal_notice.html", **values)
    return Content(
        telegram=TelegramForm(text=text, buttons=[[Button(texts.READ, data("so", signal.id))]]),
        email=EmailForm(
            subject=render("coordinator/signal_notice_subject.txt", **values)[:SUBJECT_LIMIT],
            text=plain(text),
            html=render("coordinator/signal_notice_mail.html", **values),
        ),
    )
