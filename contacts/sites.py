"""The places of an organisation at the desk: a name and a wijk, never an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Site
from contacts.editing import EditRefused, Refusal, check_lengths, cleaned, store_changes
from contacts.journal import Who, write_journal

#: a list in a file parts several places by this sign
PARTED_BY = "|"
LIMITS = {"name": 120}


async def sites_of(session: AsyncSession, organisation_id: int) -> list[Site]:
    """Its places, in the order in which they were written down."""
    found = await session.exec(
        select(Site).where(col(Site.organisation_id) == organisation_id).order_by(col(Site.id))
    )
    return list(found.all())


async def save_site(
    session: AsyncSession, site: Site, values: Mapping[str, Any], *, who: Who, now: datetime
) -> bool:
    """Store a new place, or what changed; False when nothing did.

    :raises EditRefused: and nothing was changed.
    """
    values = cleaned(values)
    check_lengths(values, LIMITS)
    if PARTED_BY in values["name"]:
        raise EditRefused(Refusal.BAD_NAME)
    others = [
        one.name.lower()
        for one in await sites_of(session, site.organisation_id)
        if one.id != site.id
    ]
    if values["name"].lower() in others:
        raise EditRefused(Refusal.SITE_TAKEN)
    is_new = site.id is None
    changed = await store_changes(session, site, values)
    if not changed and not is_new:
        return False
    write_journal(
        session, who=who, action="site_added" if is_new else "site_changed",
        subject=f"organisation:{site.organisation_id}", detail={"fields": changed}, now=now,
    )  # fmt: skip
    return True


async def remove_site(session: AsyncSession, site: Site, *, who: Who, now: datetime) -> None:
    """It is no place of the organisation any more."""
    write_journal(
        session, who=who, action="site_removed", subject=f"organisation:{site.organisation_id}",
        now=now,
    )  # fmt: skip
    await session.delete(site)
    await session.flush()
