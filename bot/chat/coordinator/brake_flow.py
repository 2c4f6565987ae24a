"""The brake on a phone: stop what is going out, let it go on, or call it off; and reopen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.card import progress_view, show_card
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from briefings.rows import Briefing
from contacts.journal import Who
from contacts.outbox import Button, Message, MessageStatus
from contacts.permissions import Permission
from contacts.records import ids_of
from contacts.sending import cancel_message, halt_message, resume_message
from feeds.events import reopen_event
from feeds.rows import Event, EventStatus

BY_HAND = "by_hand"
Act = Callable[..., Awaitable[object]]


async def _messages(session: AsyncSession, briefing_id: int, status: MessageStatus) -> list[int]:
    found = await session.exec(
        select(Message).where(
            col(Message.briefing_id) == briefing_id, col(Message.status) == status
        )
    )
    return ids_of(found.all())


async def briefing_of(turn: Turn, event: Event) -> int:
    """The number of the text in the button, which must be one of the event in the button.

    :raises ValueError: it is not: the button is forged.
    """
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(1))
    if briefing is None or briefing.id is None or briefing.event_id != event.id:
        raise ValueError("no such text of this event")
    return briefing.id


async def _each(turn: Turn, status: MessageStatus, act: Act) -> None:
    """Do this to each message of the text that is in this state, then show how it stands."""
    actor = turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.session.get(Event, turn.tap.number(0))
    if event is None or event.id is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    briefing_id = await briefing_of(turn, event)
    found = await _messages(turn.session, briefing_id, status)
    if not found:
        turn.toast = texts.ALREADY_DECIDED
    for ident in found:
        await _act(act, turn.session, ident, actor.who, turn.now)
    view = await progress_view(turn.session, event.id, briefing_id, now=turn.now)
    await turn.change(*view)


async def _act(act: Act, session: AsyncSession, ident: int, who: Who, now: datetime) -> None:
    await act(session, ident, who=who, now=now, reason=BY_HAND)


async def stop(turn: Turn) -> None:
    """What was not sent yet waits. One tap: a brake does not ask."""
    await _each(turn, MessageStatus.READY, halt_message)


async def go_on(turn: Turn) -> None:
    await _each(turn, MessageStatus.HALTED, resume_message)


async def ask_cancel(turn: Turn) -> None:
    """Calling off cannot be undone, so it is asked once more."""
    turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event_id, briefing_id = turn.tap.number(0), turn.tap.number(1)
    await turn.say(
        render("coordinator/cancel_sure.html"),
        [
            [Button(texts.CANCEL_SURE, data("brkx", event_id, briefing_id))],
            [Button(texts.GO_ON, data("brkg", event_id, briefing_id))],
        ],
    )


async def cancel(turn: Turn) -> None:
    await _each(turn, MessageStatus.HALTED, cancel_message)


async def reopen(turn: Turn) -> None:
    """It was not over: the card works again."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    event = await turn.session.get(Event, turn.tap.number(0))
    if event is None or event.is_exercise != actor.is_exercise:
        raise ValueError("no such event for this actor")
    if event.status is not EventStatus.CLOSED:
        turn.toast = texts.ALREADY_DECIDED
        return
    await reopen_event(turn.session, event, who=actor.who, now=turn.now)
    await show_card(turn, event)


TAPS: dict[str, Handler] = {
    "brks": stop,
    "brkg": go_on,
    "brka": ask_cancel,
    "brkx": cancel,
    "reop": reopen,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
