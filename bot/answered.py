"""An alert that somebody answered asks nobody else: each chat says what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.chat.buttons import Tap, data
from bot.chat.coordinator import decided_texts, texts
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.evening.wrong_parts import cut_at
from bot.event_names import name_of
from briefings.moments import moment
from contacts.directory import ChannelKind, Person, Role
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
from contacts.permissions import Actor, people_with
from contacts.sending import edit_sent, original_of, tell_people
from feeds.rows import RUNNING, Event

#: a line under a button that was tapped holds 200 characters
NAME_LENGTH = 50
#: there is, or may be, a message to change; who got it another way has no buttons under it
_IN_A_CHAT = tuple(set(DeliveryStatus) - {DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})


async def decision_of(session: AsyncSession, event: Event) -> str | None:
    """What was decided about an alert, by whom and when: ``bevestigd door …, dinsdag 3 maart, …``,
    and why it is not relevant, or what it belongs to.

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
    what = decided_texts.DECIDED[entry.action].format(
        who=person.name if person else decided_texts.A_COLLEAGUE, at=moment(entry.at)
    )
    if event.merged_into_id is not None:
        kept = await name_of(session, await _kept(session, event))
        return decided_texts.WITH_KEPT.format(what=what, title=cut_at(kept, NAME_LENGTH))
    reason = texts.DISMISSALS.get(entry.detail.get("reason", ""))
    return decided_texts.WITH_REASON.format(what=what, reason=reason) if reason else what


async def already_said(session: AsyncSession, event: Event) -> str | None:
    """The sentence for who decides about an alert that was decided; None as
    :func:`decision_of`."""
    what = await decision_of(session, event)
    if what is None:
        return None
    title = cut_at(await name_of(session, event), NAME_LENGTH)
    return decided_texts.ALREADY.format(title=title, what=what)


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


async def tell_confirmed_after_all(
    session: AsyncSession, event: Event, actor: Actor, *, now: datetime
) -> None:
    """The other coordinators hear that what one of them called not relevant was confirmed."""
    people = await people_with(session, Role.COORDINATOR, is_exercise=event.is_exercise)
    text = render(
        "coordinator/confirmed_after_all.html",
        title=await name_of(session, event),
        said=await decision_of(session, event),
    )
    button = [[Button(texts.BACK, data("ecard", event.id))]]
    await tell_people(
        session,
        [person for person in people if person.id != actor.person_id],
        Content(
            telegram=TelegramForm(text=text, buttons=button),
            email=mail_of(render("coordinator/notice_subject.txt"), text),
        ),
        kind=MessageKind.NOTICE,
        event_id=event.id,
        is_exercise=event.is_exercise,
        now=now,
    )


async def _closed(session: AsyncSession, event: Event, said: str) -> Content:
    """The alert once more, with the decision in the place of its questions."""
    shown = event if event.merged_into_id is None else await _kept(session, event)
    is_open = shown.status in RUNNING
    text = render("coordinator/alert_closed.html", title=await name_of(session, event), said=said)
    buttons = [[Button(texts.BACK, data("ecard", shown.id))]] if is_open else []
    return Content(telegram=TelegramForm(text=text, buttons=buttons))


async def _kept(session: AsyncSession, event: Event) -> Event:
    return await session.get_one(Event, event.merged_into_id)
