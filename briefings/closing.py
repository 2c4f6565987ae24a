"""What the closing message tells: what was told and what was done, in counts of organisations."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import texts
from briefings.rows import Briefing, BriefingKind
from briefings.sheets import Closing
from signals import texts as signal_texts
from signals.feedback import ToldAndDone, told_and_done
from signals.rows import Signal, SignalStatus, tensions

#: kinds of signals that are named; the rest would make a list nobody reads
MOST_KINDS = 3


async def closing_of(session: AsyncSession, event_id: int) -> Closing:
    """The lines for an event, from its signals."""
    return closing_lines(await told_and_done(session, event_id))


async def unheard(session: AsyncSession, briefing: Briefing) -> str:
    """Why a closing text does not tell what partners told; empty when it does, or is another text.

    ``signals_wait``: somebody told something and has no answer. ``signals_changed``: what was told
    and done since the text was written is not counted in it.
    """
    if briefing.kind is not BriefingKind.CLOSING:
        return ""
    found = await session.exec(select(Signal).where(col(Signal.event_id) == briefing.event_id))
    signals = found.all()
    if any(signal.status is not SignalStatus.CLOSED for signal in signals):
        return "signals_wait"
    written = briefing.edited_at
    moments = [at for one in tensions(signals) for at in (one.received_at, one.closed_at) if at]
    return "signals_changed" if any(at > written for at in moments) else ""


def closing_lines(summary: ToldAndDone) -> Closing:
    """As sentences. Pure. Small numbers of organisations are shown as the summary shows them."""
    if not summary.signals:
        return Closing(reported=texts.REPORTED_NONE)
    shown = summary.organisations_shown
    count = signal_texts.FEW_SAID if shown == signal_texts.FEW else shown
    kinds = "; ".join(summary.told[:MOST_KINDS])
    # Always the plural: a singular would give away which of the small numbers it is.
    reported = signal_texts.REPORTED.format(organisations=count)
    return Closing(
        reported=f"{reported} {texts.REPORTED_KINDS.format(kinds=kinds)}" if kinds else reported,
        done=tuple(_sentence(text) for text in summary.done),
        not_done=tuple(_sentence(text) for text in summary.not_done),
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
