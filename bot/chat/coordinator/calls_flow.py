"""The list *bel deze mensen* on a phone: numbers to tap, and a box to tick per person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data, in_pairs
from bot.chat.coordinator import texts
from bot.chat.coordinator.card import running_events
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.calling_texts import why_call
from bot.event_names import name_of
from contacts.call_list import Call, calls_of, is_to_call
from contacts.calling import CallItem, CallStatus, tick_off
from contacts.notices import OPEN_CALLS
from contacts.outbox import Button
from contacts.permissions import Permission, may
from feeds.rows import RUNNING, Event

#: lines in one message; what is done makes room
AT_ONCE = 8
#: messages at once, each with the list of one event
EVENTS_AT_ONCE = 5
TICK = "called"


async def show_calls(turn: Turn) -> None:
    """Below the notice: the list of its event."""
    event = await _event(turn, 0)
    await turn.say(*await _view(turn, event), event_id=event.id)


async def tick(turn: Turn) -> None:
    """``called:<event>:<line>:<status>``: nothing happens to a line that changed meanwhile."""
    event = await _event(turn, 0)
    assert turn.tap is not None
    item = await turn.session.get(CallItem, turn.tap.number(1))
    if item is None or item.event_id != event.id:
        raise ValueError("no such line of this event")
    if item.status.value == turn.tap.args[2]:
        await tick_off(turn.session, item, who=turn.known().who, now=turn.now)
    else:
        turn.toast = texts.TICKED_MEANWHILE
    await turn.change(*await _view(turn, event))


async def show_all(turn: Turn) -> None:
    """``/bellijst``: of each running event with somebody on its list, and of each other one of
    which somebody is still to be called."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    running = await running_events(turn.session, is_exercise=actor.is_exercise)
    over = await _over(turn.session, is_exercise=actor.is_exercise)
    listed = [event for event in (*running, *over) if await _shown(turn.session, event, turn)]
    for event in listed[:EVENTS_AT_ONCE]:
        await turn.say(*await _view(turn, event), event_id=event.id)
    if not listed:
        await turn.say(render("coordinator/nobody_to_call.html"))


async def _over(session: AsyncSession, *, is_exercise: bool) -> Sequence[Event]:
    """Closing an event calls nobody: who was to be called about it still is, newest first."""
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status).not_in(RUNNING),
            col(Event.is_exercise) == is_exercise,
            col(Event.id).in_(select(CallItem.event_id).where(is_to_call())),
        )
        .order_by(col(Event.id).desc())
    )
    return found.all()


async def _event(turn: Turn, index: int) -> Event:
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    return await turn.in_world(Event, turn.tap.number(index))


async def _shown(session: AsyncSession, event: Event, turn: Turn) -> Sequence[Call]:
    assert event.id is not None
    statuses = (CallStatus.OPEN, CallStatus.CALLED)
    return await calls_of(session, event.id, now=turn.now, statuses=statuses)


async def _view(turn: Turn, event: Event) -> tuple[str, list[list[Button]]]:
    calls = await _shown(turn.session, event, turn)
    lines = calls[:AT_ONCE]
    waiting = sum(call.status is CallStatus.OPEN for call in calls)
    text = render(
        "coordinator/calls.html",
        event=event,
        title=await name_of(turn.session, event),
        calls=lines,
        waiting=waiting,
        more=max(waiting - AT_ONCE, 0),
        why_call=why_call,
        done=CallStatus.CALLED,
        lacks_number=not all(call.phone for call in lines),
        may_add=may(turn.known(), Permission.MANAGE_CONTACTS),
    )
    buttons = [
        Button(_label(number, call), data(TICK, event.id, call.id, call.status.value))
        for number, call in enumerate(lines, 1)
    ]
    return text, in_pairs(buttons)


def _label(number: int, call: Call) -> str:
    is_done = call.status is CallStatus.CALLED
    return (texts.TICKED if is_done else texts.TO_TICK).format(number=number)


TAPS: dict[str, Handler] = {OPEN_CALLS: show_calls, TICK: tick}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/bellijst": show_all}
