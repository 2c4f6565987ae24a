"""What became of texts that somebody approves, or sends back, once more: who did what, and when."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.approved import Stand, standing
from briefings.approval_rules import is_same
from briefings.endings import how_it_ended
from briefings.moments import moment
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import versions_of
from contacts.directory import Person
from contacts.permissions import Actor


async def decided_version(session: AsyncSession, event_id: int, seen: str) -> Briefing | None:
    """The version that somebody read, when it does not lie with the approvers any more: that with
    this hash, else the newest of the event. None while what was read still waits.

    :param seen: the hash on the page; empty where it shows none.
    """
    versions = (await versions_of(session, event_id))[::-1]
    same = [one for one in versions if is_same(seen, one.content_hash)]
    found = same or versions
    if not found or found[0].status is BriefingStatus.SUBMITTED:
        return None
    return found[0]


async def became_of(
    session: AsyncSession, briefing: Briefing, actor: Actor, *, now: datetime
) -> str:
    """In one or two sentences, for who decides about it too late."""
    if briefing.approved_at is not None:
        return approved_texts.APPROVED_BY.format(
            who=await _who(session, briefing.approved_by, actor),
            at=moment(briefing.approved_at),
            state=await _state(session, briefing, now=now),
        ).strip()
    ended = await how_it_ended(session, briefing)
    if ended is None:
        return texts.REFUSALS["not_submitted"]
    return approved_texts.TAKEN_FROM_APPROVERS[ended.end].format(
        who=await _who(session, ended.person_id, actor), at=moment(ended.at)
    )


async def _state(session: AsyncSession, briefing: Briefing, *, now: datetime) -> str:
    values = await standing(session, briefing, now=now)
    stand = values["stand"]
    if values["said"]:
        return str(values["said"])
    if stand is Stand.WAITS and briefing.send_at is not None:
        return approved_texts.GOES_AT.format(at=moment(briefing.send_at))
    if stand is Stand.GOES:
        return approved_texts.ON_ITS_WAY if values["planned"] else approved_texts.IS_SENT
    return approved_texts.STANDS.get(stand, "")


async def _who(session: AsyncSession, person_id: int | None, actor: Actor) -> str:
    if person_id == actor.person_id:
        return approved_texts.YOU
    person = await session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else approved_texts.SOMEBODY
