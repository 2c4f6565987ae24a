"""Compares the confirmed facts of an event with the headlines of its reports."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.fact_view import FactView
from briefings.lint_headlines import folded, headline_facts
from feeds.events import items_of


async def headlines_in(session: AsyncSession, event_id: int, view: FactView) -> list[str]:
    """The confirmed facts that are a headline, or read as one."""
    titles = {folded(item.title) for item in await items_of(session, event_id)}
    return headline_facts([fact.text for fact in view.confirmed], titles)
