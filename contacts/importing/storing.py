"""Stores a contact list that was read: new and changed rows, nothing twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    GroupMember,
    Organisation,
    Person,
)
from contacts.importing import texts
from contacts.importing.reading import ContactRow, LineError, Reading
from contacts.journal import Who, write_journal
from contacts.people import grant, open_channel

MAIL_RANK = 10


@dataclass
class ImportResult:
    """What an import did; ``errors`` are rows that were left out, in Dutch."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    organisations: int = 0
    person_ids: list[int] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


async def import_contacts(
    session: AsyncSession, reading: Reading, *, who: Who, is_exercise: bool, now: datetime
) -> ImportResult:
    """Store the good rows; the same list again changes nothing.

    A row is recognised by its mail address, or without one by organisation and name. Nobody is
    removed, no role is taken away, and an address that was closed stays closed.
    """
    result = ImportResult()
    for row in reading.rows:
        organisation = await _organisation(session, row, result, is_exercise, now)
        if organisation is not None:
            await _person(session, row, organisation, result, who, now)
    detail = {
        "added": result.added, "updated": result.updated, "unchanged": result.unchanged,
        "errors": len(result.errors),
    }  # fmt: skip
    write_journal(
        session, who=who, action="contacts_imported", subject="person", detail=detail, now=now
    )
    return result


async def _organisation(
    session: AsyncSession, row: ContactRow, result: ImportResult, is_exercise: bool, now: datetime
) -> Organisation | None:
    found = await session.exec(
        select(Organisation).where(col(Organisation.name) == row.organisation)
    )
    organisation = found.first()
    if organisation is None:
        organisation = Organisation(
            name=row.organisation, domain=row.domain, is_exercise=is_exercise, created_at=now
        )
        session.add(organisation)
        result.organisations += 1
    elif organisation.is_exercise != is_exercise:
        world = texts.EXERCISE_WORLD if organisation.is_exercise else texts.REAL_WORLD
        text = texts.OTHER_WORLD.format(value=row.organisation, world=world)
        result.errors.append(LineError(row.line, text))
        return None
    elif organisation.domain is not row.domain:
        text = texts.OTHER_DOMAIN.format(value=row.organisation)
        result.errors.append(LineError(row.line, text))
        return None
    organisation.district = row.district or organisation.district
    organisation.mailbox = row.mailbox or organisation.mailbox
    organisation.internal_contact = row.internal_contact or organisation.internal_contact
    await session.flush()
    return organisation


async def _person(
    session: AsyncSession,
    row: ContactRow,
    organisation: Organisation,
    result: ImportResult,
    who: Who,
    now: datetime,
) -> None:
    person = await _known(session, row, organisation)
    if person is not None and (refusal := _refusal(person, organisation)):
        text = refusal.format(value=row.email or row.name)
        result.errors.append(LineError(row.line, text))
        return
    if person is None:
        assert organisation.id is not None
        person = Person(
            organisation_id=organisation.id,
            name=row.name,
            created_at=now,
            is_exercise=organisation.is_exercise,
        )
        session.add(person)
        result.added += 1
        _fill(person, row)
    else:
        _fill(person, row)
        changed = session.is_modified(person)
        result.updated, result.unchanged = (
            result.updated + changed, result.unchanged + (not changed),
        )  # fmt: skip
    await session.flush()
    await _connect(session, row, person, result, who, now)


def _refusal(person: Person, organisation: Organisation) -> str | None:
    if person.organisation_id != organisation.id:
        return texts.EMAIL_TAKEN
    return texts.LEFT if person.left_at is not None else None


def _fill(person: Person, row: ContactRow) -> None:
    person.name, person.function, person.language = row.name, row.function, row.language
    audiences = [audience.value for audience in row.audiences]
    # Assigning an equal list would count as a change.
    if person.audiences != audiences:
        person.audiences = audiences
    person.phone = row.phone or person.phone


async def _connect(
    session: AsyncSession, row: ContactRow, person: Person, result: ImportResult, who: Who,
    now: datetime,
) -> None:  # fmt: skip
    assert person.id is not None
    result.person_ids.append(person.id)
    if row.email is not None:
        channel = await _mail_channel(session, row.email)
        if channel is None:
            await open_channel(
                session, person, ChannelKind.EMAIL, row.email, rank=MAIL_RANK, now=now
            )
        elif channel.status is ChannelStatus.CLOSED:
            text = texts.CLOSED_ADDRESS.format(value=row.email)
            result.errors.append(LineError(row.line, text))
    for role in row.roles:
        await grant(session, person.id, role, who=who, now=now)
    for name in row.groups:
        await _join(session, name, person.id)


async def _known(
    session: AsyncSession, row: ContactRow, organisation: Organisation
) -> Person | None:
    if row.email is not None:
        channel = await _mail_channel(session, row.email)
        if channel is not None:
            return await session.get_one(Person, channel.person_id)
    same_name = select(Person).where(
        col(Person.organisation_id) == organisation.id, col(Person.name) == row.name
    )
    if row.email is not None:
        # Somebody of this name with another address is a colleague: names are often functions.
        with_mail = select(Channel.person_id).where(col(Channel.kind) == ChannelKind.EMAIL)
        same_name = same_name.where(col(Person.id).not_in(with_mail))
    found = await session.exec(same_name.order_by(col(Person.id)))
    return found.first()


async def _mail_channel(session: AsyncSession, address: str) -> Channel | None:
    found = await session.exec(
        select(Channel).where(
            col(Channel.kind) == ChannelKind.EMAIL, col(Channel.address) == address
        )
    )
    return found.first()


async def _join(session: AsyncSession, name: str, person_id: int) -> None:
    group = (await session.exec(select(ContactGroup).where(col(ContactGroup.name) == name))).first()
    if group is None:
        group = ContactGroup(name=name[:120])
        session.add(group)
        await session.flush()
    assert group.id is not None
    member = await session.exec(
        select(GroupMember.id).where(
            col(GroupMember.group_id) == group.id, col(GroupMember.person_id) == person_id
        )
    )
    if member.first() is None:
        session.add(GroupMember(group_id=group.id, person_id=person_id))
        await session.flush()
