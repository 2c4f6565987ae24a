"""Whom an alert goes to: who has duty first, and when nobody reacts everybody.

Without a rota, in a gap, and when whoever has duty cannot be reached, everybody gets it at once:
a rota can make an alert reach fewer people for ten minutes, and never nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.render import render
from bot.settings import RotaSettings
from contacts.directory import Channel, ChannelStatus, Person, Role
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.pauses import silent_kinds
from contacts.permissions import people_with
from contacts.quiet import hold_back, quiet_ends
from contacts.rota import RotaPlace, first_called, holder
from contacts.rota_keeping import may_stand, turns_of
from contacts.sending import tell_people
from feeds.rows import Event

ALL = "allen"


async def in_order(
    session: AsyncSession, event: Event, rota: RotaSettings, *, now: datetime
) -> list[Sequence[Person]]:
    """Whom to try for an alert; the first group of which anybody has a channel gets it."""
    groups: list[Sequence[Person]] = []
    # Who was passed over once heard it with all the others, and so does what comes of it.
    if rota.first != ALL and event.escalated_at is None:
        groups.append(await on_duty(session, event, now=now))
    groups += [
        await people_with(session, role, is_exercise=event.is_exercise)
        for role in (Role.COORDINATOR, Role.APPROVER)
    ]
    return [one for one in groups if one]


async def on_duty(session: AsyncSession, event: Event, *, now: datetime) -> list[Person]:
    """Who gets this alert before the others; nobody when it is for everybody at once."""
    turns = await turns_of(session, is_exercise=event.is_exercise)
    if not turns:
        return []
    known = await may_stand(session, RotaPlace.DUTY, is_exercise=event.is_exercise)
    awake = await reachable(session, known.values(), now=now, severity=event.suggested_severity)
    chosen = first_called(turns, awake, at=now)
    return [known[number] for number in chosen]


async def reachable(
    session: AsyncSession,
    people: Iterable[Person],
    *,
    now: datetime,
    severity: int = 5,
    minds_pauses: bool = True,
) -> set[int]:
    """Who of them hears an alert now: by a channel that works, and outside quiet hours that
    would hold it back.

    :param minds_pauses: False: a channel that is silent for a while counts as one that works.
    """
    awake = {
        person.id or 0
        for person in people
        if severity >= URGENT_SEVERITY
        or quiet_ends(person.quiet_from, person.quiet_until, now) is None
    }
    silent = await silent_kinds(session, now=now, however_short=True) if minds_pauses else ()
    found = await session.exec(
        select(Channel.person_id).where(
            col(Channel.person_id).in_(awake),
            col(Channel.status) == ChannelStatus.ACTIVE,
            col(Channel.kind).not_in(silent),
        )
    )
    return set(found.all())


async def alert(
    session: AsyncSession, event: Event, people: Sequence[Person], content: Content, *,
    now: datetime,
) -> list[Delivery]:  # fmt: skip
    """The alert of this event to these people; who asked for the morning gets it then."""
    deliveries = await tell_people(
        session,
        people,
        content,
        kind=MessageKind.ALERT,
        event_id=event.id,
        severity=event.suggested_severity,
        is_exercise=event.is_exercise,
        now=now,
    )
    if deliveries:
        await hold_back(session, await session.get_one(Message, deliveries[0].message_id), now=now)
    return deliveries


async def escalate(session: AsyncSession, event: Event, content: Content, *, now: datetime) -> None:
    """Nobody reacted in time: the approvers get the alert, and so does every coordinator who did
    not. Who is the back-up of this hour is named first."""
    coordinators = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
    had = await _who_had_it(session, event)
    by_rota = await _backup_now(session, event, had, now=now)
    known = {person.id for person in coordinators}
    approvers = await people_with(session, Role.APPROVER, is_exercise=event.is_exercise)
    backups = _once([by_rota] if by_rota else [], [one for one in approvers if one.id not in known])
    to = _once(backups, [one for one in coordinators if one.id not in had])
    told = await alert(session, event, to, content, now=now)
    if backups and not told:
        # They have no channel now; the next round tries again.
        return
    event.escalated_at = now
    session.add(event)
    note = render(
        "coordinator/escalated.html", event=event, backups=len(backups),
        by_rota=by_rota.name if by_rota else "",
    )  # fmt: skip
    await tell_people(
        session,
        _once(coordinators, backups),
        Content(telegram=TelegramForm(text=note)),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        is_exercise=event.is_exercise,
        now=now,
    )


async def _backup_now(
    session: AsyncSession, event: Event, had: set[int], *, now: datetime
) -> Person | None:
    """The back-up that the rota names for this hour; not who had the alert before."""
    turns = await turns_of(session, is_exercise=event.is_exercise)
    turn = holder(turns, RotaPlace.BACKUP, now)
    if turn is None or turn.person_id in had:
        return None
    known = await may_stand(session, RotaPlace.BACKUP, is_exercise=event.is_exercise)
    return known.get(turn.person_id)


async def _who_had_it(session: AsyncSession, event: Event) -> set[int]:
    """Whom this alert went to since it rang."""
    found = await session.exec(
        select(Delivery.person_id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Message.event_id) == event.id,
            col(Message.created_at) >= event.alerted_at,
            col(Delivery.act) == DeliveryAct.SEND,
        )
    )
    return {number for number in found.all() if number is not None}


def _once(*groups: Sequence[Person]) -> list[Person]:
    """Everybody of these groups, each once, in order. Pure."""
    return list({one.id: one for group in groups for one in group}.values())
