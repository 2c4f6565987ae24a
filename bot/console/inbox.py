"""Signals at the desk: what came in, oldest promise first, and an answer for each reporter.

Whoever reads here sees the organisation, never the person who told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bot.chat.coordinator import texts as chat_texts
from bot.console import duiding_texts, texts
from bot.console.doors import Door, Visit
from bot.console.today import read_titles
from bot.signal_ending import ends_with_answer
from contacts.directory import Organisation
from contacts.journal import JournalEntry
from contacts.permissions import Permission
from contacts.tally import total
from signals import texts as signal_texts
from signals.duiding import TWO_DOMAINS_FROM, Alike, alike, establish, readings_of
from signals.feedback import (
    MAX_SENTENCE,
    CloseRefused,
    close_signal,
    open_signals,
    outcome_sentence,
)
from signals.promises import note_look
from signals.rephrasing import tells_rumour
from signals.retention import wipe_text
from signals.rows import OutcomeCode, Signal, SignalKind, SignalStatus
from signals.telling import Description, beside_rumour, describe
from signals.way_back import is_shut

LAST_CLOSED = 25
MOST_GROUPS = 5
#: signals that one answer closes; the page offers the others after it
MOST_ALIKE = 500
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
    answer: str


async def show_inbox(visit: Visit) -> Response:
    """``GET /signalen``: open ones first; then the last that were answered."""
    return await inbox_page(visit)


async def inbox_page(visit: Visit, *, error: str = "") -> Response:
    """The list, the groups that can be answered together, and how answers were received."""
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
    answered = closed.all()
    shown = {signal.event_id for signal in (*found, *answered)}
    titles = await read_titles(visit.session, shown)
    names = await _names_of(visit.session, [*found, *answered])
    return visit.show(
        "signalen.html",
        waiting=_lines(visit, found, titles, names),
        closed=_lines(visit, answered, titles, names),
        outcomes=chat_texts.OUTCOMES,
        groups=_groups(titles, found),
        is_much=len(found) >= visit.parts.config.signals.bundle_from,
        statuses=signal_texts.STATUSES,
        useful=await usefulness(visit.session, is_exercise=visit.actor.is_exercise),
        longest=MAX_SENTENCE,
        status=422 if error else 200,
        error=error,
    )


def _groups(titles: Mapping[int, str], waiting: Sequence[Signal]) -> list[Group]:
    groups = [
        replace(one, signals=one.signals[:MOST_ALIKE]) for one in alike(waiting)[:MOST_GROUPS]
    ]
    return [
        Group(
            alike=one,
            event=titles.get(one.event_id or 0, texts.NO_EVENT),
            kind=signal_texts.ALL_KINDS[one.kind],
            ends=signal_texts.ends_together(len(one.signals), one.unread),
        )
        for one in groups
    ]


async def usefulness(session: AsyncSession, *, is_exercise: bool) -> tuple[int, int]:
    """(found useful, judged): the taps under answers of one world, about nobody."""

    async def taps(verb: str) -> int:
        names = [f"{verb}:{code.value}" for code in OutcomeCode]
        return await total(session, *names, is_exercise=is_exercise)

    yes, no = await taps("useful"), await taps("notuseful")
    return yes, yes + no


async def _names_of(session: AsyncSession, signals: Sequence[Signal]) -> dict[int | None, str]:
    """What the organisations of these signals are called, by number."""
    found = await session.exec(
        select(Organisation.id, Organisation.name).where(
            col(Organisation.id).in_({signal.organisation_id for signal in signals})
        )
    )
    return dict(found.all())


def _lines(
    visit: Visit,
    signals: Sequence[Signal],
    titles: Mapping[int, str],
    names: Mapping[int | None, str],
) -> list[Line]:
    return [
        Line(
            signal=signal,
            what=describe(signal),
            organisation=names.get(signal.organisation_id, ""),
            event=titles.get(signal.event_id or 0, texts.NO_EVENT),
            is_late=signal.status is not SignalStatus.CLOSED and signal.answer_due_at < visit.now,
            answer=outcome_sentence(signal, visit.parts.sealer),
        )
        for signal in signals
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """Signals that one answer can close."""

    alike: Alike
    event: str
    kind: str
    ends: str


async def show_signal(visit: Visit) -> Response:
    """``GET /signaal/{number}``: the note only to who just asked, which is journalled."""
    return await signal_page(visit, await signal_in_path(visit))


async def signal_page(visit: Visit, signal: Signal, *, error: str = "", said: str = "") -> Response:
    """One signal: what was told, how it is read, and what is decided."""
    organisation = await visit.session.get(Organisation, signal.organisation_id)
    may_read = await _asked_to_read(visit, signal)
    note = visit.parts.sealer.read(signal.note_sealed) if may_read else ""
    titles = await read_titles(visit.session, [signal.event_id])
    return visit.show(
        "signaal_antwoord.html",
        status=422 if error else 200,
        signal=signal,
        what=describe(signal),
        note=note,
        beside=beside_rumour(signal) if tells_rumour(note) else "",
        is_shut=is_shut(signal, visit.parts.sealer),
        has_note=signal.note_sealed is not None,
        answered=outcome_sentence(signal, visit.parts.sealer),
        organisation=organisation,
        event=titles.get(signal.event_id or 0, texts.NO_EVENT),
        kinds=[signal_texts.ALL_KINDS[SignalKind(kind)] for kind in signal.kinds],
        severity=signal_texts.severity_told(signal.severity),
        is_open=signal.status is not SignalStatus.CLOSED,
        outcomes=chat_texts.OUTCOMES,
        longest=MAX_SENTENCE,
        error=error,
        said=said,
        chosen=visit.text("uitkomst"),
        is_exercise=signal.is_exercise,
        ends=await ends_with_answer(visit.session, signal, visit.actor),
        **await _duiding(visit, signal, may_read=may_read),
    )


async def _duiding(visit: Visit, signal: Signal, *, may_read: bool) -> dict[str, Any]:
    """The oordeel of each duider and the besluit; their words only to who asked to read."""
    rows = await readings_of(visit.session, signal.id or 0)
    sealer = visit.parts.sealer
    own = next((row for row in rows if row.person_id == visit.actor.person_id), None)
    kept = own.text_sealed if own is not None else None
    # What does not open stays out of the form: it would be kept as if it were what they wrote.
    own_words = sealer.unseal(kept) if may_read and kept and sealer.opens(kept) else ""
    return {
        "readings": [
            (
                signal_texts.DOMAINS[row.domain],
                signal_texts.RELIABILITIES[row.reliability],
                row.severity,
                sealer.read(row.text_sealed) if may_read else "",
                row.made_at,
            )
            for row in rows
        ],
        "own": own,
        "own_words": own_words,
        "keeps_words": kept is not None and not own_words,
        "established": establish(rows),
        "standing": signal_texts.STATUSES[signal.status],
        "decision": sealer.read(signal.action_sealed) if may_read else "",
        "can_decide": signal.status in (SignalStatus.NEW, SignalStatus.IN_DUIDING),
        "reliabilities": signal_texts.RELIABILITIES,
        "is_unsorted": signal.kinds == [SignalKind.UNSORTED.value],
        "offered_kinds": signal_texts.KINDS,
        "levels": duiding_texts.SEVERITIES,
        "two_from": TWO_DOMAINS_FROM,
    }


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
    signal = await signal_in_path(visit)
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
        return await signal_page(visit, signal, error=error, said=visit.text("zin"))
    quietly = "answered_shut" if is_shut(signal, visit.parts.sealer) else "answered_quietly"
    return visit.back("/signalen", done="answered" if result else quietly)


async def note_looking(visit: Visit) -> Response:
    """``POST /signaal/{number}/bekijken``: journalled, because a note may be delicate."""
    signal = await signal_in_path(visit)
    await note_look(visit.session, signal, who=visit.actor.who, now=visit.now)
    return visit.back(f"/signaal/{signal.id}")


async def wipe_note(visit: Visit) -> Response:
    """``POST /signaal/{number}/wissen``: the second filter is a person. It cannot be undone."""
    signal = await signal_in_path(visit)
    await wipe_text(visit.session, signal, who=visit.actor.who, now=visit.now)
    return visit.back(f"/signaal/{signal.id}", done="note_wiped")


async def signal_in_path(visit: Visit) -> Signal:
    """The signal in the address, in the visitor's own world.

    :raises LookupError: there is none.
    """
    signal = await visit.session.get(Signal, visit.in_path())
    if signal is None or signal.is_exercise != visit.actor.is_exercise:
        raise LookupError("no such signal")
    return signal


DOORS = (
    Door("/signalen", show_inbox, Permission.READ_SIGNALS),
    Door("/signaal/{number:int}", show_signal, Permission.READ_SIGNALS),
    Door("/signaal/{number:int}", answer, Permission.CLOSE_SIGNAL, "POST"),
    Door("/signaal/{number:int}/bekijken", note_looking, Permission.READ_SIGNALS, "POST"),
    Door("/signaal/{number:int}/wissen", wipe_note, Permission.CLOSE_SIGNAL, "POST"),
)
