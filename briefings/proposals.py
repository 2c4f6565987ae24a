"""Sentences from the news that may be taken over into the fact block, by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.fact_rules import tidy
from briefings.facts import facts_of
from briefings.lint import blocking, lint_sentence
from feeds.events import items_of

MOST_PROPOSALS = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence from the news, to be taken over as not yet confirmed by a person."""

    text: str
    source_name: str
    source_at: datetime
    source_link: str


async def proposals(session: AsyncSession, event_id: int) -> list[Proposal]:
    """Sentences from the news about this event that are not in the block yet, newest first.

    Titles come with names masked; one that still shows a person or breaks a block rule is
    left out.
    """
    view = await facts_of(session, event_id)
    taken = {fact.text.lower() for fact in (*view.confirmed, *view.unconfirmed, *view.denied)}
    offered: dict[str, Proposal] = {}
    for item in await items_of(session, event_id):
        line = tidy(item.title)
        if line.lower() not in taken and _is_presentable(line):
            at = item.published_at or item.first_seen_at
            offered.setdefault(line.lower(), Proposal(line, item.source_name, at, item.link))
    newest = sorted(offered.values(), key=lambda proposal: proposal.source_at, reverse=True)
    return newest[:MOST_PROPOSALS]


def _is_presentable(line: str) -> bool:
    from signals.person_filter import screen

    return not blocking(lint_sentence(line)) and not screen(line).blocked
