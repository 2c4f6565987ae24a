"""What is said back to an answer by mail that became no signal: once, or why each time.

Two answering machines would go on for ever, so what is said has an end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.mail_sorting import MailKind
from bot.rows import IncomingMail
from contacts import texts
from contacts.outbox import DISTRIBUTED, Content, Delivery, EmailForm, Message, MessageKind
from contacts.sending import Recipient, post

#: an answering machine that does not say what it is hears us once in this time
EXPLAIN_AGAIN = timedelta(days=1)
#: whoever wrote about a person tries again with other words, and hears each time what became of
#: them; nobody who reads the reason needs more tries than this within :data:`EXPLAIN_AGAIN`
REFUSALS = 5
_SUBJECTS = {texts.REPLY_SUBJECT, texts.TEXT_REPLY_SUBJECT}


def may_be_answered(message: Message) -> bool:
    """Whether words that come back are read: to a text about an event, and to what we explained
    about an answer to one, for whoever was asked to try again does so there. Pure."""
    return message.kind in DISTRIBUTED or _subject_of(message) == texts.TEXT_REPLY_SUBJECT


async def explain(
    session: AsyncSession, delivery: Delivery, refused: str | None, *, now: datetime
) -> None:
    """Only to the address that we wrote to ourselves.

    :param refused: why the words were not kept, as a key of the texts; None: there were none, or
        nobody reads them, which is said once.
    """
    message = await session.get_one(Message, delivery.message_id)
    if await _said_enough(session, delivery, message, refused, now=now):
        return
    is_read = may_be_answered(message)
    lines = [texts.REPLY_REFUSED[refused]] if refused else list(texts.REPLY_LINES)
    if not is_read:
        lines.append(texts.REPLY_UNREAD)
    if delivery.organisation_id is not None and message.event_id is not None:
        lines.append(texts.REPLY_PAGE)
    lines.append(texts.REPLY_URGENT)
    form = EmailForm(
        subject=texts.TEXT_REPLY_SUBJECT if is_read else texts.REPLY_SUBJECT,
        text="\n\n".join(lines) + "\n",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
    )
    to = Recipient(delivery.kind, delivery.address, delivery.person_id, delivery.organisation_id)
    await post(
        session, kind=MessageKind.NOTICE, content=Content(email=form), to=[to],
        event_id=message.event_id, is_exercise=message.is_exercise, now=now,
    )  # fmt: skip


async def _said_enough(
    session: AsyncSession, delivery: Delivery, message: Message, refused: str | None, *,
    now: datetime,
) -> bool:  # fmt: skip
    if refused is not None:
        return await _explained(session, delivery, since=now - EXPLAIN_AGAIN) >= REFUSALS
    return _is_explanation(message) or await _answered(session, delivery, now=now)


async def _explained(session: AsyncSession, delivery: Delivery, *, since: datetime) -> int:
    """How often we wrote back to the same person."""
    found = await session.exec(
        select(Message)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            _same_person(delivery),
            col(Message.kind) == MessageKind.NOTICE,
            col(Message.created_at) > since,
        )
    )
    return sum(_is_explanation(message) for message in found.all())


async def _answered(session: AsyncSession, delivery: Delivery, *, now: datetime) -> bool:
    """Whether this mail was replied to before, or lately any other to the same person."""
    lately = _same_person(delivery) & (col(IncomingMail.received_at) > now - EXPLAIN_AGAIN)
    found = await session.exec(
        select(Message)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .join(IncomingMail, col(IncomingMail.delivery_id) == col(Delivery.id))
        .where(
            col(IncomingMail.kind) == MailKind.REPLY.value,
            (col(Delivery.id) == delivery.id) | lately,
        )
    )
    return any(not _is_explanation(message) for message in found.all())


def _same_person(delivery: Delivery) -> ColumnElement[bool]:
    same = col(Delivery.address) == delivery.address
    if delivery.person_id is not None:
        same |= col(Delivery.person_id) == delivery.person_id
    return same


def _is_explanation(message: Message) -> bool:
    """Our own answer to a reply. Pure."""
    return _subject_of(message) in _SUBJECTS


def _subject_of(message: Message) -> str | None:
    mail = message.content.get("email") or {}
    return mail.get("subject") if message.kind is MessageKind.NOTICE else None
