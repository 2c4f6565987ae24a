"""Links to one organisation's page of one event: random, expiring, only the hash is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import AccessLink
from contacts.tokens import hash_token, new_token


async def mint_link(
    session: AsyncSession,
    *,
    organisation_id: int,
    event_id: int,
    delivery_id: int | None,
    now: datetime,
    days: int,
) -> str:
    """Write a link that works for ``days`` days; returns the token, which is kept nowhere."""
    token = new_token()
    session.add(
        AccessLink(
            token_hash=hash_token(token),
            organisation_id=organisation_id,
            event_id=event_id,
            delivery_id=delivery_id,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return token


async def open_link(session: AsyncSession, token: str, *, now: datetime) -> AccessLink | None:
    """The link of this token, or None when unknown, revoked or over. Changes nothing."""
    found = await session.exec(
        select(AccessLink).where(col(AccessLink.token_hash) == hash_token(token))
    )
    link = found.one_or_none()
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        return None
    return link
