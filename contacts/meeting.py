"""How often domains had contact through Schakel: counts per week and pair, nobody in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import UniqueConstraint, delete
from sqlmodel import Field, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.counting import count_one
from contacts.directory import Domain
from contacts.local_time import AMSTERDAM
from contacts.records import Row, required_choice

#: of an exercise, counted from the Monday of its week
KEEP_PLAYED = timedelta(days=30)


class Way(StrEnum):
    """How two domains met."""

    TAKEN_UP = "opgepakt"
    LOOKED_UP = "opgezocht"
    TOLD = "verteld"
    IN_GROUP = "groep"


class ContactCount(Row, table=True):
    """How often somebody of one domain had contact with another in a week (its Monday)."""

    __table_args__ = (UniqueConstraint("week", "from_domain", "to_domain", "way", "is_exercise"),)

    id: int | None = Field(default=None, primary_key=True)
    week: date = Field(index=True)
    from_domain: Domain = required_choice(Domain)
    to_domain: Domain = required_choice(Domain)
    way: Way = required_choice(Way)
    count: int = Field(default=0)
    is_exercise: bool = Field(default=False)


async def count_contact(
    session: AsyncSession,
    from_domain: Domain,
    to_domain: Domain,
    way: Way,
    *,
    is_exercise: bool,
    now: datetime,
) -> None:
    """One more contact in this week, as the city's calendar has it."""
    today = now.astimezone(AMSTERDAM).date()
    week = today - timedelta(days=today.weekday())
    await count_one(
        session, ContactCount,
        week=week, from_domain=from_domain, to_domain=to_domain, way=way, is_exercise=is_exercise,
    )  # fmt: skip


async def contacts_since(
    session: AsyncSession, since: date, *, is_exercise: bool
) -> list[ContactCount]:
    """The counts of all weeks that began on or after a day."""
    found = await session.exec(
        select(ContactCount)
        .where(col(ContactCount.week) >= since, col(ContactCount.is_exercise) == is_exercise)
        .order_by(col(ContactCount.week), col(ContactCount.id))
    )
    return list(found.all())


async def drop_played_contacts(session: AsyncSession, *, now: datetime) -> int:
    """Delete the counts of exercises of weeks that ended a month ago; returns how many."""
    result = await session.exec(
        delete(ContactCount)
        .where(col(ContactCount.is_exercise), col(ContactCount.week) < now.date() - KEEP_PLAYED)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount
