"""What a member sees of groups around an event: only who is in one and may be seen now.

A group is there as long as its event runs, whatever its row says; who does not let others see
them sees nobody either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelStatus, Domain, Organisation, Person
from contacts.outbox import DISTRIBUTED, Delivery, DeliveryStatus, Message
from contacts.permissions import Actor
from contacts.sealing import Sealer
from contacts.sharing import SharedContact, find_members, is_sharing, shared_contacts
from feeds.rows import RUNNING, Event
from signals import peer_texts, texts
from signals.feedback import shown_count
from signals.peer_rows import PeerGroup, PeerSeat, PeerStatus, SeatStatus


@dataclass(frozen=True, slots=True)
class MyGroup:
    """A group as one member sees it. ``members``: who is in it, without oneself; empty until
    the member is in it and lets others see them. ``others``: how many are in it."""

    id: int
    name: str
    event_id: int
    status: SeatStatus
    others: int
    asked: int
    members: tuple[SharedContact, ...]


@dataclass(frozen=True, slots=True)
class DeskGroup:
    """A group as the coordinators see it: that it is there, and how many of each domain."""

    name: str
    event_id: int
    domains: tuple[tuple[str, str], ...]


def name_of_group(group: PeerGroup, sealer: Sealer) -> str:
    """Own words, or what was chosen. Once it ended, or its key was lost, the words are gone."""
    own = group.name_sealed
    return sealer.unseal(own) if own and sealer.opens(own) else peer_texts.TOPICS[group.topic]


async def running_groups(
    session: AsyncSession, *, is_exercise: bool, group_id: int | None = None
) -> list[PeerGroup]:
    """Those of this world whose event still runs, by number; an event that was joined to
    another runs as that one does."""
    query = (
        select(PeerGroup, Event)
        .join(Event, col(Event.id) == col(PeerGroup.event_id))
        .where(
            col(PeerGroup.status) == PeerStatus.RUNNING,
            col(PeerGroup.is_exercise) == is_exercise,
        )
        .order_by(col(PeerGroup.id))
    )
    if group_id is not None:
        query = query.where(col(PeerGroup.id) == group_id)
    return [
        group
        for group, event in (await session.exec(query)).all()
        if (await _kept(session, event)).status in RUNNING
    ]


async def _kept(session: AsyncSession, event: Event) -> Event:
    while event.merged_into_id is not None:
        event = await session.get_one(Event, event.merged_into_id)
    return event


async def seat_of_actor(
    session: AsyncSession, group_id: int, actor: Actor
) -> tuple[PeerGroup, PeerSeat] | None:
    """A running group in which this member was asked once, with what they said; or None."""
    groups = await running_groups(session, is_exercise=actor.is_exercise, group_id=group_id)
    found = await session.exec(
        select(PeerSeat).where(
            col(PeerSeat.group_id) == group_id, col(PeerSeat.person_id) == actor.person_id
        )
    )
    seat = found.first()
    return (groups[0], seat) if groups and seat is not None else None


async def my_groups(session: AsyncSession, actor: Actor, *, sealer: Sealer) -> list[MyGroup]:
    """The running groups of which this member is, or into which they were asked."""
    groups = await running_groups(session, is_exercise=actor.is_exercise)
    found = await session.exec(
        select(PeerSeat)
        .where(col(PeerSeat.group_id).in_([group.id for group in groups]))
        .order_by(col(PeerSeat.id))
    )
    seats: dict[int, list[PeerSeat]] = {}
    for seat in found.all():
        seats.setdefault(seat.group_id, []).append(seat)
    is_seen = await is_sharing(session, actor.person_id)
    mine = []
    for group in groups:
        here = seats.get(group.id or 0, [])
        own = next((seat for seat in here if seat.person_id == actor.person_id), None)
        if own is None or own.status not in (SeatStatus.ASKED, SeatStatus.IN):
            continue
        mine.append(await _my_group(session, group, own, here, is_seen=is_seen, sealer=sealer))
    return mine


async def _my_group(
    session: AsyncSession,
    group: PeerGroup,
    own: PeerSeat,
    seats: Sequence[PeerSeat],
    *,
    is_seen: bool,
    sealer: Sealer,
) -> MyGroup:
    inside = [s.person_id for s in seats if s.status is SeatStatus.IN and s is not own]
    seen = await shared_contacts(session, inside)
    shows = is_seen and own.status is SeatStatus.IN
    return MyGroup(
        id=group.id or 0,
        name=name_of_group(group, sealer),
        event_id=group.event_id,
        status=own.status,
        others=len(seen),
        asked=sum(seat.status is SeatStatus.ASKED for seat in seats),
        members=tuple(seen[ident] for ident in inside if ident in seen) if shows else (),
    )


async def people_to_ask(
    session: AsyncSession, group: PeerGroup, domain: Domain, actor: Actor
) -> list[SharedContact]:
    """Of a domain who let others find them, got something about the event, and were not asked."""
    found = await find_members(
        session, domain, asker_id=actor.person_id, is_exercise=actor.is_exercise
    )
    may_be = await may_be_asked(session, group, [one.person_id for one in found])
    return [one for one in found if one.person_id in may_be]


async def may_be_asked(
    session: AsyncSession, group: PeerGroup, people: Collection[int]
) -> set[int]:
    """Of these people whose organisation got something about the event, who were not asked, and
    whom an invitation reaches: who hears nothing is not asked, and can be asked later."""
    reached = (
        select(Delivery.organisation_id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.event_id) == group.event_id,
            col(Message.kind).in_(DISTRIBUTED),
            col(Delivery.status) == DeliveryStatus.SENT,
        )
    )
    asked = select(PeerSeat.person_id).where(col(PeerSeat.group_id) == group.id)
    found = await session.exec(
        select(Person.id).where(
            col(Person.id).in_(people),
            col(Person.organisation_id).in_(reached),
            col(Person.id).not_in(asked),
            col(Person.id).in_(
                select(Channel.person_id).where(col(Channel.status) == ChannelStatus.ACTIVE)
            ),
        )
    )
    return {ident for ident in found.all() if ident is not None}


async def groups_for_desk(
    session: AsyncSession, *, is_exercise: bool, sealer: Sealer
) -> list[DeskGroup]:
    """The running groups with how many of each domain are in them; small counts hidden."""
    groups = await running_groups(session, is_exercise=is_exercise)
    counts = await _domains_of(session, [group.id or 0 for group in groups])
    return [
        DeskGroup(
            name_of_group(group, sealer),
            group.event_id,
            tuple(
                (texts.DOMAINS[domain], shown_count(counts[group.id or 0, domain]))
                for domain in Domain
                if counts[group.id or 0, domain]
            ),
        )
        for group in groups
    ]


async def _domains_of(
    session: AsyncSession, groups: Sequence[int]
) -> Mapping[tuple[int, Domain], int]:
    found = await session.exec(
        select(PeerSeat.group_id, Organisation.domain, func.count())
        .join(Person, col(Person.id) == col(PeerSeat.person_id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(PeerSeat.group_id).in_(groups),
            col(PeerSeat.status) == SeatStatus.IN,
            col(Person.left_at).is_(None),
        )
        .group_by(col(PeerSeat.group_id), col(Organisation.domain))
    )
    return Counter({(group, Domain(domain)): count for group, domain, count in found.all()})
