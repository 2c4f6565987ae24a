"""Duiding at the desk: an oordeel of each duider, a besluit, and one answer for many.

Who reads here sees the organisation that told, never the person, and of the duiders only
the domain.
"""

from __future__ import annotations

from datetime import date, datetime, time

from starlette.responses import Response

from bot.console import duiding_texts, texts
from bot.console.doors import Door, Visit
from bot.console.inbox import MOST_ALIKE, inbox_page, signal_in_path, signal_page
from contacts.local_time import AMSTERDAM
from contacts.permissions import Permission
from signals import texts as signal_texts
from signals.duiding import NotDecided, Reading, close_alike, decide, read_signal, sort_signal
from signals.feedback import CloseRefused
from signals.rows import OutcomeCode, Reliability, SignalKind, SignalStatus
from signals.workdays import ANSWER_HOUR

DECISIONS = {"actie": SignalStatus.ACTION, "wachten": SignalStatus.WAITING}


async def give_reading(visit: Visit) -> Response:
    """``POST /signaal/{number}/duiden``: how sure it is and how grave, with a sentence."""
    signal = await signal_in_path(visit)
    reliability, severity = visit.text("zekerheid"), visit.text("ernst")
    if reliability not in set(Reliability) or severity not in {"1", "2", "3", "4"}:
        return await signal_page(visit, signal, error=duiding_texts.NOTHING_CHOSEN)
    assert signal.id is not None
    # Who did not see their earlier words did not take them away either.
    words = visit.text("duiding") or ("" if visit.text("getoond") == "ja" else None)
    result = await read_signal(
        visit.session,
        signal.id,
        Reading(Reliability(reliability), int(severity), words),
        actor=visit.actor,
        sealer=visit.parts.sealer,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(result, NotDecided):
        return await signal_page(visit, signal, error=duiding_texts.NOT_DECIDED[result.reason])
    if visit.text("soort") in signal_texts.KINDS:
        kind = SignalKind(visit.text("soort"))
        await sort_signal(visit.session, signal, kind, who=visit.actor.who, now=visit.now)
    return visit.back(f"/signaal/{signal.id}", done="reading_kept")


async def give_decision(visit: Visit) -> Response:
    """``POST /signaal/{number}/besluit``: what an organisation does, or what is waited for."""
    signal = await signal_in_path(visit)
    assert signal.id is not None
    try:
        before = _end_of(visit.text("voor"))
    except ValueError:
        return await signal_page(visit, signal, error=duiding_texts.BAD_DAY)
    refused = await decide(
        visit.session,
        signal.id,
        DECISIONS.get(visit.text("besluit"), SignalStatus.WAITING),
        visit.text("wat"),
        who=visit.actor.who,
        sealer=visit.parts.sealer,
        before=before,
        alone_because=visit.text("alleen"),
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if refused is not None:
        return await signal_page(visit, signal, error=duiding_texts.NOT_DECIDED[refused.reason])
    return visit.back(f"/signaal/{signal.id}", done="decided")


def _end_of(day: str) -> datetime | None:
    """The end of the working day, from what a date field sends.

    :raises ValueError: it is no date.
    """
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day), time(ANSWER_HOUR.hour), AMSTERDAM)


async def answer_alike(visit: Visit) -> Response:
    """``POST /signalen/samen``: one answer to everybody who told the same.

    ``gezien`` are the numbers that stood on the page: what came since waits for its own reader.
    """
    seen = set(visit.numbers("gezien")[:MOST_ALIKE])
    event = visit.text("gebeurtenis")
    result = await close_alike(
        visit.session,
        int(event) if event.isdecimal() else None,
        SignalKind(visit.text("soort")),
        OutcomeCode(visit.text("uitkomst")),
        visit.text("zin"),
        is_exercise=visit.actor.is_exercise,
        seen=seen,
        who=visit.actor.who,
        sealer=visit.parts.sealer,
        allow=visit.parts.config.signals.allow,
        now=visit.now,
    )
    if isinstance(result, CloseRefused):
        return await inbox_page(visit, error=texts.ANSWER_REFUSED[result.reason])
    done = "answered_alike_shut" if result.shut else "answered_alike"
    return visit.back("/signalen", done=done)


DOORS = (
    Door("/signaal/{number:int}/duiden", give_reading, Permission.READ_SIGNALS, "POST"),
    Door("/signaal/{number:int}/besluit", give_decision, Permission.CLOSE_SIGNAL, "POST"),
    Door("/signalen/samen", answer_alike, Permission.CLOSE_SIGNAL, "POST"),
)
