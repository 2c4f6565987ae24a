"""People and their channels: find, open, close, and give roles."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind, ChannelStatus, Person, Role, RoleGrant
from contacts.journal import SYSTEM, Who, write_journal


async def person_by_address(
    session: AsyncSession, kind: ChannelKind, address: str
) -> Person | None:
    """Whose active channel this is, or None."""
    found = await session.exec(
        select(Person)
        .join(Channel, col(Channel.person_id) == col(Person.id))
        .where(
            col(Channel.kind) == kind,
            col(Channel.address) == address,
            col(Channel.status) == ChannelStatus.ACTIVE,
            col(Person.left_at).is_(None),
        )
    )
    return found.first()


async def grant(
    session: AsyncSession, person_id: int, role: Role, *, who: Who, now: datetime
) -> bool:
    """Give a person a role; False when they had it already."""
    found = await session.exec(
        select(RoleGrant.id).where(
            col(RoleGrant.person_id) == person_id, col(RoleGrant.role) == role
        )
    )
    if found.first() is not None:
        return False
    session.add(RoleGrant(person_id=person_id, role=role, granted_at=now))
    write_journal(
        session, who=who, action="role_granted", subject=f"person:{person_id}",
        detail={"role": role.value}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def close_channel(
    session: AsyncSession, kind: ChannelKind, address: str, *, reason: str, now: datetime
) -> bool:
    """This address is not used any more. ``reason`` is a code and is journalled."""
    channel = await _channel(session, kind, address)
    if channel is None or channel.status is ChannelStatus.CLOSED:
        return False
    channel.status, channel.closed_reason, channel.closed_at = ChannelStatus.CLOSED, reason, now
    write_journal(
        session, who=SYSTEM, action="channel_closed", subject=f"channel:{channel.id}",
        detail={"reason": reason}, now=now,
    )  # fmt: skip
    await session.flush()
    return True


async def open_channel(
    session: AsyncSession,
    person: Person,
    kind: ChannelKind,
    address: str,
    *,
    rank: int,
    now: datetime,
) -> Channel | None:
    """Make this address a channel of the person; None when it is somebody else's."""
    assert person.id is not None
    channel = await _channel(session, kind, address)
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
        return None
    channel.status, channel.closed_reason, channel.closed_at = ChannelStatus.ACTIVE, None, None
    await session.flush()
    write_journal(
        session, who=SYSTEM, action="channel_opened", subject=f"channel:{channel.id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    return channel


async def _channel(session: AsyncSession, kind: ChannelKind, address: str) -> Channel | None:
    found = await session.exec(
        select(Channel).where(col(Channel.kind) == kind, col(Channel.address) == address)
    )
    return found.first()
