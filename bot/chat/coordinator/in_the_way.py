"""A draft that is in the way of a next text: which, and what can be done about it."""

from __future__ import annotations

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.render import render
from bot.chat.turn import Turn
from briefings.rows import BriefingStatus
from briefings.versions import current_briefing
from contacts.outbox import Button
from feeds.rows import Event


async def say_draft_open(turn: Turn, event: Event) -> None:
    """With the button that withdraws it; while approvers read it, how it comes back first."""
    briefing = await current_briefing(turn.session, event.id or 0)
    is_draft = briefing is not None and briefing.status is BriefingStatus.DRAFT
    rows = []
    if briefing is not None and is_draft:
        rows = [[Button(texts.WITHDRAW, data("drop", event.id, briefing.version))]]
    await turn.say(
        render(
            "coordinator/draft_open.html",
            is_draft=is_draft,
            kind=texts.BRIEFING_KINDS[briefing.kind] if briefing else "",
        ),
        rows,
    )
