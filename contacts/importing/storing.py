"""Stores a contact list that was read: new and changed rows, nothing twice.

What is known is read once, so that ten thousand take seconds; rows are numbered together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.consent import Consent, ConsentKind
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    GroupMember,
    Organisation,
    Person,
    Role,
    RoleGrant,
    Site,
)
from contacts.importing import places, texts
from contacts.importing.batches import Undo, keep_undo
from contacts.importing.known import Known, load_known
from contacts.importing.lines import ContactRow, LineError, Reading
from contacts.importing.numbers import number_rows
from contacts.importing.values import organisation_values, person_values, refusal, shown
from contacts.journal import Who, write_journal
from contacts.keys import KEYS

MAIL_RANK = 10
#: so many lines between two signs of progress
STEP = 250
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LineChange:
    """What one line does, in Dutch. ``is_new``: a person who was not on the list."""

    line: int
    who: str
    is_new: bool
    what: tuple[str, ...]


@dataclass
class ImportResult:
    """What an import did; ``errors`` are rows that were left out, in Dutch."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    organisations: int = 0
    batch_id: int | None = None
    person_ids: list[int] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    changes: list[LineChange] = field(default_factory=list)


async def import_contacts(
    session: AsyncSession,
    reading: Reading,
    *,
    who: Who,
    is_exercise: bool,
    now: datetime,
    progress: Progress | None = None,
    gives_rights: bool = True,
) -> ImportResult:
    """Store the good rows; the same list again changes nothing.

    A row is recognised by its mail address, or without one by organisation and name. Nobody is
    removed, no role is taken away, and an address that was closed stays closed. What it changes
    is kept, so that it can be taken back as a whole.

    :param gives_rights: whether who brings it in may give rights, and so an address to somebody
        who has one (:mod:`contacts.keys`); otherwise those cells are refused and the rest is kept.
    """
    known = await load_known(session, is_exercise=is_exercise)
    work = _Import(session, known, who, is_exercise, now, gives_rights)
    await work.make_organisations(reading)
    for count, row in enumerate(reading.rows, 1):
        work.take(row)
        if progress is not None and (count % STEP == 0 or count == len(reading.rows)):
            progress(count)
    return await work.finish()


