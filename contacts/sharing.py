"""What one member may see of another: organisation, name, function and a mail address.

Only while the consent to be seen by other members stands; a chat or a phone number is never shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contacts.consent import Consent, ConsentKind
from contacts.directory import (
    Audience,
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
    Site,
    has_audience,
)


@dataclass(frozen=True, slots=True)
class SharedContact:
    """One member as others see them. ``email`` is empty where there is no address at all."""

    person_id: int
    organisation: str
    domain: Domain
    name: str
    function: str
    email: str


def sharing_people() -> SelectOfScalar[int]:
    """Who lets other members see them now, as a part of another query."""
    return select(Consent.person_id).where(
        col(Consent.kind) == ConsentKind.SHARE_WITH_MEMBERS, col(Consent.withdrawn_at).is_(None)
    )


async def is_sharing(session: AsyncSession, person_id: int) -> bool:
    """Whether this person lets other members see their contact."""
    found = await session.exec(sharing_people().where(col(Consent.person_id) == person_id))
    return found.first() is not None


async def shared_contacts(
    session: AsyncSession, person_ids: Collection[int]
) -> Mapping[int, SharedContact]:
    """Of these people those who may be seen, by number; who left is not among them."""
    found = await session.exec(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Person.id).in_(person_ids),
            col(Person.id).in_(sharing_people()),
            col(Person.left_at).is_(None),
        )
    )
    rows = found.all()
    addresses = await _addresses(session, [person.id or 0 for person, _ in rows])
    return {
        person.id: SharedContact(
            person_id=person.id,
            organisation=organisation.name,
            domain=organisation.domain,
            name=person.name,
            function=person.function,
            email=addresses.get(person.id) or organisation.mailbox or "",
        )
        for person, organisation in rows
        if person.id is not None
    }


async def find_members(
    session: AsyncSession,
    domain: Domain,
    *,
    audience: Audience | None = None,
    district: str | None = None,
    asker_id: int,
    is_exercise: bool,
) -> list[SharedContact]:
    """Members of a domain who may be seen, by organisation and name; never the asker.

    :param audience: only who does this work, such as teaching in primary schools.
    :param district: only organisations in this wijk (CBS code), or with a place there.
    """
    query = (
        select(Person)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(
            col(Organisation.domain) == domain,
            col(Person.id).in_(sharing_people()),
            col(Person.id) != asker_id,
            col(Person.left_at).is_(None),
            col(Person.is_exercise) == is_exercise,
        )
        .order_by(col(Organisation.name), col(Person.name), col(Person.id))
    )
    if district is not None:
        there = select(Site.organisation_id).where(col(Site.district) == district)
        query = query.where(
            or_(col(Organisation.district) == district, col(Organisation.id).in_(there))
        )
    people = [
        person
        for person in (await session.exec(query)).all()
        if audience is None or has_audience(person, audience)
    ]
    numbers = [person.id or 0 for person in people]
    found = await shared_contacts(session, numbers)
    return [found[number] for number in numbers if number in found]


async def _addresses(session: AsyncSession, person_ids: Collection[int]) -> Mapping[int, str]:
    """The mail address of each that is tried first."""
    found = await session.exec(
        select(Channel.person_id, Channel.address)
        .where(
            col(Channel.person_id).in_(person_ids),
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
        .order_by(col(Channel.rank).desc(), col(Channel.id).desc())
    )
    return dict(found.all())
