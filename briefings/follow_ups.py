"""What comes later and is planned: of an arrest the release or the verdict (guide §7, rule 6).

It goes to the same list as the first text, with the words of its own kind of event.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.clock_rows import FollowUp
from briefings.event_kinds import kind_of
from briefings.steps import Step
from briefings.ticking import untick_step
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from feeds.rows import Event


def follow_up_kind(event: Event) -> str:
    """The lexicon id whose words fit the follow-up; empty when none is offered. Pure."""
    return kind_of(event.type).follow_up


async def set_follow_up(
    session: AsyncSession, event: Event, day: date | None, actor: Actor, *, now: datetime
) -> bool:
    """Plan the follow-up on a day, or (None) no longer; False when that is so already.

    Another day is another follow-up: a tick of the one before is taken back.

    :raises NotAllowed: the actor may not manage events.
    :raises ValueError: this kind of event has none.
    """
    require(actor, Permission.MANAGE_EVENT)
    if not follow_up_kind(event):
        raise ValueError(event.type)
    assert event.id is not None
    planned = await session.get(FollowUp, event.id)
    if (planned.day if planned else None) == day:
        return False
    await untick_step(session, event, Step.FOLLOW_UP, actor, now=now)
    if planned is not None:
        await session.delete(planned)
        await session.flush()
    if day is not None:
        session.add(FollowUp(event_id=event.id, day=day, set_by=actor.person_id, set_at=now))
    write_journal(
        session, who=actor.who, action="follow_up_set", subject=f"event:{event.id}",
        detail={"is_planned": day is not None}, now=now,
    )  # fmt: skip
    await session.flush()
    return True
