"""Tells the coordinators that a quarter (or month) is over and no rondbrief went, once a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest_texts as texts
from bot.asking import is_office_hour
from bot.config import Config
from briefings.learning.digest_draft import period_in_words
from briefings.learning.digest_rows import DigestStatus
from briefings.learning.digests import (
    Period,
    digest_of,
    last_period,
    note_reminded,
    reminded_since,
)
from contacts.directory import Person
from contacts.notices import as_content, tell_coordinators

#: the first week is for making it
PATIENCE = timedelta(days=7)
AGAIN = timedelta(days=7)


async def remind_of_digest(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """In office hours, as long as the time that is over has no rondbrief; returns 0 or 1."""
    period = last_period(config.contacts.digest, now)
    if period is None or now < period.end + PATIENCE or not is_office_hour(now):
        return 0
    if await reminded_since(session, period, now - AGAIN):
        return 0
    digest = await digest_of(session, period, is_exercise=config.is_exercise)
    if digest is not None and digest.status is DigestStatus.SENT:
        return 0
    if not await _was_there(session, period, is_exercise=config.is_exercise):
        return 0
    said = period_in_words(period)
    page = f"{config.web.base_url.rstrip('/')}/rondbrief"
    lines = [
        texts.REMIND_WHY.format(period=said[0].upper() + said[1:]),
        texts.REMIND_PAGE.format(page=page),
    ]
    content = as_content(texts.REMIND_TITLE, lines)
    if not await tell_coordinators(
        session, content, may_rest=True, is_exercise=config.is_exercise, now=now
    ):
        return 0
    await note_reminded(session, period, now=now)
    return 1


async def _was_there(session: AsyncSession, period: Period, *, is_exercise: bool) -> bool:
    """Whether there was a list in that time: who begins now owes nobody a rondbrief."""
    found = await session.exec(
        select(Person.id)
        .where(col(Person.is_exercise) == is_exercise, col(Person.created_at) < period.end)
        .limit(1)
    )
    return found.first() is not None
