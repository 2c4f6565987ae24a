"""Who may sign in at the pages holds a key, and so does each of their addresses.

A link to sign in goes to a mail address, and whoever links a telephone acts as its owner. So only
who gives rights (or the owner) may add an address to somebody with a right, and the owner hears it.
Who may not give one back does not take the last one away either, nor takes such a person off the
list: an approver whom nobody reaches is a text that nobody approves.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelStatus, RoleGrant
from contacts.permissions import ALLOWED, Actor, Permission, may

#: rights that open the pages
KEYS = ALLOWED[Permission.USE_CONSOLE]


async def holders(session: AsyncSession, people: Collection[int]) -> set[int]:
    """Who of these people may sign in."""
    found = await session.exec(
        select(RoleGrant.person_id).where(
            col(RoleGrant.person_id).in_(people), col(RoleGrant.role).in_(KEYS)
        )
    )
    return set(found.all())


async def other_holders(session: AsyncSession, actor: Actor, people: Collection[int]) -> set[int]:
    """Who of these people may sign in, but for the actor, whose keys are their own."""
    return await holders(session, set(people) - {actor.person_id})


async def may_give_keys(session: AsyncSession, actor: Actor, people: Collection[int]) -> bool:
    """Whether this actor may add an address to, or link a telephone of, every one of them."""
    if may(actor, Permission.MANAGE_SYSTEM):
        return True
    return not await other_holders(session, actor, people)


async def may_take_key(session: AsyncSession, actor: Actor, channel: Channel) -> bool:
    """Whether this actor may close this address: not the last that works of somebody with a right.

    The addresses of that person are locked until the end of the transaction: two who each take
    one of two leave one.
    """
    if may(actor, Permission.MANAGE_SYSTEM):
        return True
    if not await other_holders(session, actor, [channel.person_id]):
        return True
    found = await session.exec(
        select(Channel)
        .where(col(Channel.person_id) == channel.person_id)
        .order_by(col(Channel.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return any(one.id != channel.id and one.status is ChannelStatus.ACTIVE for one in found.all())
