"""GRIP as a person enters it: it tightens approval at once, and is not loosened by one alone.

The machine never sets or infers it (signals guide §4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing, BriefingStatus
from briefings.versions import versions_of, void_submission
from contacts.journal import write_journal
from contacts.permissions import Actor, Permission, require
from contacts.records import StaleMove
from feeds.rows import RUNNING, Event

LEVELS = range(6)
#: a version in these was, or is about to be, judged by the rules of the level that holds now
UNDER_WAY = frozenset({BriefingStatus.SUBMITTED, BriefingStatus.APPROVED})


def judge_grip(event: Event, versions: Sequence[Briefing], actor: Actor, level: int) -> str | None:
    """Why this level is not kept, or None. Pure.

    :param versions: of the event; parts of one text may stand differently.

    ``not_running``, ``wrong_world``; lower than now: ``grip_handed_in`` (a version waits for
    approval or for its moment) and ``grip_second_person`` (the actor entered it).

    :raises ValueError: there is no such level.
    """
    if level not in LEVELS:
        raise ValueError(level)
    if actor.is_exercise != event.is_exercise:
        return "wrong_world"
    if event.status not in RUNNING:
        return "not_running"
    if level >= event.grip:
        return None
    if any(one.status in UNDER_WAY for one in versions):
        return "grip_handed_in"
    return "grip_second_person" if actor.person_id == event.grip_by else None


async def set_grip(
    session: AsyncSession, event: Event, level: int, actor: Actor, *, now: datetime
) -> str | None:
    """Keep the level, or say why not (as :func:`judge_grip`); the same level changes nothing.

    Higher than before voids a version that was handed in or waits for its moment: it was read
    under other rules. The caller drafts its texts again.

    :raises NotAllowed: the actor may not manage events.
    :raises ValueError: there is no such level.
    :raises contacts.records.StaleMove: somebody else entered another one meanwhile.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    before = event.grip
    refused = judge_grip(event, await versions_of(session, event.id), actor, level)
    if refused is not None or level == before:
        return refused
    done = await session.exec(
        update(Event)
        .where(col(Event.id) == event.id, col(Event.grip) == before, col(Event.status).in_(RUNNING))
        .values(grip=level, grip_by=actor.person_id)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise StaleMove(f"event {event.id}: GRIP is no longer {before}")
    await session.refresh(event)
    write_journal(
        session, who=actor.who, action="grip_set", subject=f"event:{event.id}",
        detail={"from": before, "to": level}, now=now,
    )  # fmt: skip
    if level > before:
        await void_submission(session, event.id, editor_id=actor.person_id, now=now)
    return None
