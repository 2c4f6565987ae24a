"""*Vooraf bellen* on a phone: whom to ring before anything is sent, and a tick when it is done."""

from __future__ import annotations

from bot.chat.buttons import data, short
from bot.chat.coordinator import clock_texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.decided import already_decided
from bot.chat.coordinator.progress import View
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.event_names import name_of
from briefings.ticking import calls_first, choose_calls, not_listed, tick_call
from contacts.outbox import Button
from contacts.permissions import Permission, may
from feeds.rows import RUNNING, Event

FLOW = "ring_first"
#: the list · rung · organisations to choose · search · on the list
RING, RUNG, PICK, FIND, PUT = "ring", "rung", "ringadd", "ringfind", "ringput"
#: organisations in one message · found by searching
AT_ONCE, FOUND = 8, 16
Rows = list[list[Button]]


async def show_calls(turn: Turn) -> None:
    """``ring:<event>``."""
    event = await open_event_of(turn)
    await turn.say(*await _calls_view(turn, event), event_id=event.id)


async def _calls_view(turn: Turn, event: Event) -> View:
    calls = await calls_first(turn.session, event.id or 0)
    buttons = [
        Button(
            (clock_texts.RUNG if one.called_at else clock_texts.TO_RING).format(number=number),
            data(RUNG, event.id, one.id, int(one.called_at is None)),
        )
        for number, one in enumerate(calls, start=1)
    ]
    rows = [buttons[index : index + 3] for index in range(0, len(buttons), 3)]
    text = render(
        "coordinator/ring_first.html",
        event=event,
        title=await name_of(turn.session, event),
        calls=calls,
        lacks_number=not all(one.phone for one in calls),
        may_add=may(turn.known(), Permission.MANAGE_CONTACTS),
    )
    if event.status in RUNNING:
        rows.append([Button(clock_texts.ADD_TO_RING, data(PICK, event.id, 0))])
    return text, [*rows, [Button(clock_texts.OPEN_TIMETABLE, data("klok", event.id))]]


async def tick_rung(turn: Turn) -> None:
    """``rung:<event>:<line>:<0|1>``."""
    event = await open_event_of(turn)
    assert turn.tap is not None
    try:
        await tick_call(
            turn.session, event, turn.tap.number(1), turn.known(),
            is_called=bool(turn.tap.number(2)), now=turn.now,
        )  # fmt: skip
    except LookupError as error:
        raise ValueError("not on the list") from error
    await turn.change(*await _calls_view(turn, event))


async def pick(turn: Turn) -> None:
    """``ringadd:<event>:<leaf>``: organisations that are not on the list yet."""
    event = await _running(turn)
    if event is None:
        return
    assert turn.tap is not None
    leaf = turn.tap.number(1)
    if leaf < 0:
        raise ValueError("no such leaf")
    found = await not_listed(turn.session, event, most=AT_ONCE + 1, skip=leaf * AT_ONCE)
    turning = []
    if leaf > 0:
        turning.append(Button(clock_texts.PREVIOUS, data(PICK, event.id, leaf - 1)))
    if len(found) > AT_ONCE:
        turning.append(Button(clock_texts.FURTHER, data(PICK, event.id, leaf + 1)))
    rows = [*_to_put(event, found[:AT_ONCE]), *([turning] if turning else [])]
    await turn.change(*await _choice(turn, event, rows, has_any=bool(found)))


async def _choice(turn: Turn, event: Event, rows: Rows, *, has_any: bool) -> View:
    title = await name_of(turn.session, event)
    text = render("coordinator/ring_whom.html", title=title, has_any=has_any)
    return text, [
        *rows,
        [Button(clock_texts.FIND_TO_RING, data(FIND, event.id))],
        [Button(clock_texts.RING, data(RING, event.id))],
    ]


def _to_put(event: Event, found: list[tuple[int, str]]) -> Rows:
    return [[Button(short(name), data(PUT, event.id, number))] for number, name in found]


async def ask_name(turn: Turn) -> None:
    """``ringfind:<event>``."""
    event = await _running(turn)
    if event is not None:
        await turn.ask(FLOW, "search", {"event": event.id})
        await turn.say(clock_texts.FIND_LIKE)


async def wrote_name(turn: Turn) -> None:
    """A part of the name of an organisation, as it is called now or was before."""
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.conversation is not None
    event = await turn.in_world(Event, int(turn.conversation.data["event"]))
    await turn.finish()
    found = await not_listed(turn.session, event, most=FOUND, search=turn.line[:80])
    view = await _choice(turn, event, _to_put(event, found), has_any=bool(found))
    await turn.say(*view, event_id=event.id)


async def put(turn: Turn) -> None:
    """``ringput:<event>:<organisation>``: on the list; once."""
    event = await _running(turn)
    if event is None:
        return
    assert turn.tap is not None
    try:
        new = await choose_calls(
            turn.session, event, [turn.tap.number(1)], turn.known(), now=turn.now
        )
    except LookupError as error:
        raise ValueError("no such organisation") from error
    turn.toast = clock_texts.TO_RING_ADDED if new else clock_texts.IN_LIST_ALREADY
    await turn.change(*await _calls_view(turn, event))


async def _running(turn: Turn) -> Event | None:
    """The event of the button; None, with a toast, when it is over."""
    event = await open_event_of(turn)
    if event.status in RUNNING:
        return event
    turn.toast = await already_decided(turn, event)
    return None


TAPS: dict[str, Handler] = {
    RING: show_calls, RUNG: tick_rung, PICK: pick, FIND: ask_name, PUT: put,
}  # fmt: skip
STEPS: dict[tuple[str, str], Handler] = {(FLOW, "search"): wrote_name}
COMMANDS: dict[str, Handler] = {}
