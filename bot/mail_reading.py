"""Reads the mailbox for bounces and replies.

A bounce fails its delivery. A reply to a text is a signal when it holds a few words that the
person filter lets through (:mod:`bot.mail_hearing`); any other reply proves arrival and is
explained (:mod:`bot.mail_explaining`). Each mail is handled once, by its Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_explaining import explain
from bot.mail_fetching import Fetched, fetch_unread, mark_read
from bot.mail_hearing import REPLY_KEYS, Heard, hear_mail
from bot.mail_left import note_unreadable, tell_left
from bot.mail_reports import Failure, failure_of
from bot.mail_sorting import MailKind, Sorted, number_in
from bot.mail_words import Words
from bot.rows import IncomingMail
from bot.settings import MailSettings
from bot.verp import Verp
from contacts.arrival import prove_arrival, record_bounce
from contacts.claiming import open_address
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Delivery
from contacts.records import STORE_AWAY, Database
from contacts.sealing import Sealer
from signals.settings import SignalSettings

log = logging.getLogger(__name__)

#: the largest number of a row
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What a mail turned out to be, which decides what becomes of it in the mailbox."""

    kind: MailKind
    is_new: bool


async def read_mail(
    db: Database,
    settings: MailSettings,
    *,
    sealer: Sealer,
    now: datetime,
    signals: SignalSettings | None = None,
) -> int:
    """One round: fetch what is unread, handle it, mark it read, and tell what is left.

    Returns how many were new, or told.

    A crash in between repeats the round; what was handled is recognised. A mail that cannot be
    read or handled holds up no other mail: it is left for a person, who is told.

    :raises imap_tools.MailboxLoginError: wrong user or password.
    :raises OSError: the server does not answer.
    """
    verp = Verp(settings.reply_address or settings.from_address, sealer.derive("verp"))
    signals = signals or SignalSettings()
    fetched = await asyncio.to_thread(fetch_unread, settings, verp, signals.allow)
    new = 0
    for place, mail in enumerate(fetched):
        taken = await _take(db, mail, sealer=sealer, signals=signals, now=now)
        new += taken.is_new
        fetched[place] = mail.turned_out(taken.kind)
    if fetched:
        await asyncio.to_thread(mark_read, settings, fetched)
        log.info("Read mail", extra={"action": "mail_read", "count": new})
    async with db.begin() as session:
        return new + await tell_left(session, now=now)


async def _take(
    db: Database, mail: Fetched, *, sealer: Sealer, signals: SignalSettings, now: datetime
) -> Taken:
    if not mail.is_unreadable:
        try:
            async with db.begin() as session:
                return await handle(
                    session, mail.sorted, sealer=sealer, now=now, words=mail.words, signals=signals
                )
        except STORE_AWAY:  # no fault of the mail
            raise
        except Exception as error:
            log.warning(
                "A mail could not be handled: %s", type(error).__name__,
                extra={"action": "mail_unreadable"},
            )  # fmt: skip
    async with db.begin() as session:
        return Taken(MailKind.UNREADABLE, await note_unreadable(session, mail, now=now))


async def handle(
    session: AsyncSession,
    mail: Sorted,
    *,
    sealer: Sealer,
    now: datetime,
    words: Words | None = None,
    signals: SignalSettings | None = None,
) -> Taken:
    """Do what one mail asks for, once.

    :param words: what a reply says, screened; None when it was not read.
    """
    known = await session.get(IncomingMail, mail.message_id)
    if known is not None:
        return Taken(MailKind(known.kind), is_new=False)
    delivery = await _delivery(session, mail)
    delivery_id = None if delivery is None else delivery.id
    refused = None
    if delivery is not None and mail.kind is MailKind.REPLY and words is not None:
        heard = await hear_mail(
            session, delivery, words, signals or SignalSettings(), sealer=sealer, now=now
        )
        if heard is Heard.SIGNAL:
            # No line here joins this signal to who got the mail.
            session.add(
                IncomingMail(
                    message_id=mail.message_id, kind=mail.kind.value, received_at=_day_of(now)
                )
            )
            return Taken(mail.kind, is_new=True)
        refused = heard.value if heard in REPLY_KEYS else None
    kind = mail.kind if delivery is not None else _without_delivery(mail.kind)
    if delivery is not None and delivery_id is not None:
        if kind is MailKind.BOUNCE:
            kind = await _bounced(session, delivery, mail.failures, sealer=sealer, now=now)
        elif kind in {MailKind.REPLY, MailKind.AUTOMATIC}:
            await prove_arrival(session, delivery_id, now=now)
        if kind is MailKind.REPLY:
            await explain(session, delivery, refused, now=now)
    session.add(
        IncomingMail(
            message_id=mail.message_id, kind=kind.value, delivery_id=delivery_id, received_at=now
        )
    )
    write_journal(
        session, who=SYSTEM, action="mail_handled", subject=f"delivery:{delivery_id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    return Taken(kind, is_new=True)


async def _bounced(
    session: AsyncSession, delivery: Delivery, failures: Sequence[Failure], *,
    sealer: Sealer, now: datetime,
) -> MailKind:  # fmt: skip
    """The mail failed where we sent it, or only where somebody had it sent on to."""
    failure = failure_of(failures, open_address(delivery.address, delivery.kind, sealer))
    if failure is None:
        return MailKind.ELSEWHERE
    await record_bounce(
        session, delivery.id or 0, f"bounce_{failure.status}", sealer=sealer,
        closes_channel=failure.closes_address, now=now,
    )  # fmt: skip
    return MailKind.BOUNCE


def _without_delivery(kind: MailKind) -> MailKind:
    """An answer is somebody's words, and is not thrown away unread; of what machines say nothing
    is lost. Pure."""
    if kind is MailKind.REPLY:
        return MailKind.UNMATCHED
    return kind if kind in {MailKind.AUTOMATIC, MailKind.DELAYED} else MailKind.OTHER


async def _delivery(session: AsyncSession, mail: Sorted) -> Delivery | None:
    """By the signed address; else by a Message-ID of ours that we really sent."""
    is_signed = mail.delivery_id is not None
    number = mail.delivery_id if is_signed else number_in(mail.our_id or "")
    if number is None or number > LARGEST_ID:
        return None
    delivery = await session.get(Delivery, number)
    if is_signed:
        return delivery
    return delivery if delivery is not None and delivery.external_id == mail.our_id else None


def _day_of(now: datetime) -> datetime:
    """The day is enough to forget it in time. Pure."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
