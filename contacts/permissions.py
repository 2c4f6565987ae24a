"""The one gate: who may do what.

Every door (chat, console, command line) asks :func:`require` before it acts; no other
code looks at roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain, Organisation, Person, Role, RoleGrant
from contacts.journal import Who


class Permission(StrEnum):
    """What can be done, as the gate knows it."""

    SEE_ALERTS = "see_alerts"
    MANAGE_EVENT = "manage_event"
    EDIT_FACTS = "edit_facts"
    SUBMIT_BRIEFING = "submit_briefing"
    APPROVE_BRIEFING = "approve_briefing"
    STOP_SENDING = "stop_sending"
    RESEND_DELIVERY = "resend_delivery"
    READ_SIGNALS = "read_signals"
    CLOSE_SIGNAL = "close_signal"
    GIVE_SIGNAL = "give_signal"
    SEE_STATUS = "see_status"
    SEE_PICTURE = "see_picture"
    MANAGE_CONTACTS = "manage_contacts"
    MANAGE_GROUPS = "manage_groups"
    MANAGE_SYSTEM = "manage_system"
    KEEP_ROTA = "keep_rota"
    USE_CONSOLE = "use_console"
    KEEP_NAMES = "keep_names"
    LEAD_EXERCISE = "lead_exercise"
    ASK_HELP = "ask_help"
    READ_HELP = "read_help"
    MODERATE_HELP = "moderate_help"
    LEAD_OVERLEG = "lead_overleg"


ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.SEE_ALERTS: frozenset({Role.COORDINATOR, Role.APPROVER}),
    # The approvers are the back-up when nobody answers an alert, so they can decide, too.
    Permission.MANAGE_EVENT: frozenset({Role.COORDINATOR, Role.APPROVER}),
    Permission.EDIT_FACTS: frozenset({Role.COORDINATOR, Role.APPROVER}),
    Permission.SUBMIT_BRIEFING: frozenset({Role.COORDINATOR}),
    Permission.APPROVE_BRIEFING: frozenset({Role.APPROVER, Role.COORDINATOR}),
    # Whoever may let a text go may stop it, also while it waits for its moment.
    Permission.STOP_SENDING: frozenset({Role.COORDINATOR, Role.APPROVER}),
    Permission.RESEND_DELIVERY: frozenset({Role.COORDINATOR}),
    Permission.READ_SIGNALS: frozenset({Role.COORDINATOR, Role.INTERPRETER}),
    Permission.CLOSE_SIGNAL: frozenset({Role.COORDINATOR, Role.INTERPRETER}),
    Permission.GIVE_SIGNAL: frozenset(
        {Role.MEMBER, Role.COORDINATOR, Role.APPROVER, Role.INTERPRETER}
    ),
    Permission.SEE_STATUS: frozenset({Role.COORDINATOR, Role.APPROVER, Role.ADMIN}),
    # Counts of organisations; who may not READ_SIGNALS, police included, sees those of a moment.
    Permission.SEE_PICTURE: frozenset(
        {Role.MEMBER, Role.COORDINATOR, Role.APPROVER, Role.INTERPRETER, Role.ADMIN}
    ),
    Permission.MANAGE_CONTACTS: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Permission.MANAGE_GROUPS: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Permission.MANAGE_SYSTEM: frozenset({Role.ADMIN}),
    # Who has duty when, of everybody; each for themselves asks MANAGE_EVENT.
    Permission.KEEP_ROTA: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Permission.USE_CONSOLE: frozenset(
        {Role.COORDINATOR, Role.APPROVER, Role.INTERPRETER, Role.ADMIN}
    ),
    # Names of schools and shops that the person filter lets pass.
    Permission.KEEP_NAMES: frozenset({Role.COORDINATOR, Role.ADMIN}),
    Permission.LEAD_EXERCISE: frozenset({Role.COORDINATOR, Role.ADMIN}),
    # To ask and to offer, and to find a member who lets others find them.
    Permission.ASK_HELP: frozenset({Role.MEMBER, Role.COORDINATOR}),
    # What others ask and offer, in their own words.
    Permission.READ_HELP: frozenset({Role.MEMBER, Role.COORDINATOR}),
    Permission.MODERATE_HELP: frozenset({Role.COORDINATOR}),
    # To plan meetings of the overleg, and write down what was agreed there.
    Permission.LEAD_OVERLEG: frozenset({Role.COORDINATOR}),
}


#: what somebody of these domains never does, whatever the role: single signals are not for police
CLOSED_TO: dict[Permission, frozenset[Domain]] = {
    Permission.READ_SIGNALS: frozenset({Domain.SAFETY}),
    Permission.CLOSE_SIGNAL: frozenset({Domain.SAFETY}),
    # A school asks for help among peers, not to be looked into.
    Permission.READ_HELP: frozenset({Domain.SAFETY}),
    Permission.MODERATE_HELP: frozenset({Domain.SAFETY}),
}
#: roles that see no content: what everybody may as a *lid* they may not, unless by another role
CLOSED_ROLES: dict[Permission, frozenset[Role]] = {
    Permission.READ_HELP: frozenset({Role.KNOWLEDGE_PARTNER, Role.ADMIN}),
}


#: over what has no world of its own: who only plays in a city that is real keeps away from it
SHARED = frozenset(
    {
        Permission.KEEP_NAMES,
        Permission.KEEP_ROTA,
        Permission.MANAGE_GROUPS,
        Permission.MANAGE_SYSTEM,
        Permission.LEAD_EXERCISE,
    }
)


class NotAllowed(Exception):
    """The actor's roles do not include this permission."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(f"not allowed: {permission}")
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A known person at a door, with the roles that were true when the door opened.

    ``is_guest``: of the exercise, where real people stand on the list as well. Where nobody real
    does (the demo), the exercise is all there is, and its people run it.
    """

    person_id: int
    organisation_id: int
    roles: frozenset[Role]
    is_exercise: bool
    domain: Domain = Domain.MUNICIPALITY
    is_guest: bool = False

    @property
    def who(self) -> Who:
        return Who("person", self.person_id)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's roles include the permission, and domain, world and closed roles
    allow it."""
    if actor.is_guest and permission in SHARED:
        return False
    if actor.domain in CLOSED_TO.get(permission, ()):
        return False
    roles = actor.roles
    if roles & CLOSED_ROLES.get(permission, frozenset()):
        roles = roles - {Role.MEMBER}
    return bool(roles & ALLOWED[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Raise :class:`NotAllowed` unless the actor may do this."""
    if not may(actor, permission):
        raise NotAllowed(permission)


async def load_actor(session: AsyncSession, person_id: int) -> Actor | None:
    """The person as an actor, or None when unknown or gone. Everyone listed is a lid."""
    return (await load_actors(session, [person_id])).get(person_id)


async def load_actors(session: AsyncSession, person_ids: Collection[int]) -> dict[int, Actor]:
    """Those of these people who are listed, by id, in two questions; with somebody of the
    exercise among them in three."""
    people = await session.exec(
        select(Person.id, Person.organisation_id, Person.is_exercise, Organisation.domain)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(person_ids), col(Person.left_at).is_(None))
    )
    granted = await session.exec(
        select(RoleGrant.person_id, RoleGrant.role).where(col(RoleGrant.person_id).in_(person_ids))
    )
    roles: defaultdict[int, set[Role]] = defaultdict(lambda: {Role.MEMBER})
    for person_id, role in granted.all():
        roles[person_id].add(Role(role))
    listed = people.all()
    is_real = any(one[2] for one in listed) and await has_real_people(session)
    return {
        person_id: Actor(
            person_id, organisation_id, frozenset(roles[person_id]), is_exercise, Domain(domain),
            is_guest=is_exercise and is_real,
        )
        for person_id, organisation_id, is_exercise, domain in listed
        if person_id is not None
    }  # fmt: skip


async def has_real_people(session: AsyncSession) -> bool:
    """Whether anybody real is on the list; then who plays is a guest (:class:`Actor`)."""
    found = await session.exec(
        select(Person.id)
        .where(col(Person.is_exercise).is_(False), col(Person.left_at).is_(None))
        .limit(1)
    )
    return found.first() is not None


async def people_with(
    session: AsyncSession,
    role: Role,
    *,
    is_exercise: bool,
    needing: Permission | None = None,
) -> list[Person]:
    """People who hold a role, in the real or in the exercise world, oldest grant first.

    :param needing: leaves out who may not do this because of the domain.
    """
    found = await session.exec(
        select(Person)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(RoleGrant.role) == role,
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == is_exercise,
            col(Organisation.domain).not_in(CLOSED_TO.get(needing, ()) if needing else ()),
        )
        .order_by(col(RoleGrant.id))
    )
    return list(found.all())


async def is_last_admin(session: AsyncSession, person: Person) -> bool:
    """Whether nobody else could set anything up any more."""
    found = await session.exec(
        select(RoleGrant.person_id)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            col(RoleGrant.role) == Role.ADMIN, col(Person.left_at).is_(None),
            col(Person.is_exercise) == person.is_exercise,
        )
    )  # fmt: skip
    return list(found.all()) == [person.id]
