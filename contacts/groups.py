"""Groups of people: by hand, or by a rule that is read anew each time.

A rule names domains, kinds of school, texts and wijken; who matches all that it names is in. A
wijk of one of its places counts as a wijk of the organisation. A rule never looks at a person's
name, language or how they reacted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cells import clean
from contacts.directory import (
    Audience,
    ContactGroup,
    Domain,
    GroupMember,
    Json,
    Organisation,
    Person,
    SchoolType,
    Site,
)
from contacts.filling import MARK
from contacts.journal import Who, write_journal


@dataclass(frozen=True, slots=True)
class Rule:
    """What everybody in the group has; what is empty does not matter."""

    domains: frozenset[Domain] = frozenset()
    audiences: frozenset[Audience] = frozenset()
    districts: frozenset[str] = frozenset()
    school_types: frozenset[SchoolType] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.domains or self.audiences or self.districts or self.school_types)

    def to_json(self) -> Json:
        return {
            "domains": sorted(self.domains),
            "audiences": sorted(self.audiences),
            "districts": sorted(self.districts),
            "school_types": sorted(self.school_types),
        }

    @staticmethod
    def from_json(value: Json) -> Rule:
        return Rule(
            frozenset(map(Domain, value["domains"])),
            frozenset(map(Audience, value["audiences"])),
            frozenset(value["districts"]),
            frozenset(map(SchoolType, value.get("school_types", ()))),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What a rule looks at: the organisation, where it works, and the texts of the person."""

    domain: Domain
    districts: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    school_types: frozenset[str] = frozenset()


def matches(rule: Rule, work: Work) -> bool:
    """Whether somebody is in the group. Pure; a rule that names nothing has nobody."""
    asked = (
        (rule.districts, work.districts),
        (rule.audiences, work.audiences),
        (rule.school_types, work.school_types),
    )
    return (
        not rule.is_empty
        and (not rule.domains or work.domain in rule.domains)
        and all(not wanted or bool(wanted & has) for wanted, has in asked)
    )


async def all_groups(session: AsyncSession) -> list[ContactGroup]:
    """Every group by name."""
    found = await session.exec(select(ContactGroup).order_by(col(ContactGroup.name)))
    return list(found.all())


async def members_of(
    session: AsyncSession, group: ContactGroup, *, is_exercise: bool
) -> list[tuple[Person, Organisation]]:
    """Who is in the group now and did not leave, by organisation and name."""
    return (await members_of_each(session, [group], is_exercise=is_exercise))[group.id or 0]


async def members_of_each(
    session: AsyncSession, groups: Sequence[ContactGroup], *, is_exercise: bool
) -> dict[int, list[tuple[Person, Organisation]]]:
    """The same of several groups: people and places are read once, however many rules there are."""
    by_hand: dict[int, set[int]] = {group.id or 0: set() for group in groups if group.rule is None}
    hands = await session.exec(select(GroupMember).where(col(GroupMember.group_id).in_(by_hand)))
    for one in hands.all():
        by_hand[one.group_id].add(one.person_id)
    rules = {
        group.id or 0: Rule.from_json(group.rule) for group in groups if group.rule is not None
    }
    query = (
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.left_at).is_(None), col(Person.is_exercise) == is_exercise)
        .order_by(col(Organisation.name), col(Person.name), col(Person.id))
    )
    if not rules:
        chosen = select(GroupMember.person_id).where(col(GroupMember.group_id).in_(by_hand))
        query = query.where(col(Person.id).in_(chosen))
    places = await places_of_sites(session) if rules else {}
    found: dict[int, list[tuple[Person, Organisation]]] = {group.id or 0: [] for group in groups}
    for person, organisation in (await session.exec(query)).all():
        into = [ident for ident, people in by_hand.items() if person.id in people]
        # Who works for a municipality next door is in a group by hand, never by a rule.
        if rules and organisation.municipality is None:
            work = work_of(person, organisation, places.get(organisation.id or 0, ()))
            into += [ident for ident, rule in rules.items() if matches(rule, work)]
        for ident in into:
            found[ident].append((person, organisation))
    return found


def work_of(person: Person, organisation: Organisation, sites: Collection[str]) -> Work:
    """What a rule looks at. Pure.

    :param sites: the wijken of the organisation's places.
    """
    own = {organisation.district} if organisation.district else set()
    return Work(
        organisation.domain,
        frozenset(own | set(sites)),
        frozenset(person.audiences),
        frozenset(organisation.school_types),
    )


async def places_of_sites(session: AsyncSession) -> dict[int, set[str]]:
    """The wijken of the places of each organisation that has any."""
    found = await session.exec(
        select(Site.organisation_id, Site.district).where(col(Site.district).is_not(None))
    )
    places: dict[int, set[str]] = {}
    for organisation_id, district in found.all():
        places.setdefault(organisation_id, set()).add(str(district))
    return places


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

    :raises ValueError: nothing is left of its name, or it holds the mark of a placeholder, which
        a message would fill in.
    """
    name = clean(name)
    if not name or MARK in name:
        raise ValueError("not a name")
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
