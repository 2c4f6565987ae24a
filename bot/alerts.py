"""Brings an event to the coordinators: rings once, edits in silence, calls the back-up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.answered import alerts_in_chats
from bot.chat.coordinator.alert_flow import alert_buttons
from bot.chat.mail_form import mail_of
from bot.chat.render import render
from bot.exercise.beside import offer_to_stop, played_now
from bot.on_duty import alert, escalate, in_order
from bot.settings import RotaSettings
from contacts import notices
from contacts.attempts import Attempts, part_of
from contacts.directory import ChannelKind, Person
from contacts.filling import BASE
from contacts.journal import SYSTEM
from contacts.messages import URGENT_SEVERITY
from contacts.outbox import (
    SUPERSEDED,
    Button,
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    EmailForm,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.quiet import QUIET_HOURS
from contacts.records import Database
from contacts.sending import cancel_message, edit_sent, tell_people
from feeds.events import (
    ItemView,
    changed_alerts,
    due_alerts,
    items_of,
    mark_alerted,
    mark_shown,
)
from feeds.grounds import goes_on_from, grounds_of
from feeds.rows import Event, EventStatus
from feeds.settings import FeedSettings
from feeds.standing import Trust
from feeds.telling_why import told

log = logging.getLogger(__name__)

SHOWN_ITEMS = 5
#: somebody who answers an alert has this long before news may write over the question
ANSWERING = timedelta(minutes=10)
#: who took up an alert has so many times the patience of one that nobody tapped
DECIDING = 3
NO_CHOICE = RotaSettings()
#: how the first button of every alert begins
ALERT_ANSWER = "ok:"


async def ring(
    db: Database, settings: FeedSettings, *, now: datetime, rota: RotaSettings = NO_CHOICE
) -> int:
    """Send an alert for every event that is due; returns how many.

    :raises Exception: what went wrong with one of them, after the others.
    """
    attempts = Attempts()
    async with db.begin() as session:
        due = await due_alerts(session, settings, now=now)
        for event in due:
            one = partial(_ring_one, event=event, rota=rota, now=now)
            await attempts.attempt("ring", part_of(session), one)
        for event in await changed_alerts(session):
            edit = partial(_edit_alerts, event=event, now=now)
            await attempts.attempt("edit_alerts", part_of(session), edit)
    attempts.raise_first()
    return len(due)


async def _ring_one(session: AsyncSession, event: Event, rota: RotaSettings, now: datetime) -> None:
    content = await alert_content(session, event)
    for people in await in_order(session, event, rota, now=now):
        deliveries = await alert(session, event, people, content, now=now)
        if deliveries:
            await _drop_waiting(session, event, deliveries[0].message_id, now)
            await mark_alerted(session, event, delivery_id=deliveries[0].id, now=now)
            await offer_to_stop(session, event, now=now)
            return
    # Unmarked, it is tried again each round until somebody has a channel that works.
    log.error("Nobody can be alerted", extra={"action": "alert_reaches_nobody"})


async def _drop_waiting(
    session: AsyncSession, event: Event, message_id: int, now: datetime
) -> None:
    """What waited for a morning before this alert, about the same event, says less and does not
    come any more."""
    waiting = await session.exec(
        select(Message.id)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Message.event_id) == event.id,
            col(Message.id) != message_id,
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.reason) == QUIET_HOURS,
        )
        .distinct()
    )
    for ident in waiting.all():
        if ident is not None:
            await cancel_message(session, ident, who=SYSTEM, now=now, reason=SUPERSEDED)


async def _edit_alerts(session: AsyncSession, event: Event, now: datetime) -> None:
    """More reports do not make new messages: the ones that rang are edited."""
    found = await session.exec(
        alerts_in_chats(event).where(
            # What waits for quiet hours to end is in no chat yet.
            or_(
                col(Delivery.status) != DeliveryStatus.PLANNED,
                func.coalesce(col(Delivery.reason), "") != QUIET_HOURS,
            )
        )
    )
    content = await alert_content(session, event, updated=now)
    chat_only = Content(telegram=content.telegram)
    for delivery_id in found.all():
        if delivery_id is not None and not await _is_answering(session, delivery_id, now):
            await edit_sent(session, delivery_id, chat_only, now=now)
    await mark_shown(session, event)


async def _is_answering(session: AsyncSession, delivery_id: int, now: datetime) -> bool:
    """Whether somebody is at the questions under this alert: those are not written over.

    Their message was edited lately, and no longer shows the answers to an alert.
    """
    found = await session.exec(
        select(Message.content, Message.created_at)
        .join(Delivery, col(Delivery.message_id) == col(Message.id))
        .where(
            col(Delivery.edits_delivery_id) == delivery_id,
            col(Delivery.status) != DeliveryStatus.CANCELLED,
        )
        .order_by(col(Delivery.id).desc())
        .limit(1)
    )
    newest = found.first()
    if newest is None or now - newest[1] >= ANSWERING:
        return False
    form = Content.from_json(dict(newest[0])).telegram
    shown = [button.data or "" for row in form.buttons for button in row] if form else []
    return not any(data.startswith(ALERT_ANSWER) for data in shown)


async def alert_content(
    session: AsyncSession, event: Event, *, updated: datetime | None = None
) -> Content:
    """What happened, where, why the machine thinks so; in chat and as a mail."""
    assert event.id is not None
    items = await items_of(session, event.id)
    grounds = await grounds_of(session, event)
    is_beside = not event.is_exercise and await played_now(session) is not None
    values = {
        "event": event,
        "is_beside": is_beside,
        "items": shown_items(items, grounds.item),
        "first": items[0] if items else None,
        "newsrooms": len({item.source_name for item in items}),
        "official": sum(1 for item in items if item.trust is Trust.OFFICIAL),
        "total": len(items),
        "updated": updated,
        "follows": await goes_on_from(session, event),
        "why": told(grounds.rows),
        "telling": grounds.item if len(items) > 1 else None,
        "page": f"{BASE}/gebeurtenis/{event.id}",
    }
    return Content(
        telegram=TelegramForm(
            text=render("coordinator/alert.html", **values), buttons=alert_buttons(event.id)
        ),
        email=EmailForm(
            subject=render("coordinator/alert_subject.txt", event=event, is_beside=is_beside)[:60],
            text=render("coordinator/alert_mail.txt", **values),
            html=render("coordinator/alert_mail.html", **values),
        ),
    )


def shown_items(items: Sequence[ItemView], telling: ItemView | None) -> list[ItemView]:
    """The first reports, with the one that the reasons come from among them. Pure."""
    shown = list(items[:SHOWN_ITEMS])
    if telling is None or telling in shown or telling not in items:
        return shown
    return [*shown[: SHOWN_ITEMS - 1], telling]


async def call_backup(db: Database, *, after: timedelta, now: datetime) -> int:
    """Nobody tapped in time: the approvers get the alert too, and everyone sees that.

    Who taps has three times as long to decide. An alert that waits for somebody's quiet hours
    to end was not heard yet, so its time has not begun.

    :raises Exception: what went wrong with one of them, after the others.
    """
    attempts = Attempts()
    async with db.begin() as session:
        found = await session.exec(
            select(Event).where(
                col(Event.status) == EventStatus.DETECTED,
                col(Event.alerted_at) <= now - after,
                col(Event.escalated_at).is_(None),
                or_(
                    col(Event.tapped_at).is_(None),
                    col(Event.tapped_at) <= now - DECIDING * after,
                ),
                # An hour that has passed holds nobody back, whether or not it rang again.
                or_(col(Event.snoozed_until).is_(None), col(Event.snoozed_until) <= now),
            )
        )
        events = [one for one in found.all() if await _is_heard(session, one, now - after)]
        for event in events:
            call = partial(_escalate_one, event=event, now=now)
            await attempts.attempt("call_backup", part_of(session), call)
    attempts.raise_first()
    return len(events)


async def _escalate_one(session: AsyncSession, event: Event, now: datetime) -> None:
    await escalate(session, event, await alert_content(session, event), now=now)


async def _is_heard(session: AsyncSession, event: Event, by: datetime) -> bool:
    """Whether the alert could reach anybody at ``by`` or before."""
    found = await session.exec(
        select(func.min(Delivery.not_before))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.kind) == MessageKind.ALERT,
            col(Message.event_id) == event.id,
            col(Message.created_at) >= event.alerted_at,
            col(Delivery.act) == DeliveryAct.SEND,
        )
    )
    first = found.one()
    return first is None or first <= by


async def tell_coordinators_from(
    session: AsyncSession,
    template: str,
    *,
    is_exercise: bool,
    now: datetime,
    avoid: ChannelKind | None = None,
    may_rest: bool = False,
    is_urgent: bool = False,
    **values: object,
) -> int:
    """A calm line from a chat template, by chat or mail, to whom
    :func:`contacts.notices.tell_coordinators` tells; returns how many hear it.

    ``may_rest``: who has quiet hours gets it when they are over.
    ``is_urgent``: when its channel is silent or unsure it goes another way as well.
    """
    return await notices.tell_coordinators(
        session, _line(render(template, **values)), is_exercise=is_exercise, now=now, avoid=avoid,
        may_rest=may_rest, is_urgent=is_urgent,
    )  # fmt: skip


async def tell_those(
    session: AsyncSession,
    people: Sequence[Person],
    template: str,
    *,
    is_exercise: bool,
    now: datetime,
    avoid: ChannelKind | None = None,
    may_rest: bool = False,
    is_urgent: bool = False,
    **values: object,
) -> Sequence[Delivery]:
    """A calm line to these people, by chat or mail, from a chat template.

    ``avoid``: the channel that the line is about; only who has nothing else gets it there.
    ``is_urgent``: when its channel is silent or unsure it goes another way as well.
    """
    text = render(template, **values)
    return await say_to(
        session, people, text, is_exercise=is_exercise, now=now, avoid=avoid, may_rest=may_rest,
        is_urgent=is_urgent,
    )  # fmt: skip


async def say_to(
    session: AsyncSession,
    people: Sequence[Person],
    text: str,
    *,
    is_exercise: bool,
    now: datetime,
    avoid: ChannelKind | None = None,
    may_rest: bool = False,
    is_urgent: bool = False,
    useful_until: datetime | None = None,
    event_id: int | None = None,
    buttons: list[list[Button]] | None = None,
) -> Sequence[Delivery]:
    """As :func:`tell_those`, with a text that was rendered already.

    :param may_rest, useful_until: as for :func:`contacts.sending.post`.
    :param buttons: below it, in the chat.
    """
    return await tell_people(
        session,
        people,
        _line(text, buttons),
        kind=MessageKind.NOTICE,
        severity=URGENT_SEVERITY if is_urgent else 0,
        may_rest=may_rest,
        useful_until=useful_until,
        event_id=event_id,
        is_exercise=is_exercise,
        avoid=avoid,
        now=now,
    )


def _line(text: str, buttons: list[list[Button]] | None = None) -> Content:
    """A rendered text in both forms."""
    return Content(
        telegram=TelegramForm(text=text, buttons=buttons or []),
        email=mail_of(render("coordinator/notice_subject.txt"), text),
    )
