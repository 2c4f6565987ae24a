"""What people do with the list in two years: they leave, answer, name who follows, ring."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.asking import leave_list, say_right
from bot.bench import years_texts as texts
from bot.config import Config
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.gap_counts import gaps_by_name
from contacts.gaps import Gap
from contacts.list_check import ListCheck, confirm_organisation
from contacts.local_time import AMSTERDAM
from contacts.outbox import Delivery, DeliveryStatus
from contacts.people import close_channel
from contacts.permissions import Actor
from contacts.successors import Succession, SuccessionStatus, accept, propose
from signals.workdays import is_working_day

YEAR = 365
#: a mail server says that there is no such mailbox
NO_SUCH_MAILBOX = "5.1.1"
AUDIENCES = {
    Domain.EDUCATION: Audience.TEACHER_VO_MBO,
    Domain.CARE_WELFARE: Audience.YOUTH_WORK,
    Domain.CIVIL: Audience.RELIGIOUS_CULTURAL,
    Domain.SAFETY: Audience.POLICE_DISTRICT,
    Domain.MUNICIPALITY: Audience.SCHOOL_LEADER,
}


@dataclass(frozen=True, slots=True)
class Habits:
    """How people behave; chances are a day unless they say otherwise."""

    #: of all people on the list, in a year
    turnover: float = 0.30
    #: of those who leave: says so, or a colleague does
    tells: float = 0.5
    answers: float = 0.10
    names_successor: float = 0.08
    finishes_lesson: float = 0.05
    #: organisations that the desk rings on its day for the list
    calls: int = 15


@dataclass(slots=True)
class Town:
    """Who is there. ``dead``: addresses of people who left without a word."""

    coordinator: Actor
    approver: Actor
    organisations: int
    dead: set[str] = field(default_factory=set)
    made: int = 0

    def address(self) -> str:
        """One that nobody had before."""
        self.made += 1
        return f"contact{self.made}@organisatie.example"

    def is_list_day(self, now: datetime) -> bool:
        """The first working day of a month. Pure."""
        today = now.astimezone(AMSTERDAM).date()
        before = (today.replace(day=n) for n in range(1, today.day))
        return is_working_day(today) and not any(map(is_working_day, before))


async def settle_town(session: AsyncSession, organisations: int, *, now: datetime) -> Town:
    """A desk of two, and organisations with two people each, one in four with only one; three in
    five have a mailbox of their own."""
    desk = await _organisation(session, texts.MUNICIPALITY, Domain.MUNICIPALITY, now=now)
    coordinator, approver = [
        await _seat(session, desk, role, now=now) for role in (Role.COORDINATOR, Role.APPROVER)
    ]
    town = Town(coordinator, approver, organisations)
    domains = list(Domain)
    for number in range(organisations):
        domain = domains[number % len(domains)]
        name = texts.ORGANISATION.format(number=number + 1)
        mailbox = texts.MAILBOX.format(number=number + 1) if number % 5 < 3 else None
        made = await _organisation(session, name, domain, mailbox=mailbox, now=now)
        for _ in range(1 if number % 4 == 3 else 2):
            await _contact(session, made, town.address(), now=now)
    return town


async def _organisation(
    session: AsyncSession, name: str, domain: Domain, *, now: datetime, mailbox: str | None = None
) -> Organisation:
    made = Organisation(name=name, domain=domain, mailbox=mailbox, created_at=now, confirmed_at=now)
    session.add(made)
    await session.flush()
    return made


async def _seat(session: AsyncSession, desk: Organisation, role: Role, *, now: datetime) -> Actor:
    person = Person(organisation_id=desk.id or 0, name=role.value, created_at=now)
    session.add(person)
    await session.flush()
    person_id = person.id or 0
    session.add(RoleGrant(person_id=person_id, role=role, granted_at=now))
    session.add(
        Channel(
            person_id=person_id, kind=ChannelKind.TELEGRAM, address=str(person_id), created_at=now
        )
    )
    return Actor(person_id, desk.id or 0, frozenset({role}), is_exercise=False)


async def _contact(
    session: AsyncSession, organisation: Organisation, address: str, *, now: datetime
) -> None:
    person = Person(
        organisation_id=organisation.id or 0,
        name=texts.CONTACT,
        function=texts.FUNCTION,
        audiences=[AUDIENCES[organisation.domain].value],
        created_at=now,
    )
    session.add(person)
    await session.flush()
    session.add(
        Channel(person_id=person.id or 0, kind=ChannelKind.EMAIL, address=address, created_at=now)
    )


async def leave(
    session: AsyncSession,
    town: Town,
    habits: Habits,
    config: Config,
    chance: random.Random,
    *,
    tells: bool,
    now: datetime,
) -> None:
    """Some go today: a part says so, of the others only the address dies."""
    found = await session.exec(
        select(Person.id, Channel.address)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Person.left_at).is_(None),
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
        .order_by(col(Person.id))
    )
    for person_id, address in found.all():
        if address in town.dead or chance.random() >= habits.turnover / YEAR:
            continue
        if tells and chance.random() < habits.tells:
            person = await session.get_one(Person, person_id)
            await leave_list(session, person, config, who=town.coordinator.who, now=now)
        else:
            town.dead.add(address)


async def arrive(session: AsyncSession, town: Town, *, now: datetime) -> None:
    """Everything that waits arrives, or comes back from a dead address and closes it.

    In the place of the pump: how messages travel is measured by ``schakel bench deliver``.
    """
    waits = col(Delivery.status) == DeliveryStatus.PLANNED
    found = await session.exec(
        select(Delivery.address).where(waits, col(Delivery.kind) == ChannelKind.EMAIL).distinct()
    )
    for address in sorted(town.dead.intersection(found.all())):
        await close_channel(session, ChannelKind.EMAIL, address, reason=NO_SUCH_MAILBOX, now=now)
        await session.exec(
            update(Delivery)
            .where(waits, col(Delivery.address) == address)
            .values(status=DeliveryStatus.FAILED, reason=NO_SUCH_MAILBOX, done_at=now)
        )
    await session.exec(
        update(Delivery).where(waits).values(status=DeliveryStatus.SENT, done_at=now)
    )


async def share_reached(session: AsyncSession, town: Town) -> float:
    """Organisations where a message would arrive tonight, of all.

    The house only knows of an address that it is dead when something came back; this counts who
    is really there, so it can be less than what the page of gaps says.
    """
    found = await session.exec(
        select(Person.organisation_id, Channel.address)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(col(Person.left_at).is_(None), col(Channel.status) == ChannelStatus.ACTIVE)
    )
    reached = {where for where, address in found.all() if address not in town.dead}
    return len(reached - {town.coordinator.organisation_id}) / town.organisations


async def answer_questions(
    session: AsyncSession, habits: Habits, chance: random.Random, *, now: datetime
) -> None:
    """*Klopt dit nog?*: who is still there taps yes, sooner or later."""
    asked = select(ListCheck.person_id).where(col(ListCheck.answered_at).is_(None))
    working = select(Channel.person_id).where(col(Channel.status) == ChannelStatus.ACTIVE)
    found = await session.exec(
        select(Person)
        .where(
            col(Person.id).in_(asked),
            col(Person.id).in_(working),
            col(Person.left_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    for person in found.all():
        if chance.random() < habits.answers:
            await say_right(session, person, now=now)


async def hear_successors(
    session: AsyncSession, town: Town, habits: Habits, chance: random.Random, *, now: datetime
) -> None:
    """Organisations name who follows; the desk puts them on the list the next working day."""
    found = await session.exec(
        select(Succession)
        .where(col(Succession.status).in_((SuccessionStatus.ASKED, SuccessionStatus.PROPOSED)))
        .order_by(col(Succession.id))
    )
    for place in found.all():
        if place.status is SuccessionStatus.PROPOSED:
            await accept(session, place, who=town.coordinator.who, now=now)
        elif chance.random() < habits.names_successor:
            await _name(session, town, place, now=now)


async def _name(session: AsyncSession, town: Town, place: Succession, *, now: datetime) -> None:
    await propose(
        session, place, name=texts.CONTACT, function=texts.FUNCTION, email=town.address(),
        who=town.coordinator.who, now=now,
    )  # fmt: skip


async def keep_at_desk(
    session: AsyncSession, town: Town, habits: Habits, config: Config, *, now: datetime
) -> None:
    """An hour for the list: the desk rings where nobody can be reached or mail comes back.

    Who turns out to have gone is taken off; the organisation names somebody on the telephone.
    """
    every = timedelta(days=config.contacts.check_days)
    standings = await gaps_by_name(session, every, is_exercise=False, now=now)
    grave = [one for one in standings if {Gap.UNREACHABLE, Gap.BOUNCING}.intersection(one.gaps)]
    grave.sort(key=lambda one: Gap.UNREACHABLE not in one.gaps)
    for standing in grave[: habits.calls]:
        await _ring(session, town, standing.organisation.id, config, now=now)


async def _ring(
    session: AsyncSession, town: Town, organisation_id: int, config: Config, *, now: datetime
) -> None:
    who = town.coordinator.who
    for person_id in await _with_dead_address(session, organisation_id):
        person = await session.get_one(Person, person_id)
        await leave_list(session, person, config, who=who, now=now)
    open_places = await session.exec(
        select(Succession).where(
            col(Succession.organisation_id) == organisation_id,
            col(Succession.status) == SuccessionStatus.ASKED,
        )
    )
    for place in open_places.all():
        await _name(session, town, place, now=now)
    organisation = await session.get_one(Organisation, organisation_id)
    await confirm_organisation(session, organisation, who=who, now=now)


async def _with_dead_address(session: AsyncSession, organisation_id: int) -> Sequence[int | None]:
    found = await session.exec(
        select(Person.id)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Person.organisation_id) == organisation_id,
            col(Person.left_at).is_(None),
            col(Channel.closed_reason) == NO_SUCH_MAILBOX,
        )
        .order_by(col(Person.id))
    )
    return found.all()
