"""People and their channels: find, open, close, and give roles."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    Invitation,
    LinkPurpose,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.former_names import FormerName
from contacts.journal import SYSTEM, Who, write_journal
from contacts.links import revoke_links_sent_to, revoke_person_links

#: why a channel was closed when its person stopped working there
LEFT = "left"


async def person_by_address(
    session: AsyncSession, kind: ChannelKind, address: str
) -> Person | None:
    """Whose active channel this is, or None. Who also plays in an exercise is their real self."""
    found = await session.exec(
        select(Person)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Channel.kind) == kind,
            col(Channel.address) == address,
            col(Channel.status) == ChannelStatus.ACTIVE,
            col(Person.left_at).is_(None),
        )
        .order_by(col(Channel.is_exercise))
    )
    return found.first()


async def organisation_named(session: AsyncSession, name: str, *, is_exercise: bool) -> int | None:
    """The number of the organisation of this world with this name, whatever its capitals; or of
    the one that it became part of."""
    found = await session.exec(
        select(Organisation.id).where(
            func.lower(Organisation.name) == name.lower(),
            col(Organisation.is_exercise) == is_exercise,
        )
    )
    if (number := found.first()) is not None:
        return number
    before = await session.exec(
        select(FormerName.organisation_id)
        .join(Organisation, col(Organisation.id) == col(FormerName.organisation_id))
        .where(
            func.lower(FormerName.name) == name.lower(),
            col(Organisation.is_exercise) == is_exercise,
        )
        .order_by(col(FormerName.id).desc())
    )
    return before.first()


async def organisation_names(session: AsyncSession, numbers: Collection[int]) -> list[str]:
    """What these organisations are called, by name."""
    if not numbers:
        return []
    found = await session.exec(
        select(Organisation.name)
        .where(col(Organisation.id).in_(set(numbers)))
        .order_by(col(Organisation.name))
    )
    return list(found.all())


async def people_by_email(session: AsyncSession, address: str) -> list[Person]:
    """Everybody with this active mail address, whatever its capitals; more than one is rare.

    Who also plays in an exercise with it is their real self alone.

    :param address: in small letters.
    """
    owners = select(Channel.person_id).where(
        col(Channel.kind) == ChannelKind.EMAIL,
        func.lower(col(Channel.address)) == address,
        col(Channel.status) == ChannelStatus.ACTIVE,
    )
    found = await session.exec(
        select(Person).where(col(Person.id).in_(owners), col(Person.left_at).is_(None))
    )
    people = list(found.all())
    real = [person for person in people if not person.is_exercise]
    return real or people


async def grant(
    session: AsyncSession,
    person_id: int,
    role: Role,
    *,
    who: Who,
    now: datetime,
    has_case_seat: bool = False,
) -> bool:
    """Give a person a role; False when they had it already.

    :param has_case_seat: this person also sits in the casusoverleg. The two belong apart; where
        that cannot be, it is journalled and counted on the privacy page.
    """
    found = await session.exec(
        select(RoleGrant.id).where(
            col(RoleGrant.person_id) == person_id, col(RoleGrant.role) == role
        )
    )
    if found.first() is not None:
        return False
    session.add(
        RoleGrant(person_id=person_id, role=role, has_case_seat=has_case_seat, granted_at=now)
    )
    write_journal(
        session, who=who, action="role_granted", subject=f"person:{person_id}",
        detail={"role": role.value, **({"case_seat": True} if has_case_seat else {})}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def revoke(
    session: AsyncSession, person_id: int, role: Role, *, who: Who, now: datetime
) -> bool:
    """Take a role away; False when they did not have it."""
    found = await session.exec(
        select(RoleGrant).where(col(RoleGrant.person_id) == person_id, col(RoleGrant.role) == role)
    )
    granted = found.first()
    if granted is None:
        return False
    await session.delete(granted)
    write_journal(
        session, who=who, action="role_revoked", subject=f"person:{person_id}",
        detail={"role": role.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def mark_left(
    session: AsyncSession, person: Person, *, who: Who, now: datetime, reads_on: bool = False
) -> bool:
    """Somebody does not work there any more: every channel, role and link ends at once.

    :param reads_on: the same person stays under another number, so what they got stays open.
    """
    if person.left_at is not None:
        return False
    assert person.id is not None
    person.left_at = now
    session.add(person)
    channels = await session.exec(
        select(Channel).where(
            col(Channel.person_id) == person.id, col(Channel.status) == ChannelStatus.ACTIVE
        )
    )
    for channel in channels.all():
        await close_channel(
            session, channel.kind, channel.address, reason=LEFT, now=now,
            only_exercise=person.is_exercise,
        )  # fmt: skip
    roles = await session.exec(select(RoleGrant.role).where(col(RoleGrant.person_id) == person.id))
    for role in roles.all():
        await revoke(session, person.id, Role(role), who=who, now=now)
    await session.exec(
        update(Invitation)
        .where(col(Invitation.person_id) == person.id, col(Invitation.revoked_at).is_(None))
        .values(revoked_at=now)
    )
    await replace_backup(session, [person.id], None, who=who, now=now)
    for purpose in LinkPurpose:
        await revoke_person_links(session, person.id, purpose, now=now)
    if not reads_on:
        await revoke_links_sent_to(session, person, now=now)
    write_journal(session, who=who, action="person_left", subject=f"person:{person.id}", now=now)
    await session.flush()
    return True


async def replace_backup(
    session: AsyncSession, gone: Collection[int], keep: Person | None, *, who: Who, now: datetime
) -> None:
    """The organisations that had one of these people as their back-up have another, or nobody."""
    organisations = await session.exec(
        select(Organisation)
        .where(col(Organisation.backup_person_id).in_(gone))
        .order_by(col(Organisation.id))
    )
    for organisation in organisations.all():
        await set_backup(session, organisation, keep, who=who, now=now)


async def set_backup(
    session: AsyncSession,
    organisation: Organisation,
    person: Person | None,
    *,
    who: Who,
    now: datetime,
) -> bool:
    """Who gets a message when nobody of the organisation reacts; None: nobody.

    False when nothing changed.

    :raises ValueError: the person left, or lives in the other world (real or exercise).
    """
    if person is not None and (
        person.left_at is not None or person.is_exercise != organisation.is_exercise
    ):
        raise ValueError("this person cannot be the back-up")
    chosen = None if person is None else person.id
    if organisation.backup_person_id == chosen:
        return False
    organisation.backup_person_id = chosen
    session.add(organisation)
    write_journal(
        session, who=who, action="backup_set", subject=f"organisation:{organisation.id}",
        detail={"person": chosen}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def close_channel(
    session: AsyncSession,
    kind: ChannelKind,
    address: str,
    *,
    reason: str,
    now: datetime,
    only_exercise: bool = False,
    also_closed: bool = False,
) -> bool:
    """This address is not used any more. ``reason`` is a code and is journalled.

    :param only_exercise: what somebody stops within an exercise goes on outside it; what stops
        outside it stops everywhere.
    :param also_closed: what was closed for another reason is closed for this one from now on.
    """
    closed = False
    for channel in await _channels(session, kind, address):
        if only_exercise and not channel.is_exercise:
            continue
        if channel.status is ChannelStatus.CLOSED and not (
            also_closed and channel.closed_reason != reason
        ):
            continue
        channel.status, channel.closed_reason, channel.closed_at = ChannelStatus.CLOSED, reason, now
        write_journal(
            session, who=SYSTEM, action="channel_closed", subject=f"channel:{channel.id}",
            detail={"reason": reason}, now=now,
        )  # fmt: skip
        closed = True
    await session.flush()
    return closed


async def open_channel(
    session: AsyncSession,
    person: Person,
    kind: ChannelKind,
    address: str,
    *,
    rank: int,
    now: datetime,
    is_lent: bool = False,
) -> Channel | None:
    """Make this address a channel of the person; None when it is somebody else's.

    :param is_lent: somebody said yes to using their own address in an exercise as well; without
        that an address of one world is taken in the other, too.
    """
    assert person.id is not None
    found = await _channels(session, kind, address)
    channel = next((one for one in found if one.is_exercise == person.is_exercise), None)
    if channel is None and found and not is_lent:
        return None
    if channel is None:
        channel = Channel(
            person_id=person.id,
            kind=kind,
            address=address,
            rank=rank,
            is_exercise=person.is_exercise,
            created_at=now,
        )
        session.add(channel)
    elif channel.person_id != person.id:
        if not is_lent or channel.status is ChannelStatus.ACTIVE:
            return None
        channel.person_id = person.id  # lent before, in an exercise that is over
    channel.status, channel.closed_reason, channel.closed_at = ChannelStatus.ACTIVE, None, None
    await session.flush()
    write_journal(
        session, who=SYSTEM, action="channel_opened", subject=f"channel:{channel.id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    return channel


async def _channels(session: AsyncSession, kind: ChannelKind, address: str) -> list[Channel]:
    """Of this address: at most one in each world, the real one first."""
    found = await session.exec(
        select(Channel)
        .where(col(Channel.kind) == kind, col(Channel.address) == address)
        .order_by(col(Channel.is_exercise))
    )
    return list(found.all())
