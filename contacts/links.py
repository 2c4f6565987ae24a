"""Links to an organisation's page, to a person's own page, and into the console.

Random, expiring, revocable; only the hash is stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import AccessLink, Channel, LinkPurpose, Person, PersonLink
from contacts.journal import Who, write_journal
from contacts.outbox import Delivery
from contacts.tokens import hash_token, new_token

#: how long a person's own link works
LIVES = {LinkPurpose.SIGN_IN: timedelta(minutes=5), LinkPurpose.OWN_PAGE: timedelta(days=90)}


def page_link(
    *,
    organisation_id: int | None,
    event_id: int | None,
    delivery_id: int | None,
    now: datetime,
    days: int,
) -> tuple[str, dict[str, Any]]:
    """A token for an organisation's page that works for ``days`` days and is kept nowhere, and the
    row of :class:`AccessLink` that knows it; many are written together."""
    token = new_token()
    return token, {
        "token_hash": hash_token(token),
        "organisation_id": organisation_id,
        "event_id": event_id,
        "delivery_id": delivery_id,
        "created_at": now,
        "expires_at": now + timedelta(days=days),
    }


async def open_link(session: AsyncSession, token: str, *, now: datetime) -> AccessLink | None:
    """The link of this token, or None when unknown, revoked or over. Changes nothing."""
    found = await session.exec(
        select(AccessLink).where(col(AccessLink.token_hash) == hash_token(token))
    )
    link = found.one_or_none()
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        return None
    return link


async def mint_person_link(
    session: AsyncSession, person_id: int, purpose: LinkPurpose, *, now: datetime
) -> str:
    """Write a link for one person; returns the token, which is kept nowhere."""
    token = new_token()
    session.add(
        PersonLink(
            token_hash=hash_token(token),
            purpose=purpose,
            person_id=person_id,
            created_at=now,
            expires_at=now + LIVES[purpose],
        )
    )
    return token


async def find_person_link(
    session: AsyncSession, token: str, purpose: LinkPurpose, *, now: datetime
) -> PersonLink | None:
    """The link while it works: not used up, not revoked, not over. Changes nothing."""
    found = await session.exec(
        select(PersonLink).where(
            col(PersonLink.token_hash) == hash_token(token),
            col(PersonLink.purpose) == purpose,
            col(PersonLink.used_at).is_(None),
            col(PersonLink.revoked_at).is_(None),
            col(PersonLink.expires_at) > now,
        )
    )
    return found.one_or_none()


async def use_person_link(
    session: AsyncSession, token: str, purpose: LinkPurpose, *, now: datetime
) -> int | None:
    """Use a one-time link up; returns whose it was, or None. Two at once: one gets None."""
    link = await find_person_link(session, token, purpose, now=now)
    if link is None:
        return None
    used = await session.exec(
        update(PersonLink)
        .where(col(PersonLink.id) == link.id, col(PersonLink.used_at).is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return link.person_id if used.rowcount == 1 else None


async def count_person_links(
    session: AsyncSession, person_id: int, purpose: LinkPurpose, *, since: datetime
) -> int:
    """How many links of this kind were made for somebody lately."""
    found = await session.exec(
        select(func.count())
        .select_from(PersonLink)
        .where(
            col(PersonLink.person_id) == person_id,
            col(PersonLink.purpose) == purpose,
            col(PersonLink.created_at) > since,
        )
    )
    return found.one()


async def revoke_person_links(
    session: AsyncSession, person_id: int, purpose: LinkPurpose, *, now: datetime
) -> None:
    """Let every link of this kind of a person stop working."""
    await session.exec(
        update(PersonLink)
        .where(
            col(PersonLink.person_id) == person_id,
            col(PersonLink.purpose) == purpose,
            col(PersonLink.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )


async def revoke_links(
    session: AsyncSession, organisation_id: int, *, who: Who, now: datetime
) -> int:
    """Let every page of an organisation's events stop working; how many still did."""
    closed = await session.exec(
        update(AccessLink)
        .where(
            col(AccessLink.organisation_id) == organisation_id,
            col(AccessLink.revoked_at).is_(None),
            col(AccessLink.expires_at) > now,
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    write_journal(
        session, who=who, action="links_revoked", subject=f"organisation:{organisation_id}",
        detail={"links": closed.rowcount}, now=now,
    )  # fmt: skip
    return int(closed.rowcount)


async def revoke_links_sent_to(session: AsyncSession, person: Person, *, now: datetime) -> None:
    """Let the pages behind the messages that this person got stop working.

    Also behind what came at an address of theirs while the list had them twice. What went to the
    organisation or to a colleague stays open.
    """
    addresses = select(Channel.address).where(col(Channel.person_id) == person.id)
    theirs = select(Delivery.id).where(
        col(Delivery.person_id).is_not(None),
        col(Delivery.is_exercise) == person.is_exercise,
        or_(col(Delivery.person_id) == person.id, col(Delivery.address).in_(addresses)),
    )
    await session.exec(
        update(AccessLink)
        .where(col(AccessLink.delivery_id).in_(theirs), col(AccessLink.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


async def revoke_every_person_link(
    session: AsyncSession, person_id: int, *, who: Who, now: datetime
) -> None:
    """Let a person's own page and links to sign in stop working; a new one can be asked for."""
    for purpose in LinkPurpose:
        await revoke_person_links(session, person_id, purpose, now=now)
    write_journal(session, who=who, action="links_revoked", subject=f"person:{person_id}", now=now)
