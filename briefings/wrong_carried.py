"""Which texts that went out held what a correction puts right, and when it was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import escape
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.capitals import with_capital
from briefings.rows import Briefing, BriefingKind, BriefingText, Fact, covered
from briefings.sheets import History, told_at
from briefings.versions import begun_at, earlier_for, went_out
from contacts.directory import Audience

_TELLS_OF = (BriefingKind.CORRECTION, BriefingKind.RETRACTION)


async def with_wrong(
    session: AsyncSession,
    history: History,
    briefing: Briefing,
    versions: Sequence[Briefing],
    *,
    now: datetime,
) -> History:
    """The history with what a correction or a retraction tells of the texts before it; others: as
    it was."""
    if briefing.kind not in _TELLS_OF or history.before is None:
        return history
    begun = begun_at(briefing, versions)
    first = history.before
    later = [
        one
        for one in earlier_for(briefing, versions)
        if one.version > first.version and went_out(one, now=now)
    ]
    if briefing.kind is BriefingKind.RETRACTION:
        # It speaks of one text: the first that its reader had.
        return replace(history, named=_named([first, *later], most=1))
    said = await _saying(session, later, await _taken_out(session, briefing.event_id, begun))
    carried = [first, *(one for one in later if one.id in said)]
    return replace(
        history, begun=begun, carried=tuple(told_at(one) for one in carried), named=_named(carried)
    )


def _named(
    versions: Sequence[Briefing], *, most: int | None = None
) -> Mapping[Audience, tuple[datetime, ...]]:
    """When each audience was sent those of these texts that were for it. Pure."""
    return {
        audience: tuple(told_at(one) for one in versions if audience in covered(one))[:most]
        for audience in Audience
    }


async def _taken_out(session: AsyncSession, event_id: int, begun: datetime) -> list[str]:
    """The wrong sentences as they stand in a text. Words that are no fact leave no trace."""
    found = await session.exec(
        select(Fact.text).where(col(Fact.event_id) == event_id, col(Fact.withdrawn_at) >= begun)
    )
    return [str(escape(with_capital(text))) for text in found.all()]


async def _saying(
    session: AsyncSession, versions: Sequence[Briefing], sentences: Sequence[str]
) -> set[int]:
    """The ids of the versions that say one of the sentences in a full text."""
    if not versions or not sentences:
        return set()
    found = await session.exec(
        select(BriefingText.briefing_id, BriefingText.html).where(
            col(BriefingText.briefing_id).in_([version.id for version in versions])
        )
    )
    return {id_ for id_, html in found.all() if any(sentence in html for sentence in sentences)}
