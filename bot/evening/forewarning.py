"""Before somebody changes the facts or words a text: what that takes back from the approvers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.texts import AUDIENCES
from bot.evening.texts import OWN_TAKES_BACK, TAKES_BACK
from briefings.rows import Briefing, BriefingStatus, covered
from briefings.versions import at_stake, waits
from contacts.directory import Audience


async def forewarned(session: AsyncSession, event_id: int, *, now: datetime) -> str:
    """The sentence for who is about to change the facts; empty when that takes nothing back."""
    status = await at_stake(session, event_id, now=now)
    return TAKES_BACK[status] if status else ""


def own_forewarned(
    briefing: Briefing | None, *, now: datetime, names: Mapping[Audience, str] = AUDIENCES
) -> str:
    """As :func:`forewarned`, for who words one text of this version by hand: with which texts go
    back. Other parts of it stay where they are. Pure."""
    if briefing is None or own_at_stake(briefing, now=now) is None:
        return ""
    said = [names[audience] for audience in covered(briefing)]
    one, more = OWN_TAKES_BACK[briefing.status]
    return (more if len(said) > 1 else one).format(count=len(said), names=", ".join(said))


def own_at_stake(briefing: Briefing | None, *, now: datetime) -> BriefingStatus | None:
    """Where a version lies that wording one of its texts takes back; None when that takes nothing
    back. Pure."""
    if briefing is None:
        return None
    lies = briefing.status is BriefingStatus.SUBMITTED or waits(briefing, now=now)
    return briefing.status if lies else None
