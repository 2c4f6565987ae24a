"""Compares the confirmed facts of an event with the headlines of its reports."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.fact_view import FactView
from briefings.lint import Remark
from briefings.lint_headlines import folded, headline_remarks


async def headlines_in(session: AsyncSession, event_id: int, view: FactView) -> list[Remark]:
    """A remark for each confirmed fact that is a headline, or reads as one."""
    from feeds.events import items_of

    titles = {folded(item.title) for item in await items_of(session, event_id)}
    return headline_remarks([fact.text for fact in view.confirmed], titles)
