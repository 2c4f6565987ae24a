"""Errors that readers still have, on the first page. No writes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.console import texts
from bot.console.needs import Need, title_of
from bot.evening.texts import MISLED
from briefings.open_errors import count_misled
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.permissions import Permission
from contacts.texts import counted
from feeds.rows import RUNNING, Event


async def misled(session: AsyncSession, titles: Mapping[int, str]) -> list[Need]:
    """One for each running event whose correction was begun and never went."""
    found = await session.exec(
        select(Event, Briefing)
        .join(Briefing, col(Briefing.event_id) == col(Event.id))
        .where(
            col(Event.status).in_(RUNNING),
            col(Briefing.kind) == BriefingKind.CORRECTION,
            col(Briefing.status) == BriefingStatus.WITHDRAWN,
        )
        .order_by(col(Briefing.id))
    )
    needs = []
    for event, briefing in {event.id: (event, one) for event, one in found.all()}.values():
        if count := await count_misled(session, event):
            need = Need(
                what=counted(MISLED, count),
                detail=title_of(titles, event.id),
                by=texts.SINCE,
                due=briefing.edited_at,
                event_id=event.id,
                is_exercise=event.is_exercise,
                page="teksten",
                acts=Permission.MANAGE_EVENT,
            )
            needs.append(need)
    return needs
