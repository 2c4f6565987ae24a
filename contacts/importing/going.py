"""What taking an import back would take, and from whom, before anything is done.

An import also gives addresses and rights to people who were on the list before. They stay, but
without what it gave: a right that ends, or an address that was their only one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelStatus, Person, Role, RoleGrant
from contacts.importing.batches import AlreadyUndone, ImportBatch, portions, still_made_by

#: without one of each an installation stands still
NEEDED = (Role.COORDINATOR, Role.APPROVER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Going:
    """What taking an import back would take from the list. ``last``: roles that nobody who can be
    reached has afterwards, which stops it; so does ``is_self``: whoever asks is one of them.

    ``made``: who came with it; ``lose_right``: who stays, with what they lose, and ``lose_address``
    the same for an address.
    """

    made: frozenset[int]
    lose_right: frozenset[tuple[int, Role]]
    lose_address: frozenset[int]
    organisations: int
    last: tuple[Role, ...]
    is_self: bool

    @property
    def may_go(self) -> bool:
        return not self.last and not self.is_self

    @property
    def people(self) -> int:
        return len(self.made)

    @property
    def staying(self) -> frozenset[int]:
        """Who stays and loses something."""
        return self.lose_address | {person_id for person_id, _ in self.lose_right}

    @property
    def everybody(self) -> frozenset[int]:
        return self.made | self.staying


async def what_goes(session: AsyncSession, batch: ImportBatch, *, asked_by: int) -> Going:
    """Look before anything is done.

    :raises AlreadyUndone: there is nothing left to go back to.
    """
    if batch.undo is None or batch.undone_at is not None:
        raise AlreadyUndone(str(batch.id))
    made = await still_made_by(session, batch)
    people = frozenset(made.get("person", []))
    rights: set[tuple[int, Role]] = set()
    for some in portions(made.get("role_grant", [])):
        grants = await session.exec(
            select(RoleGrant.person_id, RoleGrant.role).where(col(RoleGrant.id).in_(some))
        )
        rights |= {(person_id, Role(role)) for person_id, role in grants.all()}
    owners: set[int] = set()
    for some in portions(made.get("channel", [])):
        found = await session.exec(select(Channel.person_id).where(col(Channel.id).in_(some)))
        owners.update(found.all())
    holders = await _holders(session, is_exercise=batch.is_exercise)
    ones = {person_id for one in holders.values() for person_id in one}
    silent = await _silenced(session, ones & owners, made.get("channel", []))
    return Going(
        made=people,
        lose_right=frozenset(one for one in rights if one[0] not in people),
        lose_address=frozenset(owners - people),
        organisations=len(made.get("organisation", [])),
        last=tuple(
            role
            for role in NEEDED
            if (have := holders.get(role))
            and all(one in people or one in silent or (one, role) in rights for one in have)
        ),
        is_self=asked_by in people,
    )


async def _holders(session: AsyncSession, *, is_exercise: bool) -> dict[Role, set[int]]:
    found = await session.exec(
        select(RoleGrant.role, RoleGrant.person_id)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            col(RoleGrant.role).in_(NEEDED),
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == is_exercise,
        )
    )
    holders: dict[Role, set[int]] = {}
    for role, person_id in found.all():
        holders.setdefault(Role(role), set()).add(person_id)
    return holders


async def _silenced(
    session: AsyncSession, people: Collection[int], going: Collection[int]
) -> set[int]:
    """Who of these people is reached by what goes only."""
    found = await session.exec(
        select(Channel.person_id, Channel.id).where(
            col(Channel.person_id).in_(people), col(Channel.status) == ChannelStatus.ACTIVE
        )
    )
    active, gone = found.all(), set(going)
    stays = {person_id for person_id, number in active if number not in gone}
    return {person_id for person_id, _ in active} - stays
