"""Organisations and people as the desk writes them; the journal names fields, no contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.cells import clean
from contacts.consent import ConsentKind, may_have, standing_consents
from contacts.directory import (
    LONGEST_ADDRESS,
    Channel,
    ChannelKind,
    ChannelStatus,
    Domain,
    Organisation,
    Person,
)
from contacts.importing.judging import EMAIL
from contacts.journal import Who, write_journal
from contacts.people import close_channel, open_channel
from contacts.records import Row

MAIL_RANK = 10
#: why a channel was closed at the desk; the desk may open it again
REMOVED = "removed"


class Refusal(StrEnum):
    """Why the desk's words were not kept."""

    NAME_MISSING = "name_missing"
    NAME_TAKEN = "name_taken"
    TOO_LONG = "too_long"
    BAD_ADDRESS = "bad_address"
    ADDRESS_TAKEN = "address_taken"
    NEEDS_CONSENT = "needs_consent"
    TYPE_ELSEWHERE = "type_elsewhere"
    NEIGHBOUR_DOMAIN = "neighbour_domain"
    BAD_NAME = "bad_name"
    SITE_TAKEN = "site_taken"


class EditRefused(ValueError):
    """Nothing was changed; ``why`` says what to mend."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


ORGANISATION_LIMITS = {
    "name": 200,
    "mailbox": LONGEST_ADDRESS,
    "phone": 40,
    "internal_contact": 120,
}
PERSON_LIMITS = {"name": 120, "function": 120, "phone": 40}


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the list of a file is cleaned: one line, nothing that a spreadsheet would run. Pure."""
    return {
        name: clean(value) if isinstance(value, str) and not isinstance(value, StrEnum) else value
        for name, value in values.items()
    }


def check_lengths(values: Mapping[str, Any], limits: Mapping[str, int]) -> None:
    """:raises EditRefused: something is too long, or the name is missing. Pure."""
    if not values["name"]:
        raise EditRefused(Refusal.NAME_MISSING)
    if any(len(values.get(name) or "") > limit for name, limit in limits.items()):
        raise EditRefused(Refusal.TOO_LONG)


async def save_organisation(
    session: AsyncSession,
    organisation: Organisation,
    values: Mapping[str, Any],
    *,
    who: Who,
    now: datetime,
) -> bool:
    """Store a new organisation, or what changed; False when nothing did.

    :raises EditRefused: and nothing was changed.
    """
    values = cleaned(values)
    check_lengths(values, ORGANISATION_LIMITS)
    if values.get("mailbox") and not EMAIL.match(values["mailbox"]):
        raise EditRefused(Refusal.BAD_ADDRESS)
    if values.get("school_types") and values["domain"] is not Domain.EDUCATION:
        raise EditRefused(Refusal.TYPE_ELSEWHERE)
    if values.get("municipality") and values["domain"] is not Domain.MUNICIPALITY:
        raise EditRefused(Refusal.NEIGHBOUR_DOMAIN)
    same_name = await session.exec(
        select(Organisation.id).where(
            col(Organisation.name) == values["name"], col(Organisation.id) != (organisation.id or 0)
        )
    )
    if same_name.first() is not None:
        raise EditRefused(Refusal.NAME_TAKEN)
    is_new = organisation.id is None
    return await _keep(session, organisation, values, is_new, who=who, now=now)


async def save_person(
    session: AsyncSession, person: Person, values: Mapping[str, Any], *, who: Who, now: datetime
) -> bool:
    """Store a new person, or what changed; False when nothing did.

    :raises EditRefused: and nothing was changed.
    """
    values = cleaned(values)
    check_lengths(values, PERSON_LIMITS)
    is_new = person.id is None
    if not is_new:
        await _check_addresses(session, person, values.get("audiences", person.audiences))
    return await _keep(session, person, values, is_new, who=who, now=now)


async def _check_addresses(
    session: AsyncSession, person: Person, audiences: Collection[str]
) -> None:
    """Who becomes somebody of a religious or cultural organisation keeps what is allowed there."""
    assert person.id is not None
    consents = await standing_consents(session, person.id)
    found = await session.exec(
        select(Channel.address).where(
            col(Channel.person_id) == person.id,
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.status) == ChannelStatus.ACTIVE,
        )
    )
    if not all(may_have(address, audiences, consents) for address in found.all()):
        raise EditRefused(Refusal.NEEDS_CONSENT)


async def store_changes(session: AsyncSession, row: Row, values: Mapping[str, Any]) -> list[str]:
    """Set what is not so yet, and store the row; returns the names of what changed, in order."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    session.add(row)
    await session.flush()
    return changed


async def _keep(
    session: AsyncSession,
    row: Organisation | Person,
    values: Mapping[str, Any],
    is_new: bool,
    *,
    who: Who,
    now: datetime,
) -> bool:
    changed = await store_changes(session, row, values)
    if not changed and not is_new:
        return False
    write_journal(
        session, who=who, action="contact_added" if is_new else "contact_changed",
        subject=f"{row.__tablename__}:{row.id}", detail={"fields": changed}, now=now,
    )  # fmt: skip
    return True


async def add_address(
    session: AsyncSession, person: Person, address: str, *, who: Who, now: datetime
) -> Channel:
    """A mail address for somebody, or one that was closed and works again by a person's word.

    :raises EditRefused: and nothing was changed.
    """
    assert person.id is not None
    address = address.lower()
    if not EMAIL.match(address) or len(address) > LONGEST_ADDRESS:
        raise EditRefused(Refusal.BAD_ADDRESS)
    consents: Collection[ConsentKind] = await standing_consents(session, person.id)
    if not may_have(address, person.audiences, consents):
        raise EditRefused(Refusal.NEEDS_CONSENT)
    channel = await open_channel(
        session, person, ChannelKind.EMAIL, address, rank=MAIL_RANK, now=now
    )
    if channel is None:
        raise EditRefused(Refusal.ADDRESS_TAKEN)
    write_journal(session, who=who, action="address_added", subject=f"person:{person.id}", now=now)
    return channel


async def remove_address(
    session: AsyncSession, channel: Channel, *, who: Who, now: datetime
) -> bool:
    """Nothing goes there any more; False when it was closed already."""
    closed = await close_channel(
        session, channel.kind, channel.address, reason=REMOVED, now=now,
        only_exercise=channel.is_exercise,
    )  # fmt: skip
    if closed:
        write_journal(
            session, who=who, action="address_removed", subject=f"channel:{channel.id}", now=now
        )
    return closed


async def prefer(session: AsyncSession, channel: Channel, *, who: Who, now: datetime) -> None:
    """This channel is tried first from now on."""
    found = await session.exec(
        select(Channel)
        .where(col(Channel.person_id) == channel.person_id)
        .order_by(col(Channel.rank), col(Channel.id))
    )
    ordered = sorted(found.all(), key=lambda one: one.id != channel.id)
    for rank, one in enumerate(ordered, start=1):
        one.rank = rank * 10
        session.add(one)
    write_journal(
        session, who=who, action="channel_preferred", subject=f"channel:{channel.id}", now=now
    )
    await session.flush()
