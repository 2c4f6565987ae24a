"""A link to an organisation's page, as a message carries it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import AccessLink
from contacts.links import page_link


async def mint_link(
    session: AsyncSession,
    *,
    organisation_id: int,
    event_id: int,
    delivery_id: int | None,
    now: datetime,
    days: int,
) -> str:
    """Write the row that the product makes; returns the token."""
    token, row = page_link(
        organisation_id=organisation_id, event_id=event_id, delivery_id=delivery_id, now=now,
        days=days,
    )  # fmt: skip
    session.add(AccessLink(**row))
    return token
