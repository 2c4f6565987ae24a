"""A promise of an update that is over leaves what still waits: it was stopped and goes on, or its
channel was down past that moment.

Who has the text keeps it as it came, so what waits gets a message of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.came_due import STILL_WAITS, promise_over
from briefings.past_promise import page_without, promises, texts_without
from briefings.rows import Briefing, BriefingText
from briefings.translating import DUTCH, Forms
from briefings.translations import fresh_forms, translations_of
from briefings.versions import texts_of
from contacts.directory import Audience
from contacts.journal import SYSTEM, write_journal
from contacts.messages import store_message
from contacts.outbox import (
    Content,
    Delivery,
    Message,
    Priority,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in one language, as it was approved and without its promise."""

    full: Forms
    short: Forms


async def drop_past_promises(
    session: AsyncSession, *, now: datetime, briefing_id: int | None = None
) -> int:
    """Take promises that are over out of what may leave and did not; returns for how many
    deliveries.

    :param briefing_id: only of this version; None is of all.
    """
    only = () if briefing_id is None else (col(Briefing.id) == briefing_id,)
    found = await session.exec(
        select(Message, Briefing).where(*only, *promise_over(now)).order_by(col(Message.id))
    )
    shortened = 0
    for message, briefing in found.all():
        if not promises(briefing) or message.audience is None:
            continue
        content = Content.from_json(message.content)
        short = without(content, await _pairs(session, briefing, Audience(message.audience)))
        if short != content:
            shortened += await _take_over(session, message, short, now=now)
    return shortened


def without(content: Content, pairs: Sequence[Pair]) -> Content:
    """The message without the promise, in whatever language it is; as it was when it has none.
    Pure."""
    chat, mail = content.telegram, content.email
    for pair in pairs:
        if chat is not None and pair.full.telegram in chat.text:
            chat = replace(chat, text=chat.text.replace(pair.full.telegram, pair.short.telegram))
            break
    for pair in pairs:
        if mail is not None and pair.full.plain in mail.text:
            text = mail.text.replace(pair.full.plain, pair.short.plain)
            mail = replace(mail, text=text, html=page_without(mail.html))
            break
    return replace(content, telegram=chat, email=mail)


async def _pairs(session: AsyncSession, briefing: Briefing, audience: Audience) -> list[Pair]:
    texts = [one for one in await texts_of(session, briefing.id or 0) if one.audience is audience]
    rows = await translations_of(session, briefing.id or 0)
    short = texts_without(texts, briefing.promised_at)
    pairs = [Pair(_dutch(full), _dutch(cut)) for full, cut in zip(texts, short, strict=True)]
    cut_forms = fresh_forms(short, rows)
    pairs += [
        Pair(forms, cut_forms[key])
        for key, forms in fresh_forms(texts, rows).items()
        if key in cut_forms
    ]
    return pairs


def _dutch(text: BriefingText) -> Forms:
    return Forms(DUTCH, text.subject, text.telegram, text.html, text.plain)


async def _take_over(
    session: AsyncSession, message: Message, short: Content, *, now: datetime
) -> int:
    """What waits of a message is of a new one from now on."""
    instead = await store_message(
        session,
        kind=message.kind,
        content=short,
        event_id=message.event_id,
        briefing_id=message.briefing_id,
        audience=message.audience,
        severity=message.severity,
        priority=Priority(message.priority),
        is_exercise=message.is_exercise,
        send_at=message.send_at,
        now=now,
    )
    moved = await session.exec(
        update(Delivery)
        .where(col(Delivery.message_id) == message.id, *STILL_WAITS)
        .values(message_id=instead.id)
        .execution_options(synchronize_session="fetch")
    )
    write_journal(
        session, who=SYSTEM, action="promise_dropped", subject=f"message:{instead.id}",
        detail={"deliveries": moved.rowcount}, now=now,
    )  # fmt: skip
    return moved.rowcount
