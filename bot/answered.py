"""An alert that somebody answered asks nobody else: each chat says what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.chat.buttons import Tap, data
from bot.chat.coordinator import decided_texts, texts
from bot.chat.render import render
from bot.event_names import name_of
from briefings.moments import moment
from contacts.directory import ChannelKind, Person
from contacts.journal import JournalEntry
from contacts.outbox import (
    Button,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.sending import edit_sent, original_of
from feeds.rows import RUNNING, Event

#: there is, or may be, a message to change; who got it another way has no buttons under it
_IN_A_CHAT = tuple(set(DeliveryStatus) - {DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})


async def decision_of(session: AsyncSession, event: Event) -> str | None:
    """What was decided about an alert, by whom and when: ``bevestigd door …, dinsdag 3 maart, …``.

    None while nobody decided, and when it was not a person who did.
    """
    # What joined another was dismissed in the same move.
    joined = event.merged_into_id is not None
    asked = ["event_merged"] if joined else ["event_confirmed", "event_dismissed"]
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject) == f"event:{event.id}",
            col(JournalEntry.action).in_(asked),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    entry = found.first()
    kind, _, number = entry.actor.partition(":") if entry else ("", "", "")
    if entry is None or kind != "person":
        return None
    person = await session.get(Person, int(number))
    return decided_texts.DECIDED[entry.action].format(
        who=person.name if person else decided_texts.A_COLLEAGUE, at=moment(entry.at)
    )


def alerts_in_chats(event: Event) -> SelectOfScalar[Any]:
    """The deliveries that put an alert about this event in a chat, in their order; an edit is no
    such delivery."""
    return (
        select(Delivery.id)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Message.event_id) == event.id,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.kind) == ChannelKind.TELEGRAM,
        )
        .order_by(col(Delivery.id))
    )


async def close_alerts(
    session: AsyncSession, event: Event, *, now: datetime, tap: Tap | None = None
) -> int:
    """Take the question away under every alert about ``event``; returns how many.

    :param tap: on the button that decided it; its own message is left to the answer.
    """
    said = await decision_of(session, event)
    if said is None:
        return 0
    found = await session.exec(alerts_in_chats(event).where(col(Delivery.status).in_(_IN_A_CHAT)))
    own = None
    if tap is not None and tap.delivery_id is not None:
        own = (await original_of(session, tap.delivery_id)).id
    alerts = [ident for ident in found.all() if ident is not None and ident != own]
    if alerts:
        content = await _closed(session, event, said)
        for ident in alerts:
            await edit_sent(session, ident, content, now=now)
    return len(alerts)


async def _closed(session: AsyncSession, event: Event, said: str) -> Content:
    """The alert once more, with the decision in the place of its questions."""
    shown = event if event.merged_into_id is None else await _kept(session, event)
    is_open = shown.status in RUNNING
    text = render("coordinator/alert_closed.html", title=await name_of(session, event), said=said)
    buttons = [[Button(texts.BACK, data("ecard", shown.id))]] if is_open else []
    return Content(telegram=TelegramForm(text=text, buttons=buttons))


async def _kept(session: AsyncSession, event: Event) -> Event:
    return await session.get_one(Event, event.merged_into_id)
