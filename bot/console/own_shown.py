"""On *Verzenden*: which texts this visitor may not approve, and which nobody may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.chat.coordinator import texts as chat_texts
from bot.console import texts
from bot.console.doors import Visit
from bot.evening.own_said import barred_said, for_nobody, nobody_said, refused_said
from briefings.rows import Briefing, BriefingStatus
from briefings.writers import Barred, barred_in
from contacts.directory import Audience
from feeds.rows import Event


async def own_shown(visit: Visit, event: Event, briefing: Briefing | None) -> dict[str, Any]:
    """``not_mine``: why this visitor waits for somebody else with all of it. ``barred``: the texts
    that somebody else approves, with ``barred_lines``. ``nobody``: texts without an approver."""
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        return {"not_mine": "", "barred": (), "barred_lines": [], "nobody": ""}
    barred = await _barred(visit, event, briefing)
    lines = barred_said(barred, texts.AUDIENCES)
    nobody = await for_nobody(visit.session, event, briefing, visit.parts.config.briefings)
    return {
        "not_mine": " ".join(lines) if barred.reason else "",
        "barred": barred.texts,
        "barred_lines": [] if barred.reason else lines,
        "nobody": nobody_said(nobody, texts.AUDIENCES),
    }


async def why_refused(visit: Visit, event: Event, briefing: Briefing, reason: str) -> str:
    """Why it was not approved, with the texts that somebody else approves."""
    barred = await _barred(visit, event, briefing)
    named = refused_said(reason, barred, texts.AUDIENCES)
    return named or chat_texts.REFUSALS.get(reason, reason)


async def not_to_choose(
    visit: Visit, event: Event, briefing: Briefing | None, chosen: Sequence[Audience]
) -> str:
    """Why this visitor may not approve these texts, as long as others are left; else empty."""
    if briefing is None or briefing.status is not BriefingStatus.SUBMITTED:
        return ""
    barred = await _barred(visit, event, briefing)
    if barred.reason or not barred.touches(chosen):
        return ""
    return " ".join(barred_said(barred, texts.AUDIENCES))


async def _barred(visit: Visit, event: Event, briefing: Briefing) -> Barred:
    settings = visit.parts.config.briefings
    return await barred_in(visit.session, briefing, event, visit.actor, settings)
