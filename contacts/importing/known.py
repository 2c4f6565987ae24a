"""What is on the list already, read once before an import."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.consent import Consent, ConsentKind
from contacts.directory import (
    Channel,
    ChannelKind,
    ContactGroup,
    GroupMember,
    Organisation,
    Person,
    Role,
    RoleGrant,
    Site,
)
from contacts.former_names import FormerName
from contacts.importing.lines import ContactRow
from contacts.keys import KEYS


@dataclass
class Known:
    """The list in memory, kept up to date while lines are taken."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    roles: set[tuple[int, Role]] = field(default_factory=set)
    groups: dict[str, int] = field(default_factory=dict)
    members: set[tuple[int, int]] = field(default_factory=set)
    consents: set[int] = field(default_factory=set)
    #: by the number of the organisation and the name in small letters
    sites: dict[tuple[int, str], Site] = field(default_factory=dict)
    _by_name: dict[tuple[int, str], list[Person]] = field(default_factory=dict)
    _with_mail: set[int] = field(default_factory=set)
    _new_mail: set[int] = field(default_factory=set)
    _new_by_mail: dict[str, Person] = field(default_factory=dict)

    def add_people(self, people: list[Person]) -> None:
        for person in people:
            assert person.id is not None
            self.people[person.id] = person
            self._by_name.setdefault((person.organisation_id, person.name), []).append(person)
        self._with_mail = {channel.person_id for channel in self.channels.values()}

    def person_of(self, row: ContactRow, organisation: Organisation) -> Person | None:
        """Whom the line is about: by mail address, or else by organisation and name.

        With an address, somebody of this name who has another one is a colleague: names are
        often functions.
        """
        if row.email is not None:
            channel = self.channels.get(row.email)
            if channel is not None:
                return self.people.get(channel.person_id)
            if row.email in self._new_by_mail:
                return self._new_by_mail[row.email]
        for person in self._by_name.get((organisation.id or 0, row.name), ()):
            if row.email is None or not self._has_mail(person):
                if row.email is not None:
                    self._new_mail.add(id(person))
                return person
        return None

    def _has_mail(self, person: Person) -> bool:
        return (person.id in self._with_mail) or id(person) in self._new_mail

    def has_key(self, person_id: int) -> bool:
        """Whether they may sign in at the pages."""
        return any((person_id, role) in self.roles for role in KEYS)

    def note_person(self, person: Person, email: str | None) -> None:
        """Somebody new, who has no number yet."""
        self._by_name.setdefault((person.organisation_id, person.name), []).append(person)
        if email is not None:
            self._new_mail.add(id(person))
            self._new_by_mail[email] = person

    async def group(self, session: AsyncSession, name: str) -> int:
        """The group by hand of this name; made when it is not there."""
        name = name[:120]
        if name not in self.groups:
            group = ContactGroup(name=name)
            session.add(group)
            await session.flush()
            assert group.id is not None
            self.groups[name] = group.id
        return self.groups[name]


async def load_known(session: AsyncSession, *, is_exercise: bool) -> Known:
    """The whole list: a city has some thousands of contacts at the most.

    :param is_exercise: the world that is imported into: an address of both is whose it is there.
    """
    known = Known()
    for organisation in (await session.exec(select(Organisation))).all():
        known.organisations[organisation.name] = organisation
    by_id = {one.id: one for one in known.organisations.values()}
    before = await session.exec(select(FormerName).order_by(col(FormerName.id).desc()))
    for former in before.all():
        # Whoever bears the name now is meant before who bore it once.
        known.organisations.setdefault(former.name, by_id[former.organisation_id])
    mail = await session.exec(select(Channel).where(col(Channel.kind) == ChannelKind.EMAIL))
    theirs_last = sorted(mail.all(), key=lambda channel: channel.is_exercise == is_exercise)
    known.channels = {channel.address: channel for channel in theirs_last}
    people = await session.exec(select(Person).order_by(col(Person.id)))
    known.add_people(list(people.all()))
    grants = await session.exec(select(RoleGrant.person_id, RoleGrant.role))
    known.roles = {(person_id, Role(role)) for person_id, role in grants.all()}
    for group in (await session.exec(select(ContactGroup))).all():
        assert group.id is not None
        known.groups[group.name] = group.id
    for site in (await session.exec(select(Site))).all():
        known.sites[site.organisation_id, site.name.lower()] = site
    members = await session.exec(select(GroupMember.group_id, GroupMember.person_id))
    known.members = set(members.all())
    consents = await session.exec(
        select(Consent.person_id).where(
            col(Consent.kind) == ConsentKind.PERSONAL_ADDRESS,
            col(Consent.withdrawn_at).is_(None),
        )
    )
    known.consents = set(consents.all())
    return known
