"""Promises to reporters that are at risk or broken reach a person: each one once per step.

Not read in time: coordinators and duiders. No outcome in time: coordinators, and a working
day later the back-up. Who told something hears when it takes longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_those
from bot.event_names import name_of
from contacts.directory import Person, Role
from contacts.permissions import Permission, people_with
from contacts.sealing import Sealer
from feeds.rows import Event
from signals import texts as labels
from signals.assessing import Rise, mark_prompted, rises
from signals.promises import (
    late_signals,
    later_still,
    mark_backup_told,
    mark_overdue_told,
    mark_unread_told,
    send_interims,
    unread_signals,
)
from signals.rows import Signal
from signals.settings import SignalSettings

#: who reads signals, and who stands in when they do not answer
READERS = (Role.COORDINATOR, Role.INTERPRETER)
BACK_UP = (Role.APPROVER,)


async def remind_of_signals(
    session: AsyncSession, settings: SignalSettings, *, sealer: Sealer, now: datetime
) -> None:
    """One sweep over all promises, in the caller's transaction.

    What nobody could be told of stays unmarked, and comes again with the next sweep.
    """
    await send_interims(session, sealer=sealer, now=now)
    for signals in _worlds(await unread_signals(session, now=now)):
        if await _tell(session, "coordinator/unread.html", signals, READERS, now=now):
            await mark_unread_told(session, signals, now=now)
    for signals in _worlds(await late_signals(session, now=now)):
        if await _tell(session, "coordinator/overdue.html", signals, READERS[:1], now=now):
            await mark_overdue_told(session, signals, sealer=sealer, now=now)
    for rise in await rises(session, settings.phases, now=now):
        if await _tell_rise(session, rise, now=now):
            await mark_prompted(session, rise, now=now)
    for signals in _worlds(await later_still(session, settings, now=now)):
        if await _tell(
            session, "coordinator/overdue_backup.html", signals, BACK_UP, now=now, needing=None
        ):
            await mark_backup_told(session, signals, now=now)


def _worlds(signals: Sequence[Signal]) -> list[list[Signal]]:
    """Exercise and real apart; an empty one is left out. Pure."""
    worlds = ([s for s in signals if s.is_exercise is is_exercise] for is_exercise in (False, True))
    return [world for world in worlds if world]


async def _tell(
    session: AsyncSession,
    template: str,
    signals: Sequence[Signal],
    roles: Sequence[Role],
    *,
    now: datetime,
    needing: Permission | None = Permission.READ_SIGNALS,
) -> bool:
    """Tell everybody with one of these roles, each person once; whether anybody could be."""
    is_exercise = signals[0].is_exercise
    told = await tell_those(
        session,
        await readers_of(session, roles, is_exercise=is_exercise, needing=needing),
        template,
        is_exercise=is_exercise,
        now=now,
        count=len(signals),
        due=min(signal.read_due_at or signal.answer_due_at for signal in signals),
        oldest=min(signal.received_at for signal in signals),
    )
    return bool(told)


async def readers_of(
    session: AsyncSession,
    roles: Sequence[Role],
    *,
    is_exercise: bool,
    needing: Permission | None = Permission.READ_SIGNALS,
) -> list[Person]:
    """Everybody with one of these roles who may do that, each person once."""
    people: dict[int | None, Person] = {}
    for role in roles:
        for person in await people_with(session, role, is_exercise=is_exercise, needing=needing):
            people.setdefault(person.id, person)
    return list(people.values())


async def _tell_rise(session: AsyncSession, rise: Rise, *, now: datetime) -> bool:
    """The counts point a step higher: a person looks and decides; nothing else happens by it."""
    event = None if rise.event_id is None else await session.get(Event, rise.event_id)
    told = await tell_those(
        session,
        await readers_of(session, READERS, is_exercise=rise.is_exercise),
        "coordinator/phase_rise.html",
        is_exercise=rise.is_exercise,
        now=now,
        phase=labels.PHASES[rise.proposal.phase],
        why=labels.phase_reasons(rise.proposal.reasons),
        event=await name_of(session, event) if event else "",
    )
    return bool(told)
