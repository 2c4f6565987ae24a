"""A mail that could not be read or handled: noted without its words, left in the mailbox, told."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_fetching import Fetched
from bot.mail_sorting import MailKind, Sorted
from bot.rows import IncomingMail
from contacts import texts
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.notices import as_content, tell_everywhere

#: many odd mails in a row are one notice
TELL_AGAIN = timedelta(hours=1)
TOLD = "unreadable_mail_told"


def as_unreadable(mail: Fetched) -> Fetched:
    """The same mail, of which nothing is used any more. Pure."""
    return replace(mail, sorted=Sorted(mail.sorted.message_id, MailKind.UNREADABLE), words=None)


async def note_unreadable(session: AsyncSession, mail: Fetched, *, now: datetime) -> bool:
    """Keep that it came, by a fingerprint: whatever its own number is, that can be written.

    Its place in the mailbox and the hour are in it: a mailbox may count anew.
    """
    said = f"{mail.uid} {now:%Y-%m-%dT%H} {mail.sorted.message_id!r}"
    number = f"unreadable:{hashlib.sha256(said.encode()).hexdigest()}"
    if await session.get(IncomingMail, number) is not None:
        return False
    kind = MailKind.UNREADABLE.value
    session.add(IncomingMail(message_id=number, kind=kind, received_at=now))
    write_journal(
        session, who=SYSTEM, action="mail_handled", subject="incoming_mail",
        detail={"kind": kind}, now=now,
    )  # fmt: skip
    return True


async def tell_unreadable(session: AsyncSession, *, now: datetime) -> int:
    """One notice for all that came since the last one; returns how many mails it tells of."""
    last = await session.exec(
        select(func.max(col(JournalEntry.at))).where(col(JournalEntry.action) == TOLD)
    )
    since = last.one() or datetime.min.replace(tzinfo=UTC)
    if since > now - TELL_AGAIN:
        return 0
    found = await session.exec(
        select(func.count())
        .select_from(IncomingMail)
        .where(
            col(IncomingMail.kind) == MailKind.UNREADABLE.value,
            col(IncomingMail.received_at) > since,
        )
    )
    count = found.one()
    if not count:
        return 0
    content = as_content(
        texts.counted(texts.UNREADABLE_TITLE, count), [texts.counted(texts.UNREADABLE, count)]
    )
    if not await tell_everywhere(session, content, avoid=None, now=now):
        return 0
    write_journal(
        session, who=SYSTEM, action=TOLD, subject="incoming_mail", detail={"count": count}, now=now
    )
    return count
