"""The brake on a phone: stop what is going out, let it go on, or call it off; and reopen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.chat.buttons import data
from bot.chat.coordinator import approved_texts, texts
from bot.chat.coordinator.approved import APPROVED, TOLD, approved_view, told_view
from bot.chat.coordinator.card import CARD, live_name, show_card, write_again
from bot.chat.coordinator.decided import already_decided
from bot.chat.coordinator.progress import messages_of, name_and_version, progress_view
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.closing_held import ways_on, why_not
from bot.evening.restored_said import going_on_said, is_restored
from bot.evening.writing import is_untold
from bot.exercise.over import was_of_an_exercise
from briefings import calling_off
from briefings.past_promise import is_past
from briefings.rows import Briefing, BriefingStatus
from briefings.versions import waits
from contacts.delivery_counts import count_deliveries
from contacts.directory import Role
from contacts.outbox import Button
from contacts.permissions import Permission
from contacts.records import ids_of
from feeds.events import reopen_event
from feeds.rows import Event, EventStatus

Act = Callable[..., Awaitable[int]]


async def briefing_of(turn: Turn, event: Event) -> int:
    """The number of the text in the button, which must be one of the event in the button.

    :raises ValueError: it is not: the button is forged.
    """
    assert turn.tap is not None
    briefing = await turn.session.get(Briefing, turn.tap.number(1))
    if briefing is None or briefing.id is None or briefing.event_id != event.id:
        raise ValueError("no such text of this event")
    return briefing.id


async def _each(turn: Turn, act: Act, said: str) -> None:
    """Do this to the messages of the text, then show how it stands.

    :param said: instead of that, where the card shows it already.
    """
    briefing, count = await _act(turn, act)
    if not count:
        event = await turn.session.get_one(Event, briefing.event_id)
        turn.toast = await already_decided(turn, event)
    assert turn.tap is not None
    if await live_name(turn.session, turn.tap.delivery_id) == CARD:
        # It is brought up to date at once; a message beside it would soon tell something old.
        turn.toast = turn.toast or said
        return
    await _show(turn, briefing)


async def _act(turn: Turn, act: Act) -> tuple[Briefing, int]:
    """The text of the button, and how many of its messages this was done to."""
    actor = turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing = await turn.session.get_one(Briefing, await briefing_of(turn, event))
    return briefing, await act(turn.session, briefing, who=actor.who, now=turn.now)


async def _show(turn: Turn, briefing: Briefing) -> None:
    """How it stands now, in the place of the button."""
    assert turn.tap is not None
    name = await live_name(turn.session, turn.tap.delivery_id)
    event_id, briefing_id = briefing.event_id, briefing.id or 0
    if name == TOLD:
        event = await turn.session.get_one(Event, event_id)
        delivery_id = turn.tap.delivery_id
        text, buttons = await told_view(
            turn.session, event, briefing_id, delivery_id=delivery_id, now=turn.now
        )
    else:
        as_view = approved_view if name == APPROVED else progress_view
        text, buttons = await as_view(turn.session, event_id, briefing_id, now=turn.now)
    await turn.change(text, buttons)


async def stop(turn: Turn) -> None:
    """What was not sent yet waits. One tap: a brake does not ask."""
    await _each(turn, calling_off.stop, approved_texts.STOPPED_NOW)


async def ask_go_on(turn: Turn) -> None:
    """One tap, but for what a back-up stopped: that may have left after it was made."""
    turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing_id = await briefing_of(turn, event)
    messages = await messages_of(turn.session, briefing_id)
    if not is_restored(messages):
        await go_on(turn)
        return
    counts = await count_deliveries(turn.session, message_ids=ids_of(messages))
    await turn.say(
        going_on_said(counts.to_go),
        [
            [Button(approved_texts.GO_ON_SURE, data("brkg2", event.id, briefing_id))],
            [Button(texts.CALL_OFF, data("brka", event.id, briefing_id))],
        ],
    )


async def go_on(turn: Turn) -> None:
    """A closing text that does not tell what partners told stays where it is."""
    actor = turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing = await turn.session.get_one(Briefing, await briefing_of(turn, event))
    if reason := await calling_off.may_not_go_on(turn.session, briefing):
        why = why_not(reason, actor)
        await turn.say(
            render("coordinator/approve_refused.html", why=why), [ways_on(event.id or 0, actor)]
        )
        return
    await _each(turn, calling_off.go_on, approved_texts.GOES_ON_NOW)
    if turn.toast in (None, approved_texts.GOES_ON_NOW) and is_past(briefing, leaves_at=turn.now):
        turn.toast = approved_texts.WITHOUT_PROMISE


async def ask_cancel(turn: Turn) -> None:
    """Calling off cannot be undone, so it is asked once more."""
    turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing = await turn.session.get_one(Briefing, await briefing_of(turn, event))
    # *Ga door* would read as going on with calling off.
    other = Button(approved_texts.NOT_CALLED_OFF, data("brk0", event.id, briefing.id))
    is_ahead = waits(briefing, now=turn.now)
    await turn.say(
        render(
            "coordinator/cancel_sure.html",
            named=await name_and_version(turn.session, briefing),
            leaves_at=briefing.send_at if is_ahead else None,
        ),
        [[Button(texts.CANCEL_SURE, data("brkx", event.id, briefing.id))], [other]],
    )


async def keep(turn: Turn) -> None:
    """It is not called off after all; what can be done about it stays at hand."""
    turn.allowed(Permission.STOP_SENDING)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    briefing_id = await briefing_of(turn, event)
    _, buttons = await progress_view(turn.session, event.id or 0, briefing_id, now=turn.now)
    named = await name_and_version(turn.session, await turn.session.get_one(Briefing, briefing_id))
    await turn.change(render("coordinator/not_called_off.html", named=named), buttons)


async def cancel(turn: Turn) -> None:
    """The messages about this text say that it was called off; the answer says what comes next."""
    briefing, count = await _act(turn, calling_off.call_off)
    if not count:
        event = await turn.session.get_one(Event, briefing.event_id)
        turn.toast = await already_decided(turn, event)
        await _show(turn, briefing)
        return
    may_write = Role.COORDINATOR in turn.known().roles
    is_gone = briefing.status is BriefingStatus.WITHDRAWN
    event = await turn.session.get_one(Event, briefing.event_id)
    is_over = may_write and is_gone and await is_untold(turn.session, event)
    named = await name_and_version(turn.session, briefing)
    await turn.change(
        render(
            "coordinator/called_off.html",
            named=named,
            may_write=may_write,
            is_gone=is_gone,
            is_over=is_over,
        ),
        write_again(event) if is_over else [],
    )


async def reopen(turn: Turn) -> None:
    """It was not over: the card works again."""
    actor = turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(0))
    if event.status is not EventStatus.CLOSED or await was_of_an_exercise(turn.session, event):
        turn.toast = await already_decided(turn, event)
        return
    await reopen_event(turn.session, event, who=actor.who, now=turn.now)
    await show_card(turn, event)


TAPS: dict[str, Handler] = {
    "brks": stop,
    "brkg": ask_go_on,
    "brkg2": go_on,
    "brka": ask_cancel,
    "brkx": cancel,
    "brk0": keep,
    "reop": reopen,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