class _Import:
    """One import under way: people first, what hangs on their numbers at the end."""

    def __init__(
        self, session: AsyncSession, known: Known, who: Who, is_exercise: bool, now: datetime,
        gives_rights: bool,
    ) -> None:  # fmt: skip
        self.session, self.known, self.who = session, known, who
        self.is_exercise, self.now, self._gives_rights = is_exercise, now, gives_rights
        self.result, self.undo = ImportResult(), Undo()
        self._rows: list[tuple[ContactRow, Person, list[str], bool]] = []
        self._made: list[Any] = []
        self._waiting: list[Any] = []
        self._granted: dict[Role, list[int]] = {}
        self._new: set[str] = set()
        self._said: set[str] = set()

    async def make_organisations(self, reading: Reading) -> None:
        """The ones that nobody knew, in one go: their people need their numbers."""
        for row in reading.rows:
            if row.organisation not in self.known.organisations:
                organisation = Organisation(
                    name=row.organisation, domain=row.domain, is_exercise=self.is_exercise,
                    created_at=self.now,
                )  # fmt: skip
                self.known.organisations[row.organisation] = organisation
                self._new.add(row.organisation)
                self._make(organisation)
        await self._write()

    def take(self, row: ContactRow) -> None:
        """One line: its organisation and its person; the rest hangs on the person's number."""
        what: list[str] = []
        organisation = self._organisation(row, what)
        if organisation is None:
            return
        person = self.known.person_of(row, organisation)
        if person is not None and (why := refusal(person, organisation)):
            self._refuse(row, why.format(value=row.email or row.name))
            return
        is_new = person is None
        if person is None:
            assert organisation.id is not None
            person = Person(
                organisation_id=organisation.id, name=row.name, created_at=self.now,
                is_exercise=organisation.is_exercise,
            )  # fmt: skip
            self._make(person)
            self.known.note_person(person, row.email)
        what += self._fill(person, person_values(person, row), is_new=is_new)
        self._rows.append((row, person, what, is_new))

    def _organisation(self, row: ContactRow, what: list[str]) -> Organisation | None:
        organisation = self.known.organisations[row.organisation]
        if organisation.is_exercise != self.is_exercise:
            world = texts.EXERCISE_WORLD if organisation.is_exercise else texts.REAL_WORLD
            self._refuse(row, texts.OTHER_WORLD.format(value=row.organisation, world=world))
            return None
        if organisation.domain is not row.domain:
            self._refuse(row, texts.OTHER_DOMAIN.format(value=row.organisation))
            return None
        is_new = row.organisation in self._new
        if is_new and row.organisation not in self._said:
            self._said.add(row.organisation)
            what.append(texts.NEW_ORGANISATION)
        values = organisation_values(organisation, row)
        what += self._fill(organisation, values, is_new=is_new)
        self._sites(row, organisation, what, is_new=is_new)
        return organisation

    def _sites(
        self, row: ContactRow, organisation: Organisation, what: list[str], *, is_new: bool
    ) -> None:
        """Its places: new ones come, known ones change, none is taken away."""
        assert organisation.id is not None
        for cell in row.sites:
            key = organisation.id, cell.name.lower()
            site = self.known.sites.get(key)
            shown = places.site_cell(cell.name, cell.district, cell.can_host)
            if site is None:
                site = Site(
                    organisation_id=organisation.id, name=cell.name, district=cell.district,
                    can_host=cell.can_host,
                )  # fmt: skip
                self.known.sites[key] = site
                self._make(site)
                if not is_new:
                    what.append(texts.NEW_SITE.format(site=shown))
                continue
            old = places.site_cell(site.name, site.district, site.can_host)
            values = {
                "district": cell.district or site.district,
                "can_host": cell.can_host or site.can_host,
            }
            if self._fill(site, values, is_new=False):
                new = places.site_cell(site.name, site.district, site.can_host)
                what.append(texts.SITE_CHANGE.format(old=old, new=new))

    def _refuse(self, row: ContactRow, text: str) -> None:
        self.result.errors.append(LineError(row.line, text))

    def _fill(
        self, target: Organisation | Person | Site, values: dict[str, Any], *, is_new: bool
    ) -> list[str]:
        """Set what differs, remember what it was, and say it; of a new row nothing is said."""
        said = []
        for name, value in values.items():
            old = getattr(target, name)
            if old == value:
                continue
            setattr(target, name, value)
            if not is_new:
                self.undo.changed(target, name, old, value)
                said.append(
                    texts.CHANGE.format(
                        field=texts.FIELDS.get(name, name), old=shown(old), new=shown(value)
                    )
                )
        return said

    async def finish(self) -> ImportResult:
        """Numbers for everybody, then addresses, roles, groups and consent; one journal line."""
        await self._drop_unused()
        await self._write()
        for row, person, what, is_new in self._rows:
            said = [*what, *await self._connect(row, person)]
            self._count(row, said, is_new)
            assert person.id is not None
            self.result.person_ids.append(person.id)
        await self._write()
        self._journal_roles()
        self.undo.made(self._made)
        result = self.result
        if result.changes:
            result.batch_id = await keep_undo(
                self.session, self.undo, who=self.who, is_exercise=self.is_exercise, now=self.now
            )
        detail = {
            "added": result.added, "updated": result.updated, "unchanged": result.unchanged,
            "errors": len(result.errors),
        }  # fmt: skip
        write_journal(
            self.session, who=self.who, action="contacts_imported", subject="person",
            detail=detail, now=self.now,
        )  # fmt: skip
        return result

    async def _drop_unused(self) -> None:
        """An organisation of which every line was refused does not come on the list."""
        used = {row.organisation for row, *_ in self._rows}
        for name in self._new - used:
            organisation = self.known.organisations.pop(name)
            self._made.remove(organisation)
            places_of = [one for one in self._waiting if isinstance(one, Site)]
            for site in places_of:
                if site.organisation_id == organisation.id:
                    self._waiting.remove(site)
            await self.session.delete(organisation)
        self.result.organisations = len(self._new & used)

    def _count(self, row: ContactRow, said: list[str], is_new: bool) -> None:
        if is_new:
            self.result.added += 1
        elif said:
            self.result.updated += 1
        else:
            self.result.unchanged += 1
            return
        where = texts.place(self.known.organisations[row.organisation].name, row.organisation)
        who = f"{row.name}, {where}"
        self.result.changes.append(LineChange(row.line, who, is_new, tuple(said)))

    async def _connect(self, row: ContactRow, person: Person) -> list[str]:
        assert person.id is not None
        said = [*self._address(row, person), *self._rights(row, person.id)]
        for name in row.groups:
            group_id = await self.known.group(self.session, name)
            if (group_id, person.id) not in self.known.members:
                self.known.members.add((group_id, person.id))
                self._make(GroupMember(group_id=group_id, person_id=person.id))
                said.append(texts.NEW_GROUP.format(group=name))
        if row.has_consent and person.id not in self.known.consents:
            self.known.consents.add(person.id)
            self._make(
                Consent(
                    person_id=person.id, kind=ConsentKind.PERSONAL_ADDRESS,
                    how=texts.CONSENT_HOW, noted_by=str(self.who), given_at=self.now,
                )
            )  # fmt: skip
            said.append(texts.NEW_CONSENT)
        return said

    def _rights(self, row: ContactRow, person_id: int) -> list[str]:
        said = []
        for role in row.roles:
            name = texts.ROLE_NAMES[role]
            if (person_id, role) in self.known.roles:
                continue
            if role in KEYS and not self._gives_rights:
                self._refuse(row, texts.NOT_YOURS_TO_GIVE.format(role=name))
                continue
            self.known.roles.add((person_id, role))
            self._make(RoleGrant(person_id=person_id, role=role, granted_at=self.now))
            self._granted.setdefault(role, []).append(person_id)
            said.append(texts.NEW_ROLE.format(role=name))
        return said

    def _address(self, row: ContactRow, person: Person) -> list[str]:
        if row.email is None:
            return []
        channel = self.known.channels.get(row.email)
        if channel is not None:
            if channel.status is ChannelStatus.CLOSED:
                self._refuse(row, texts.CLOSED_ADDRESS.format(value=row.email))
            return []
        assert person.id is not None
        if not self._gives_rights and self.known.has_key(person.id):
            self._refuse(row, texts.KEY_ADDRESS.format(value=row.email))
            return []
        channel = Channel(
            person_id=person.id, kind=ChannelKind.EMAIL, address=row.email, rank=MAIL_RANK,
            is_exercise=person.is_exercise, created_at=self.now,
        )  # fmt: skip
        self.known.channels[row.email] = channel
        self._make(channel)
        return [texts.NEW_ADDRESS]

    def _make(self, row: Any) -> None:
        self._waiting.append(row)

    async def _write(self) -> None:
        """What was made since the last time goes to the store, numbered beforehand."""
        await number_rows(self.session, self._waiting)
        self.session.add_all(self._waiting)
        await self.session.flush()
        self._made += self._waiting
        self._waiting = []

    def _journal_roles(self) -> None:
        for role, people in self._granted.items():
            write_journal(
                self.session, who=self.who, action="role_granted", subject="person",
                detail={"role": role.value, "ids": people}, now=self.now,
            )  # fmt: skip
