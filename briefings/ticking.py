"""A person ticks a step of the timetable, or an organisation that was rung beforehand.

Kept are the moment, who and in which role; never a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.clock_rows import FirstCall, StepTick
from briefings.steps import Step
from briefings.timetable import BY_HAND, SKIPPABLE
from contacts.directory import Organisation, Role
from contacts.former_names import named_like
from contacts.journal import note_dropped, write_journal
from contacts.permissions import Actor, Permission, require
from feeds.rows import Event, EventStatus

#: the role under which somebody acts, when there are several
_ROLES = (Role.COORDINATOR, Role.APPROVER)
#: which organisations an event touched is not kept longer than this after its end
KEEP_CALLS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ToRing:
    """A line of the list *vooraf bellen*. ``phone`` is the organisation's, empty when unknown."""

    id: int
    organisation_id: int
    name: str
    phone: str
    called_at: datetime | None


def role_of(actor: Actor) -> Role:
    """In which role somebody ticks. Pure."""
    return next((role for role in _ROLES if role in actor.roles), Role.MEMBER)


async def tick_step(
    session: AsyncSession,
    event: Event,
    step: Step,
    actor: Actor,
    *,
    now: datetime,
    is_needed: bool = True,
) -> bool:
    """Tick a step as done, or as not needed; False when it was ticked so already.

    :raises NotAllowed: the actor may not manage events.
    :raises ValueError: the step follows from what is written down, or may not be left out.
    """
    require(actor, Permission.MANAGE_EVENT)
    if step not in (BY_HAND if is_needed else SKIPPABLE):
        raise ValueError(step)
    assert event.id is not None
    tick = await _tick(session, event.id, step)
    if tick is not None and tick.is_needed == is_needed:
        return False
    if tick is not None:
        await session.delete(tick)
        await session.flush()
    session.add(
        StepTick(
            event_id=event.id, step=step, is_needed=is_needed, done_at=now,
            done_by=actor.person_id, role=role_of(actor), is_exercise=event.is_exercise,
        )
    )  # fmt: skip
    if step is Step.CALL_FIRST:
        _note_rung(session, event, now if is_needed else None)
    _journal(session, "step_ticked", event, actor, now, step=step.value, is_needed=is_needed)
    await session.flush()
    return True


async def untick_step(
    session: AsyncSession, event: Event, step: Step, actor: Actor, *, now: datetime
) -> bool:
    """Take a person's tick back; False when there is none.

    :raises NotAllowed: the actor may not manage events.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    tick = await _tick(session, event.id, step)
    if tick is None:
        return False
    await session.delete(tick)
    if step is Step.CALL_FIRST:
        _note_rung(session, event, None)
    _journal(session, "step_unticked", event, actor, now, step=step.value)
    await session.flush()
    return True


def _note_rung(session: AsyncSession, event: Event, at: datetime | None) -> None:
    """On the event itself, for whoever measures the evening afterwards."""
    event.called_first_at = at
    session.add(event)


async def _tick(session: AsyncSession, event_id: int, step: Step) -> StepTick | None:
    found = await session.exec(
        select(StepTick).where(col(StepTick.event_id) == event_id, col(StepTick.step) == step)
    )
    return found.first()


async def calls_first(session: AsyncSession, event_id: int) -> list[ToRing]:
    """Whom to ring before anything is sent, by name."""
    found = await session.exec(
        select(FirstCall, Organisation)
        .join(Organisation, col(Organisation.id) == col(FirstCall.organisation_id))
        .where(col(FirstCall.event_id) == event_id)
        .order_by(col(Organisation.name))
    )
    return [
        ToRing(call.id or 0, organisation.id or 0, organisation.name, organisation.phone or "",
               call.called_at)
        for call, organisation in found.all()
    ]  # fmt: skip


async def not_listed(
    session: AsyncSession, event: Event, *, most: int, search: str = "", skip: int = 0
) -> list[tuple[int, str]]:
    """(number, name) of organisations that may still be put on the list, by name."""
    listed = select(FirstCall.organisation_id).where(col(FirstCall.event_id) == event.id)
    found = await session.exec(
        select(Organisation.id, Organisation.name)
        .where(
            col(Organisation.is_exercise) == event.is_exercise,
            col(Organisation.id).not_in(listed),
            named_like(search),
        )
        .order_by(col(Organisation.name), col(Organisation.id))
        .offset(skip)
        .limit(most)
    )
    return [(ident, name) for ident, name in found.all() if ident is not None]


async def choose_calls(
    session: AsyncSession,
    event: Event,
    organisation_ids: Sequence[int],
    actor: Actor,
    *,
    now: datetime,
) -> int:
    """Put organisations on the list; returns how many are new. Others of the same world only.

    :raises NotAllowed: the actor may not manage events.
    :raises LookupError: one of them does not exist in this world.
    """
    require(actor, Permission.MANAGE_EVENT)
    assert event.id is not None
    wanted = set(organisation_ids)
    known = await session.exec(
        select(Organisation.id).where(
            col(Organisation.id).in_(wanted), col(Organisation.is_exercise) == event.is_exercise
        )
    )
    if wanted - set(known.all()):
        raise LookupError("no such organisation")
    listed = await session.exec(
        select(FirstCall.organisation_id).where(col(FirstCall.event_id) == event.id)
    )
    new = sorted(wanted - set(listed.all()))
    session.add_all(
        FirstCall(
            event_id=event.id, organisation_id=ident, added_at=now, is_exercise=event.is_exercise
        )
        for ident in new
    )
    if new:
        # Which ones stands in the list, which is wiped; the journal is not.
        _journal(session, "first_calls_listed", event, actor, now, organisations=len(new))
        await session.flush()
    return len(new)


async def tick_call(
    session: AsyncSession,
    event: Event,
    call_id: int,
    actor: Actor,
    *,
    now: datetime,
    is_called: bool = True,
) -> bool:
    """An organisation was rung, or was not after all; False when it stood so already.

    :raises NotAllowed: the actor may not manage events.
    :raises LookupError: it is not on the list of this event.
    """
    require(actor, Permission.MANAGE_EVENT)
    call = await session.get(FirstCall, call_id)
    if call is None or call.event_id != event.id:
        raise LookupError("not on the list")
    if (call.called_at is not None) == is_called:
        return False
    call.called_at = now if is_called else None
    call.called_by = actor.person_id if is_called else None
    call.role = role_of(actor) if is_called else None
    session.add(call)
    await session.flush()
    open_calls = await session.exec(
        select(FirstCall.id).where(
            col(FirstCall.event_id) == event.id, col(FirstCall.called_at).is_(None)
        )
    )
    _note_rung(session, event, None if open_calls.first() else now)
    action = "first_call_ticked" if is_called else "first_call_unticked"
    _journal(session, action, event, actor, now)
    await session.flush()
    return True


async def drop_calls(session: AsyncSession, *, now: datetime) -> int:
    """Forget whom events touched that were closed a while ago; returns how many lines."""
    over = select(Event.id).where(
        col(Event.status) == EventStatus.CLOSED, col(Event.closed_at) <= now - KEEP_CALLS
    )
    dropped = await session.exec(
        delete(FirstCall)
        .where(col(FirstCall.event_id).in_(over))
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, dropped.rowcount, "first_calls_dropped", "event", now, of="lines")


def _journal(
    session: AsyncSession, action: str, event: Event, actor: Actor, now: datetime, **detail: object
) -> None:
    write_journal(
        session, who=actor.who, action=action, subject=f"event:{event.id}", detail=detail, now=now
    )
