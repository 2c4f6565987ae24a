"""Mails that are left in the mailbox for a person: noted without their words, and told.

One that could not be read or handled, an answer to a mail of ours of which nobody can say which,
a failure at an address that we did not write to, and what a mail server says of a mail of ours in
words that only a person can read.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_fetching import Fetched
from bot.mail_sorting import MailKind
from bot.rows import IncomingMail
from contacts import texts
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.notices import as_content, tell_everywhere

#: many odd mails in a row are one notice
TELL_AGAIN = timedelta(hours=1)
TOLD = "unreadable_mail_told"


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


async def tell_left(session: AsyncSession, *, now: datetime) -> int:
    """One notice for all that came since the last one; returns how many mails it tells of."""
    last = await session.exec(
        select(func.max(col(JournalEntry.at))).where(col(JournalEntry.action) == TOLD)
    )
    since = last.one() or datetime.min.replace(tzinfo=UTC)
    if since > now - TELL_AGAIN:
        return 0
    found = await session.exec(
        select(IncomingMail.kind, func.count())
        .where(
            col(IncomingMail.kind).in_(texts.LEFT_MAILS),
            col(IncomingMail.received_at) > since,
        )
        .group_by(col(IncomingMail.kind))
    )
    counts = dict(sorted(found.all()))
    if not counts:
        return 0
    titles = [texts.counted(texts.LEFT_MAILS[kind][0], n) for kind, n in counts.items()]
    lines = [texts.counted(texts.LEFT_MAILS[kind][1], n) for kind, n in counts.items()]
    together = texts.LEFT_MAILS_TITLE.format(n=sum(counts.values()))
    content = as_content(titles[0] if len(titles) == 1 else together, lines)
    if not await tell_everywhere(session, content, avoid=None, now=now):
        return 0
    write_journal(
        session, who=SYSTEM, action=TOLD, subject="incoming_mail",
        detail={"count": sum(counts.values())}, now=now,
    )  # fmt: skip
    return sum(counts.values())
