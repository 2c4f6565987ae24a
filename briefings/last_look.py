"""Just before a closing text leaves: whether partners told something that it does not tell.

It was approved hours before its moment, and says what was told until it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.calling_off import hold
from briefings.closing import unheard
from briefings.rows import Briefing
from briefings.versions import closings_due

#: the pump may take a message in the very second of its moment, before a round comes by
LOOKS_AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A closing text that did not leave. ``reason``: as :func:`briefings.closing.unheard`."""

    briefing: Briefing
    reason: str
    meant_for: datetime


async def hold_unheard(session: AsyncSession, *, now: datetime) -> list[Held]:
    """Stop the closing texts whose moment is here that do not tell what partners told."""
    held = []
    for briefing in await closings_due(session, by=now + LOOKS_AHEAD):
        meant_for, reason = briefing.send_at, await unheard(session, briefing)
        if meant_for and reason and await hold(session, briefing, reason=reason, now=now):
            held.append(Held(briefing, reason, meant_for))
    return held
