"""Roles that nobody plays are played by the machine: made-up partners and an approver.

They have an address that cannot exist; what goes there never meets the network. A made-up
partner reads a while after it came, the approver approves what may be approved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening import approving, questions
from bot.exercise import machine_texts as texts
from bot.exercise.current import running_exercise
from bot.exercise.nowhere import NOWHERE
from bot.exercise.rows import Exercise, SeatRole
from briefings.approval import ApprovalRefused, approve
from briefings.rows import Briefing, BriefingStatus
from briefings.settings import BriefingSettings
from contacts.arrival import acknowledge
from contacts.directory import Audience, Channel, ChannelKind, Domain, Organisation, Person, Role
from contacts.journal import SYSTEM
from contacts.outbox import (
    DISTRIBUTED,
    Acknowledgement,
    AcknowledgementKind,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
)
from contacts.people import grant, open_channel
from contacts.permissions import load_actor
from contacts.records import Database
from feeds.rows import Event

#: minutes of the exercise after which the machine acts
APPROVES_AFTER, READS_AFTER = 5.0, 8.0
#: at most so many reads a tick
MOST = 50
AUDIENCES: dict[Domain, Audience] = {
    Domain.SAFETY: Audience.POLICE_DISTRICT,
    Domain.CARE_WELFARE: Audience.YOUTH_WORK,
    Domain.EDUCATION: Audience.TEACHER_VO_MBO,
    Domain.CIVIL: Audience.RELIGIOUS_CULTURAL,
}


async def seat_machine(
    session: AsyncSession, exercise: Exercise, roles: Collection[SeatRole], *, now: datetime
) -> None:
    """The machine plays these roles from now on; it never leads."""
    if SeatRole.READER in roles:
        for domain in AUDIENCES:
            await made_up_partner(session, exercise, domain, now=now)
    if SeatRole.APPROVER in roles:
        person = await _person(session, exercise, Domain.MUNICIPALITY, now=now)
        await grant(session, person.id or 0, Role.APPROVER, who=SYSTEM, now=now)


async def made_up_partner(
    session: AsyncSession, exercise: Exercise, domain: Domain, *, now: datetime
) -> Person:
    """Somebody of an organisation that does not exist, in this domain."""
    return await _person(session, exercise, domain, now=now)


async def _person(
    session: AsyncSession, exercise: Exercise, domain: Domain, *, now: datetime
) -> Person:
    name = texts.ORGANISATION.format(domain=texts.DOMAINS[domain])
    found = await session.exec(select(Organisation).where(col(Organisation.name) == name))
    organisation = found.first()
    if organisation is None:
        organisation = Organisation(name=name, domain=domain, is_exercise=True, created_at=now)
        session.add(organisation)
        await session.flush()
    here = await session.exec(
        select(Person).where(
            col(Person.organisation_id) == organisation.id, col(Person.left_at).is_(None)
        )
    )
    if (known := here.first()) is not None:
        return known
    audience = AUDIENCES.get(domain)
    person = Person(
        organisation_id=organisation.id or 0, name=texts.NAME,
        audiences=[audience.value] if audience else [], is_exercise=True, created_at=now,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    address = f"{domain.value}-{exercise.id}{NOWHERE}"
    await open_channel(session, person, ChannelKind.EMAIL, address, rank=0, now=now)
    return person


async def machine_people(session: AsyncSession) -> Sequence[Person]:
    """Everybody the machine plays now."""
    found = await session.exec(
        select(Person)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Person.is_exercise), col(Person.left_at).is_(None),
            col(Channel.address).endswith(NOWHERE, autoescape=True),
        )
        .order_by(col(Person.id))
    )  # fmt: skip
    return found.all()


async def play_along(db: Database, settings: BriefingSettings, *, now: datetime) -> int:
    """What the machine does in this minute; returns how many acts."""
    async with db.read() as session:
        exercise = await running_exercise(session)
        if exercise is None or not await machine_people(session):
            return 0
    async with db.begin() as session:
        people = await machine_people(session)
        acts = await _read(session, people, now - _real(exercise, READS_AFTER), now=now)
        late = now - _real(exercise, APPROVES_AFTER)
        for person in people:
            acts += await _approve(session, person, settings, late, now=now)
    return acts


def _real(exercise: Exercise, minutes: float) -> timedelta:
    """Minutes of the exercise on a clock. Pure."""
    return timedelta(minutes=minutes / exercise.speed)


async def _read(
    session: AsyncSession, people: Sequence[Person], before: datetime, *, now: datetime
) -> int:
    found = await session.exec(
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .outerjoin(Acknowledgement, col(Acknowledgement.delivery_id) == col(Delivery.id))
        .where(
            col(Message.kind).in_(DISTRIBUTED),
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status) == DeliveryStatus.SENT,
            col(Delivery.done_at) <= before,
            col(Delivery.person_id).in_([person.id for person in people]),
            col(Acknowledgement.id).is_(None),
        )
        .limit(MOST)
    )
    due = [number for number in found.all() if number is not None]
    for number in due:
        await acknowledge(session, number, AcknowledgementKind.READ, now=now)
    return len(due)


async def _approve(
    session: AsyncSession,
    person: Person,
    settings: BriefingSettings,
    before: datetime,
    *,
    now: datetime,
) -> int:
    """Only what the rules let an approver approve; the rest goes back with a word."""
    actor = await load_actor(session, person.id or 0)
    if actor is None or Role.APPROVER not in actor.roles:
        return 0
    found = await session.exec(
        select(Briefing).where(
            col(Briefing.is_exercise),
            col(Briefing.status) == BriefingStatus.SUBMITTED,
            col(Briefing.submitted_at) <= before,
        )
    )
    waiting = found.all()
    for briefing in waiting:
        event = await session.get_one(Event, briefing.event_id)
        result = await approve(
            session, briefing, actor, settings, expected_hash=briefing.content_hash or "", now=now
        )
        if isinstance(result, ApprovalRefused):
            await approving.return_to_writers(
                session, briefing, actor, texts.SENT_BACK, allow=(), now=now
            )
            continue
        await questions.retire_requests(session, event, texts.APPROVED, now=now)
        await approving.follow_sending(session, event, briefing, now=now)
    return len(waiting)
