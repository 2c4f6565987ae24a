"""Whom the alert of an exercise went to: how many of which role, and nobody by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.machine import machine_people
from bot.exercise.pace import minute_at
from bot.exercise.rows import Exercise
from bot.exercise.scoring import Part, Rung
from contacts.directory import Role, RoleGrant
from contacts.outbox import Delivery, DeliveryAct, DeliveryStatus, Message, MessageKind
from contacts.rota import RotaPlace, Turn, holder
from contacts.rota_keeping import turns_of
from feeds.rows import Event


async def rung_of(
    session: AsyncSession, exercise: Exercise, event: Event | None
) -> tuple[Rung, ...]:
    """Each time that the alert of this event rang, the first one first."""
    if event is None:
        return ()
    sent = await _sent(session, event)
    people = {person for rows in sent.values() for person in rows}
    roles = await _roles(session, people)
    machine = {one.id or 0 for one in await machine_people(session)}
    turns = await turns_of(session, is_exercise=True)
    return tuple(
        Rung(
            minute_at(exercise, at),
            dict(Counter(_part(one, roles[one], machine, turns, at).value for one in rows)),
            sum(states == {DeliveryStatus.FAILED} for states in rows.values()),
        )
        for (_, at), rows in sent.items()
    )


async def _sent(
    session: AsyncSession, event: Event
) -> dict[tuple[int, datetime], dict[int, set[DeliveryStatus]]]:
    """By message and its moment: each person once, with how it went over all their addresses."""
    found = await session.exec(
        select(Message.id, Message.created_at, Delivery.person_id, Delivery.status)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Message.event_id) == event.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.person_id).is_not(None),
            col(Delivery.status) != DeliveryStatus.CANCELLED,
        )
        .order_by(col(Message.id), col(Delivery.id))
    )
    sent: dict[tuple[int, datetime], dict[int, set[DeliveryStatus]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for number, at, person, status in found.all():
        if number is not None and person is not None:
            sent[number, at][person].add(DeliveryStatus(status))
    return sent


async def _roles(session: AsyncSession, people: Collection[int]) -> dict[int, set[Role]]:
    found = await session.exec(
        select(RoleGrant.person_id, RoleGrant.role).where(col(RoleGrant.person_id).in_(people))
    )
    roles: dict[int, set[Role]] = defaultdict(set)
    for person, role in found.all():
        roles[person].add(Role(role))
    return roles


def _part(
    person: int, roles: Collection[Role], machine: Collection[int], turns: Sequence[Turn],
    at: datetime,
) -> Part:  # fmt: skip
    """Pure."""
    if person in machine:
        return Part.MACHINE
    for place, part in ((RotaPlace.DUTY, Part.DUTY), (RotaPlace.BACKUP, Part.BACKUP)):
        on = holder(turns, place, at)
        if on is not None and on.person_id == person:
            return part
    if Role.COORDINATOR in roles:
        return Part.COORDINATOR
    return Part.APPROVER if Role.APPROVER in roles else Part.OTHER
