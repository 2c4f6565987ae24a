"""Reads the mailbox for bounces and replies.

A bounce fails its delivery. A reply to a text is a signal when it holds a few words that the
person filter lets through (:mod:`bot.mail_hearing`); any other reply proves arrival and gets one
explanation. Each mail is handled once, by its Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.consts import MailMessageFlags
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_hearing import REPLY_KEYS, Heard, hear_mail
from bot.mail_sorting import MailKind, Sorted, is_report, number_in, sort_mail
from bot.mail_words import LONGEST_MAIL, Words, words_of
from bot.rows import IncomingMail
from bot.settings import MailSettings
from bot.verp import Verp
from contacts import texts
from contacts.arrival import prove_arrival, record_bounce
from contacts.journal import SYSTEM, write_journal
from contacts.outbox import Content, Delivery, EmailForm, Message, MessageKind
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.sending import Recipient, post
from signals.settings import SignalSettings

log = logging.getLogger(__name__)

AT_ONCE = 50
TIMEOUT_S = 20.0
FOR_A_PERSON = {MailKind.OTHER, MailKind.UNCLEAR}
#: an answering machine that does not say what it is hears us once in this time
EXPLAIN_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail in the mailbox, sorted."""

    uid: str
    sorted: Sorted
    words: Words | None = None


async def read_mail(
    db: Database,
    settings: MailSettings,
    *,
    sealer: Sealer,
    now: datetime,
    signals: SignalSettings | None = None,
) -> int:
    """One round: fetch what is unread, handle it, mark it read. Returns how many were new.

    A crash in between repeats the round; what was handled is recognised.

    :raises imap_tools.MailboxLoginError: wrong user or password.
    :raises OSError: the server does not answer.
    """
    verp = Verp(settings.reply_address or settings.from_address, sealer.derive("verp"))
    signals = signals or SignalSettings()
    fetched = await asyncio.to_thread(_fetch, settings, verp, signals.allow)
    new = 0
    for mail in fetched:
        async with db.begin() as session:
            new += await handle(
                session, mail.sorted, sealer=sealer, now=now, words=mail.words, signals=signals
            )
    if fetched:
        await asyncio.to_thread(_mark_read, settings, fetched)
        log.info("Read mail", extra={"action": "mail_read", "count": new})
    return new


async def handle(
    session: AsyncSession,
    mail: Sorted,
    *,
    sealer: Sealer,
    now: datetime,
    words: Words | None = None,
    signals: SignalSettings | None = None,
) -> bool:
    """Do what one mail asks for. False when it was handled before.

    :param words: what a reply says, screened; None when it was not read.
    """
    if await session.get(IncomingMail, mail.message_id) is not None:
        return False
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
            return True
        refused = heard.value if heard in REPLY_KEYS else None
    if delivery is not None and delivery_id is not None:
        if mail.kind is MailKind.BOUNCE:
            await record_bounce(
                session, delivery_id, f"bounce_{mail.status}", sealer=sealer,
                closes_channel=mail.closes_address, now=now,
            )  # fmt: skip
        elif mail.kind in {MailKind.REPLY, MailKind.AUTOMATIC}:
            await prove_arrival(session, delivery_id, now=now)
        if mail.kind is MailKind.REPLY:
            await _explain(session, delivery, refused, now=now)
    kind = mail.kind if delivery is not None else MailKind.OTHER
    session.add(
        IncomingMail(
            message_id=mail.message_id, kind=kind.value, delivery_id=delivery_id, received_at=now
        )
    )
    write_journal(
        session, who=SYSTEM, action="mail_handled", subject=f"delivery:{delivery_id}",
        detail={"kind": kind.value}, now=now,
    )  # fmt: skip
    return True


async def _delivery(session: AsyncSession, mail: Sorted) -> Delivery | None:
    """By the signed address; else by a Message-ID of ours that we really sent."""
    if mail.delivery_id is not None:
        return await session.get(Delivery, mail.delivery_id)
    number = None if mail.our_id is None else number_in(mail.our_id)
    if number is None:
        return None
    delivery = await session.get(Delivery, number)
    return delivery if delivery is not None and delivery.external_id == mail.our_id else None


