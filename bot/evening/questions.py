"""The questions that lie with approvers: they lose their buttons, and tell how it went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.coordinator.approved import APPROVED, TOLD, approved_view, told_view
from bot.chat.coordinator.card import remember
from bot.chat.coordinator.progress import View
from bot.chat.render import render
from bot.chat.shown import shown_form
from bot.evening.asking_again import REQUEST
from bot.event_names import name_of
from bot.rows import LiveMessage
from briefings.rows import Briefing
from contacts.directory import ChannelKind
from contacts.outbox import (
    Content,
    Delivery,
    DeliveryAct,
    DeliveryStatus,
    Message,
    MessageKind,
    TelegramForm,
)
from contacts.retention import WIPED
from contacts.sending import edit_sent, original_of
from feeds.rows import Event

#: a question that is, or may be, on somebody's screen
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


async def retire_requests(session: AsyncSession, event: Event, why: str, *, now: datetime) -> int:
    """Older questions to approvers lose their buttons and say why; returns how many."""
    asked = await _open_requests(session, event)
    for delivery in asked:
        text = render(
            "coordinator/request_retired.html",
            event=event,
            title=await name_of(session, event),
            why=why,
        )
        await _let_be(session, delivery, but="")
        await edit_sent(session, delivery.id or 0, Content(telegram=TelegramForm(text)), now=now)
    return len(asked)


async def settle_requests(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    *,
    decided: int | None = None,
    now: datetime,
) -> None:
    """After an approval: whoever was asked reads that it is done, and later how it ended.

    :param decided: the message under which it was done: that keeps a button.
    """
    assert event.id is not None
    assert briefing.id is not None
    own = None if decided is None else (await original_of(session, decided)).id
    for delivery in await _open_requests(session, event, but=own):
        view = await told_view(session, event, briefing.id, now=now)
        await _follow(session, event.id, delivery, TOLD, view, briefing.id, now=now)
    if own is not None:
        view = await approved_view(session, event.id, briefing.id, now=now)
        delivery = await session.get_one(Delivery, own)
        await _follow(session, event.id, delivery, APPROVED, view, briefing.id, now=now)


async def _follow(
    session: AsyncSession,
    event_id: int,
    delivery: Delivery,
    name: str,
    view: View,
    briefing_id: int,
    *,
    now: datetime,
) -> None:
    """Let a message say this, and keep it up to date from now on."""
    await _let_be(session, delivery, but=name)
    form = TelegramForm(text=view[0], buttons=view[1])
    await edit_sent(session, delivery.id or 0, Content(telegram=form), now=now)
    await remember(session, event_id, int(delivery.address), name, delivery, view, now, briefing_id)


async def follow_requests(
    session: AsyncSession,
    event: Event,
    briefing: Briefing,
    asked: Sequence[Delivery],
    view: View,
    *,
    now: datetime,
) -> None:
    """A question says by itself that what it is about changed, or was withdrawn."""
    for delivery in asked:
        if delivery.kind is ChannelKind.TELEGRAM:
            await remember(
                session, event.id or 0, int(delivery.address), REQUEST, delivery, view, now,
                briefing.id or 0,
            )  # fmt: skip


async def _let_be(session: AsyncSession, delivery: Delivery, *, but: str) -> None:
    """The message is kept up to date as nothing else any more."""
    await session.exec(
        delete(LiveMessage)
        .where(col(LiveMessage.delivery_id) == delivery.id, col(LiveMessage.name) != but)
        .execution_options(synchronize_session="fetch")
    )


async def _open_requests(
    session: AsyncSession, event: Event, *, but: int | None = None
) -> list[Delivery]:
    """The questions to approvers that still have buttons, and still have somebody who reads them.

    :param but: the message that tells by itself what was decided.
    """
    found = await session.exec(
        select(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Message.event_id) == event.id,
            col(Message.kind) == MessageKind.APPROVAL,
            col(Delivery.kind) == ChannelKind.TELEGRAM,
            col(Delivery.act) == DeliveryAct.SEND,
            col(Delivery.status).in_(ARRIVED),
            # Of who was erased only the number of the delivery is left: there is no chat to edit.
            col(Delivery.person_id).is_not(None),
            col(Delivery.address).not_like(f"{WIPED}%"),
        )
    )
    # What was decided under an older question is told there, and kept up to date.
    told = await session.exec(
        select(LiveMessage.delivery_id).where(
            col(LiveMessage.event_id) == event.id, col(LiveMessage.name).in_([APPROVED, TOLD])
        )
    )
    kept = {but, *told.all()}
    asked = []
    for delivery in found.all():
        form = await shown_form(session, delivery.id or 0)
        if delivery.id not in kept and form is not None and form.buttons:
            asked.append(delivery)
    return asked
