"""A rondbrief that was handed in and waits for somebody who did not write it."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import digest_texts
from bot.console import texts
from bot.console.needs import Need
from briefings.learning.digest_draft import period_in_words
from briefings.learning.digest_rows import Digest, DigestStatus
from briefings.learning.digests import SUBMITTED_AS, period_named, writers_of
from contacts.journal import JournalEntry, Who
from contacts.permissions import Permission

_WAITING = select(Digest).where(
    col(Digest.status) == DigestStatus.SUBMITTED,
    col(Digest.is_exercise) == bindparam("in_exercise"),
)


async def waiting_digests(
    session: AsyncSession, *, is_exercise: bool, reader: int | None
) -> list[Need]:
    """Each with since when it waits.

    :param reader: who reads it; who wrote in it is told that somebody else approves.
    """
    found = await session.exec(_WAITING, params={"in_exercise": is_exercise})
    needs = []
    for digest in found.all():
        period = period_named(digest.period)
        handed_in = await session.exec(
            select(JournalEntry.at)
            .where(
                col(JournalEntry.subject) == f"digest:{digest.id}",
                col(JournalEntry.action) == SUBMITTED_AS,
            )
            .order_by(col(JournalEntry.id).desc())
            .limit(1)
        )
        detail = digest.period if period is None else period_in_words(period)
        if str(Who("person", reader)) in await writers_of(session, digest):
            detail += texts.NEED_OTHER.format(why=digest_texts.OWN)
        needs.append(
            Need(
                what=digest_texts.WAITS_TITLE,
                detail=detail,
                by=texts.SINCE,
                due=handed_in.first() or digest.edited_at,
                is_exercise=is_exercise,
                page=f"/rondbrief/{digest.id}",
                opens_for=Permission.APPROVE_BRIEFING,
                acts=Permission.APPROVE_BRIEFING,
            )
        )
    return needs
