"""An answer to a mail as a signal: a few words about a group, stored like any other.

What the filter refused is kept nowhere; its writer hears why. Nothing that is stored joins the
signal to the mail that was answered.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.hearing import hear
from bot.mail_explaining import may_be_answered
from bot.mail_words import Words, told_as
from contacts.claiming import open_address
from contacts.directory import ChannelKind, Organisation
from contacts.outbox import Content, Delivery, EmailForm, Message, MessageKind
from contacts.sealing import Sealer
from contacts.sending import Recipient, original_of, post
from contacts.tally import count_up
from signals import texts
from signals.rows import SEVERITY_UNSAID, Setting, SignalKind, ToldAs
from signals.settings import SignalSettings
from signals.telling import MAX_NOTE, Blocked, Draft, Told, district_names, short_draft, tell
from signals.workdays import day_and_time


class Heard(StrEnum):
    """What became of the words of a reply."""

    SIGNAL = "signal"
    PERSON = "person"
    LONG = "long"
    FILES = "files"
    NOTHING = "nothing"


#: what its writer is told about
REPLY_KEYS = frozenset({Heard.PERSON, Heard.LONG, Heard.FILES})


async def hear_mail(
    session: AsyncSession,
    delivery: Delivery,
    words: Words,
    settings: SignalSettings,
    *,
    sealer: Sealer,
    now: datetime,
) -> Heard:
    """Store the words as a signal of the organisation, and promise an answer; or say why not."""
    message = await session.get_one(Message, delivery.message_id)
    if not may_be_answered(message) or delivery.organisation_id is None:
        return Heard.NOTHING
    if words.labels:
        await count_up(session, "referral", now=now, is_exercise=message.is_exercise)
        return Heard.PERSON
    if not words.text:
        return Heard.FILES if words.has_files else Heard.NOTHING
    if len(words.text) > MAX_NOTE:
        return Heard.LONG
    told = await _tell(session, delivery, message, words.text, settings, sealer=sealer, now=now)
    if told is None:
        return Heard.PERSON
    return Heard.SIGNAL


async def _tell(
    session: AsyncSession,
    delivery: Delivery,
    message: Message,
    text: str,
    settings: SignalSettings,
    *,
    sealer: Sealer,
    now: datetime,
) -> Told | None:
    organisation = await session.get_one(Organisation, delivery.organisation_id)
    original = await original_of(session, delivery.id or 0)
    address = open_address(original.address, original.kind, sealer)
    reply = (
        Recipient(ChannelKind.EMAIL, address, None, organisation.id)
        if address is not None
        else None
    )
    called, note = told_as(text)
    told = await tell(
        session,
        _signal(organisation, message.event_id, note, wants_feedback=reply is not None)
        if called is ToldAs.SIGNAL
        else short_draft(called, message.event_id, note, wants_feedback=reply is not None),
        organisation_id=organisation.id or 0,
        domain=organisation.domain,
        reply=reply,
        sealer=sealer,
        settings=settings,
        is_exercise=message.is_exercise,
        now=now,
    )
    if not isinstance(told, Told):
        assert isinstance(told, Blocked)
        await count_up(session, "referral", now=now, is_exercise=message.is_exercise)
        return None
    await hear(session, told, now=now)
    if reply is not None:
        await _thank(session, reply, told, called, message, sealer=sealer, now=now)
    return told


def _signal(
    organisation: Organisation, event_id: int | None, note: str, *, wants_feedback: bool
) -> Draft:
    """Words alone: a duider says what kind it is, and how grave."""
    known = organisation.district in district_names()
    return Draft(
        event_id=event_id,
        district=str(organisation.district) if known else "onbekend",
        setting=Setting.OTHER,
        kinds=(SignalKind.UNSORTED,),
        severity=SEVERITY_UNSAID,
        note=note,
        wants_feedback=wants_feedback,
    )


async def _thank(
    session: AsyncSession,
    reply: Recipient,
    told: Told,
    called: ToldAs,
    message: Message,
    *,
    sealer: Sealer,
    now: datetime,
) -> None:
    """The receipt with its dates, by the sealed way: the row does not say who told."""
    lines = [
        texts.said_of(texts.BY_MAIL_THANKS, called).format(
            read=day_and_time(told.read_before), due=day_and_time(told.answer_due_at)
        ),
        *(texts.CHANGED[change] for change in told.changes),
        *((texts.BY_MAIL_MORE,) if called is ToldAs.SIGNAL else ()),
        texts.BY_MAIL_NEVER,
    ]
    form = EmailForm(
        subject=texts.said_of(texts.BY_MAIL_SUBJECT, called),
        text="\n\n".join(lines) + "\n",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
    )
    sealed = Recipient(
        reply.kind, sealer.seal(f"{reply.kind.value}:{reply.address}"), None, reply.organisation_id
    )
    await post(
        session, kind=MessageKind.FEEDBACK, content=Content(email=form), to=[sealed],
        event_id=message.event_id, is_exercise=message.is_exercise, now=now,
    )  # fmt: skip
