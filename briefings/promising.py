"""What readers were promised and still wait for: a closing text says that it will not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings import moments
from briefings.rows import Briefing, BriefingKind, covered
from briefings.versions import earlier_for, versions_of
from contacts.directory import Audience


def open_promises(earlier: Sequence[Briefing], *, now: datetime) -> Mapping[Audience, datetime]:
    """Per audience the update that it was promised last, as far as that is still to come. Pure.

    :param earlier: the versions that told somebody something, oldest first.
    """
    return {one: at for one, at in _promised(earlier).items() if at is not None and at > now}


def _promised(earlier: Sequence[Briefing]) -> dict[Audience, datetime | None]:
    promised: dict[Audience, datetime | None] = {}
    for version in earlier:
        if version.kind is BriefingKind.LOOK_BACK:  # its moment is that of a meeting
            continue
        closes = version.kind is BriefingKind.CLOSING
        promised |= dict.fromkeys(covered(version), None if closes else version.promised_at)
    return promised


async def due_of(
    session: AsyncSession, briefing: Briefing, send_before: datetime | None
) -> datetime | None:
    """When a version has to be out: the first one by the moment that somebody chose, an update
    when its readers were told that it comes; None for what waits for no moment."""
    if briefing.kind is BriefingKind.FIRST:
        return send_before
    if briefing.kind is not BriefingKind.UPDATE:
        return None
    earlier = earlier_for(briefing, await versions_of(session, briefing.event_id))
    mine = set(covered(briefing))
    found = [at for one, at in _promised(earlier).items() if at is not None and one in mine]
    return min(found, default=None)


async def lapsing(session: AsyncSession, briefing: Briefing) -> list[str]:
    """The promised moments that this text says will not be kept, in order; only a closing does."""
    if briefing.kind is not BriefingKind.CLOSING:
        return []
    earlier = earlier_for(briefing, await versions_of(session, briefing.event_id))
    # As it was when the text was written: that is what stands in it.
    found = open_promises(earlier, now=briefing.edited_at)
    return [moments.moment(at) for at in sorted(set(found.values()))]
