"""Groups of people: by hand, or by a rule that is read anew each time.

A rule names domains, texts and wijken; who matches all that it names is in. It never looks at
a person's name, language or how they reacted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import (
    Audience,
    ContactGroup,
    Domain,
    GroupMember,
    Json,
    Organisation,
    Person,
)
from contacts.filling import MARK
from contacts.journal import Who, write_journal


@dataclass(frozen=True, slots=True)
class Rule:
    """What everybody in the group has; what is empty does not matter."""

    domains: frozenset[Domain] = frozenset()
    audiences: frozenset[Audience] = frozenset()
    districts: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.domains or self.audiences or self.districts)

    def to_json(self) -> Json:
        return {
            "domains": sorted(self.domains),
            "audiences": sorted(self.audiences),
            "districts": sorted(self.districts),
        }

    @staticmethod
    def from_json(value: Json) -> Rule:
        return Rule(
            frozenset(map(Domain, value["domains"])),
            frozenset(map(Audience, value["audiences"])),
            frozenset(value["districts"]),
        )


def matches(rule: Rule, domain: Domain, district: str | None, audiences: Collection[str]) -> bool:
    """Whether somebody is in the group. Pure; a rule that names nothing has nobody."""
    return (
        not rule.is_empty
        and (not rule.domains or domain in rule.domains)
        and (not rule.districts or district in rule.districts)
        and (not rule.audiences or bool(rule.audiences & set(audiences)))
    )


async def all_groups(session: AsyncSession) -> list[ContactGroup]:
    """Every group by name."""
    found = await session.exec(select(ContactGroup).order_by(col(ContactGroup.name)))
    return list(found.all())


async def members_of(
    session: AsyncSession, group: ContactGroup, *, is_exercise: bool
) -> list[tuple[Person, Organisation]]:
    """Who is in the group now and did not leave, by organisation and name."""
    query = (
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == is_exercise)
        .order_by(col(Organisation.name), col(Person.name), col(Person.id))
    )
    if group.rule is None:
        chosen = select(GroupMember.person_id).where(col(GroupMember.group_id) == group.id)
        return list((await session.exec(query.where(col(Person.id).in_(chosen)))).all())
    rule = Rule.from_json(group.rule)
    return [
        (person, organisation)
        for person, organisation in (await session.exec(query)).all()
        if matches(rule, organisation.domain, organisation.district, person.audiences)
    ]


async def groups_by_hand_of(session: AsyncSession, person_id: int) -> set[int]:
    """In which groups somebody was put by hand."""
    found = await session.exec(
        select(GroupMember.group_id).where(col(GroupMember.person_id) == person_id)
    )
    return set(found.all())


async def make_group(
    session: AsyncSession, name: str, rule: Rule | None, *, who: Who, now: datetime
) -> ContactGroup | None:
    """A new group; None when the name is taken.

    :raises ValueError: its name holds the mark of a placeholder, which a message would fill in.
    """
    if MARK in name:
        raise ValueError("a placeholder is no name")
    taken = await session.exec(select(ContactGroup.id).where(col(ContactGroup.name) == name))
    if taken.first() is not None:
        return None
    group = ContactGroup(name=name, rule=None if rule is None else rule.to_json())
    session.add(group)
    await session.flush()
    write_journal(
        session, who=who, action="group_made", subject=f"contact_group:{group.id}", now=now
    )
    return group


async def remove_group(
    session: AsyncSession, group: ContactGroup, *, who: Who, now: datetime
) -> None:
    """The group goes; its people stay on the list."""
    members = await session.exec(select(GroupMember).where(col(GroupMember.group_id) == group.id))
    for member in members.all():
        await session.delete(member)
    await session.flush()
    write_journal(
        session, who=who, action="group_removed", subject=f"contact_group:{group.id}", now=now
    )
    await session.delete(group)
    await session.flush()


async def set_groups(
    session: AsyncSession, person: Person, chosen: Sequence[int], *, who: Who, now: datetime
) -> bool:
    """Somebody is in exactly these groups by hand; False when that was so already."""
    assert person.id is not None
    by_hand = {group.id for group in await all_groups(session) if group.rule is None}
    wanted = set(chosen) & by_hand
    present = await groups_by_hand_of(session, person.id)
    if wanted == present:
        return False
    gone = await session.exec(
        select(GroupMember).where(
            col(GroupMember.person_id) == person.id,
            col(GroupMember.group_id).in_(present - wanted),
        )
    )
    for member in gone.all():
        await session.delete(member)
    for group_id in wanted - present:
        if group_id is not None:
            session.add(GroupMember(group_id=group_id, person_id=person.id))
    write_journal(
        session, who=who, action="groups_set", subject=f"person:{person.id}",
        detail={"groups": sorted(one for one in wanted if one is not None)}, now=now,
    )  # fmt: skip
    await session.flush()
    return True