async def _answered(session: AsyncSession, delivery: Delivery, *, now: datetime) -> bool:
    """Whether this mail was replied to before, or lately any other to the same person."""
    same = col(Delivery.address) == delivery.address
    if delivery.person_id is not None:
        same |= col(Delivery.person_id) == delivery.person_id
    lately = same & (col(IncomingMail.received_at) > now - EXPLAIN_AGAIN)
    found = await session.exec(
        select(IncomingMail.message_id)
        .join(Delivery, col(Delivery.id) == col(IncomingMail.delivery_id))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(IncomingMail.kind) == MailKind.REPLY.value,
            col(Message.kind) != MessageKind.NOTICE,
            (col(Delivery.id) == delivery.id) | lately,
        )
        .limit(1)
    )
    return found.first() is not None


async def _explain(
    session: AsyncSession, delivery: Delivery, refused: str | None, *, now: datetime
) -> None:
    """Once, and only to the address that we wrote to ourselves.

    Never about a notice: an explanation is one, and two machines would go on for ever.
    """
    message = await session.get_one(Message, delivery.message_id)
    if message.kind is MessageKind.NOTICE or await _answered(session, delivery, now=now):
        return
    lines = [texts.REPLY_REFUSED[refused]] if refused else list(texts.REPLY_LINES)
    if delivery.organisation_id is not None and message.event_id is not None:
        lines.append(texts.REPLY_PAGE)
    lines.append(texts.REPLY_URGENT)
    form = EmailForm(
        subject=texts.REPLY_SUBJECT,
        text="\n\n".join(lines) + "\n",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
    )
    to = Recipient(delivery.kind, delivery.address, delivery.person_id, delivery.organisation_id)
    await post(
        session, kind=MessageKind.NOTICE, content=Content(email=form), to=[to],
        event_id=message.event_id, is_exercise=message.is_exercise, now=now,
    )  # fmt: skip


def _day_of(now: datetime) -> datetime:
    """The day is enough to forget it in time. Pure."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _fetch(settings: MailSettings, verp: Verp, allow: Collection[str] = ()) -> list[Fetched]:
    """Headers of what is unread; of a delivery report and of a reply the whole."""
    with _mailbox(settings) as mailbox:
        unread = list(
            mailbox.fetch(AND(seen=False), mark_seen=False, headers_only=True, limit=AT_ONCE)
        )
        fetched = []
        for mail in unread:
            parsed = mail.obj
            if is_report(parsed) and mail.uid is not None:
                whole = mailbox.fetch(AND(uid=mail.uid), mark_seen=False)
                parsed = next((one.obj for one in whole if one.uid == mail.uid), parsed)
            sorted_mail = sort_mail(parsed, verp)
            words = None
            if sorted_mail.kind is MailKind.REPLY and mail.uid is not None:
                words = _words(mailbox, mail.uid, mail.size_rfc822, allow)
            fetched.append(Fetched(mail.uid or "", sorted_mail, words))
        return fetched


def _words(mailbox: BaseMailBox, uid: str, size: int, allow: Collection[str]) -> Words | None:
    """What a reply says, screened in memory; a long one carries files and is not fetched."""
    if size > LONGEST_MAIL:
        return Words("", has_files=True)
    whole = mailbox.fetch(AND(uid=uid), mark_seen=False)
    return next((words_of(one.obj, allow) for one in whole if one.uid == uid), None)


def _mark_read(settings: MailSettings, fetched: Sequence[Fetched]) -> None:
    """What a machine cannot read is flagged, so that a person who looks there sees it.

    Replies of which the words were looked at are deleted: what was refused is kept nowhere, and
    what was told stands among the signals.
    """
    uids = [mail.uid for mail in fetched if mail.uid]
    looked_at = [mail.uid for mail in fetched if mail.uid and mail.words is not None]
    others = [m.uid for m in fetched if m.uid and m.sorted.kind in FOR_A_PERSON]
    with _mailbox(settings) as mailbox:
        mailbox.flag(uids, MailMessageFlags.SEEN, True)
        if others:
            mailbox.flag(others, MailMessageFlags.FLAGGED, True)
        if looked_at:
            mailbox.delete(looked_at)


def _mailbox(settings: MailSettings) -> BaseMailBox:
    kind = MailBox if settings.imap_tls else MailBoxUnencrypted
    mailbox = kind(settings.imap_host, settings.imap_port, timeout=TIMEOUT_S)
    return mailbox.login(settings.imap_user, settings.imap_password)
