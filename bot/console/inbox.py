"""Signals at the desk: what came in, oldest promise first, and an answer for each reporter.

Whoever reads here sees the organisation, never the person who told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select
from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import texts
from bot.console.doors import Door, Visit
from bot.console.today import read_titles
from contacts.directory import Organisation
from contacts.journal import JournalEntry
from contacts.permissions import Permission
from signals import texts as signal_texts
from signals.feedback import MAX_SENTENCE, CloseRefused, close_signal, open_signals
from signals.promises import note_look
from signals.rows import OutcomeCode, Signal, SignalKind, SignalStatus
from signals.telling import Description, describe

LAST_CLOSED = 25
#: a look is journalled anew after this time
ONE_LOOK = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One signal in the list."""

    signal: Signal
    what: Description
    organisation: str
    event: str
    is_late: bool


async def show_inbox(visit: Visit) -> Response:
    """``GET /signalen``: open ones first; then the last that were answered."""
    found = await open_signals(visit.session, is_exercise=visit.actor.is_exercise)
    closed = await visit.session.exec(
        select(Signal)
        .where(
            col(Signal.status) == SignalStatus.CLOSED,
            col(Signal.is_exercise) == visit.actor.is_exercise,
        )
        .order_by(col(Signal.closed_at).desc())
        .limit(LAST_CLOSED)
    )
    return visit.show(
        "signalen.html",
        waiting=await _lines(visit, found),
        closed=await _lines(visit, closed.all()),
        outcomes=chat_texts.OUTCOMES,
    )


async def _lines(visit: Visit, signals: Sequence[Signal]) -> list[Line]:
    titles = await read_titles(visit.session)
    found = await visit.session.exec(
        select(Organisation).where(
            col(Organisation.id).in_({signal.organisation_id for signal in signals})
        )
    )
    names = {row.id: row.name for row in found.all()}
    return [
        Line(
            signal=signal,
            what=describe(signal),
            organisation=names.get(signal.organisation_id, ""),
            event=titles.get(signal.event_id or 0, texts.NO_EVENT),
            is_late=signal.status is not SignalStatus.CLOSED and signal.answer_due_at < visit.now,
        )
        for signal in signals
    ]


async def show_signal(visit: Visit) -> Response:
    """``GET /signaal/{number}``: the note only to who just asked, which is journalled."""
    return await _page(visit, await _signal(visit))


async def _page(visit: Visit, signal: Signal, *, error: str = "", said: str = "") -> Response:
    organisation = await visit.session.get(Organisation, signal.organisation_id)
    may_read = await _asked_to_read(visit, signal)
    note = visit.parts.sealer.unseal(signal.note_sealed) if may_read and signal.note_sealed else ""
    titles = await read_titles(visit.session)
    return visit.show(
        "signaal_antwoord.html",
        status=422 if error else 200,
        signal=signal,
        what=describe(signal),
        note=note,
        has_note=signal.note_sealed is not None,
        organisation=organisation,
        event=titles.get(signal.event_id or 0, texts.NO_EVENT),
        kinds=[signal_texts.KINDS[SignalKind(kind)] for kind in signal.kinds],
        severity=signal_texts.SEVERITIES[signal.severity],
        is_open=signal.status is not SignalStatus.CLOSED,
        outcomes=chat_texts.OUTCOMES,
        longest=MAX_SENTENCE,
        error=error,
        said=said,
        chosen=visit.text("uitkomst"),
        is_exercise=signal.is_exercise,
    )


async def _asked_to_read(visit: Visit, signal: Signal) -> bool:
    """Whether this reader's look at this signal stands in the journal, and is not long ago."""
    found = await visit.session.exec(
        select(JournalEntry.id)
        .where(
            col(JournalEntry.subject) == f"signal:{signal.id}",
            col(JournalEntry.action) == "signal_looked_at",
            col(JournalEntry.actor) == str(visit.actor.who),
            col(JournalEntry.at) > visit.now - ONE_LOOK,
        )
        .limit(1)
    )
    return found.first() is not None


async def answer(visit: Visit) -> Response:
    """``POST /signaal/{number}``: an outcome and a sentence, to its reporter only."""
    signal = await _signal(visit)
    assert signal.id is not None
    result = await close_signal(
        visit.session,
        signal.id,
        OutcomeCode(visit.text("uitkomst")),
        visit.text("zin"),
        who=visit.actor.who,
        sealer=visit.parts.sealer,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(result, CloseRefused):
        error = texts.ANSWER_REFUSED[result.reason]
        return await _page(visit, signal, error=error, said=visit.text("zin"))
    return visit.back("/signalen", done="answered" if result else "answered_quietly")


async def note_looking(visit: Visit) -> Response:
    """``POST /signaal/{number}/bekijken``: journalled, because a note may be delicate."""
    signal = await _signal(visit)
    await note_look(visit.session, signal, who=visit.actor.who, now=visit.now)
    return visit.back(f"/signaal/{signal.id}")


async def _signal(visit: Visit) -> Signal:
    signal = await visit.session.get(Signal, visit.in_path())
    if signal is None or signal.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such signal")
    return signal


DOORS = (
    Door("/signalen", show_inbox, Permission.READ_SIGNALS),
    Door("/signaal/{number:int}", show_signal, Permission.READ_SIGNALS),
    Door("/signaal/{number:int}", answer, Permission.CLOSE_SIGNAL, "POST"),
    Door("/signaal/{number:int}/bekijken", note_looking, Permission.READ_SIGNALS, "POST"),
)
