"""Somebody with a right hears that an address or a telephone was added for them by another."""

from __future__ import annotations

from datetime import datetime
from html import escape

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person
from contacts.outbox import Content, EmailForm, MessageKind, TelegramForm
from contacts.sending import tell_people


async def tell_holder(
    session: AsyncSession, person: Person, words: tuple[str, str], *, now: datetime
) -> bool:
    """By the way they can be reached now, so before the new one is there; False: by none.

    :param words: subject and sentence.
    """
    subject, line = words
    content = Content(
        telegram=TelegramForm(text=f"<b>{escape(subject)}</b>\n{escape(line)}"),
        email=EmailForm(subject=subject, text=f"{line}\n", html=f"<p>{escape(line)}</p>"),
    )
    told = await tell_people(
        session, [person], content, kind=MessageKind.NOTICE, is_exercise=person.is_exercise,
        now=now,
    )  # fmt: skip
    return bool(told)
