"""The reports of an event on a phone, and some of them apart: they were about something else.

What was ticked stands in the buttons, with a mark of the reports that were shown: nothing moves
when there are others by now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.alerts import alert_content
from bot.chat.buttons import data
from bot.chat.coordinator import split_texts as texts
from bot.chat.coordinator.alert_flow import open_event_of
from bot.chat.coordinator.decided import already_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from contacts.outbox import Button
from feeds.alerting import will_ring
from feeds.events import ItemView, items_of
from feeds.regrouping import split_event
from feeds.rows import Event, EventStatus

#: the reports · tick them · set the ticked ones apart
SHOW, TICK, APART = "items", "splt", "spls"
#: reports in one message, the newest; the desk shows all
SHOWN = 15
#: so much of the mark of the shown reports fits in a button
MARK = 12
OVER = (EventStatus.CLOSED, EventStatus.DISMISSED)
Rows = list[list[Button]]


async def show_items(turn: Turn) -> None:
    """``items:<event>``: what was written, with its sources."""
    event = await open_event_of(turn)
    items = await items_of(turn.session, event.id or 0)
    rows: Rows = []
    if len(items) > 1 and event.status not in OVER:
        rows = [[Button(texts.SPLIT, data(TICK, event.id, 0, mark_of(items[-SHOWN:])))]]
    await turn.say(_listed(event, items), rows)


def _listed(event: Event, items: Sequence[ItemView]) -> str:
    return render(
        "coordinator/items.html", event=event, items=items[-SHOWN:],
        earlier=max(len(items) - SHOWN, 0), ticked=None,
    )  # fmt: skip


def mark_of(items: Sequence[ItemView]) -> str:
    """Which reports a message shows. Pure."""
    ids = ",".join(str(one.id) for one in items)
    return hashlib.sha256(ids.encode()).hexdigest()[:MARK]


async def tick(turn: Turn) -> None:
    """``splt:<event>:<ticked>:<mark>``: the ticks as bits, the first report the lowest."""
    event = await _going_on(turn)
    if event is None:
        return
    shown, ticked = await _asked(turn, event)
    if ticked is None:
        turn.toast, ticked = texts.SPLIT_CHANGED, 0
    await _show_ticks(turn, event, shown, ticked)


async def _show_ticks(turn: Turn, event: Event, shown: Sequence[ItemView], ticked: int) -> None:
    mark = mark_of(shown)
    buttons = [
        Button(
            (texts.TICKED_REPORT if ticked >> place & 1 else texts.REPORT).format(number=place + 1),
            data(TICK, event.id, ticked ^ (1 << place), mark),
        )
        for place in range(len(shown))
    ]
    rows = [buttons[index : index + 4] for index in range(0, len(buttons), 4)]
    if count := ticked.bit_count():
        label = texts.SPLIT_NOW.format(count=count)
        rows.append([Button(label, data(APART, event.id, ticked, mark))])
    text = render(
        "coordinator/items.html", event=event, items=shown, earlier=0,
        ticked=[bool(ticked >> place & 1) for place in range(len(shown))],
    )  # fmt: skip
    await turn.change(text, rows)


async def set_apart(turn: Turn) -> None:
    """``spls:<event>:<ticked>:<mark>``: they become an alert that nobody judged yet."""
    event = await _going_on(turn)
    if event is None:
        return
    shown, ticked = await _asked(turn, event)
    if ticked is None:
        turn.toast = texts.SPLIT_CHANGED
        await _show_ticks(turn, event, shown, 0)
        return
    chosen = {one.id for place, one in enumerate(shown) if ticked >> place & 1}
    part = await split_event(turn.session, event, chosen, who=turn.known().who, now=turn.now)
    if part is None:
        turn.toast = texts.NOT_SPLIT
        return
    left = await items_of(turn.session, event.id or 0)
    await turn.change(_listed(event, left))
    form = (await alert_content(turn.session, part)).telegram
    assert form is not None
    rings = await will_ring(turn.session, part, turn.config.feeds, now=turn.now)
    turn.toast = texts.SPLIT_RINGS if rings else texts.SPLIT_WAITS
    await turn.say(form.text, form.buttons)


async def _going_on(turn: Turn) -> Event | None:
    """The event of the button; None, with a toast, when it is over."""
    event = await open_event_of(turn)
    if event.status in OVER:
        turn.toast = await already_decided(turn, event)
        return None
    return event


async def _asked(turn: Turn, event: Event) -> tuple[Sequence[ItemView], int | None]:
    """The reports as they are now, and the ticks; None when the message showed others.

    :raises ValueError: a button with ticks that no message had.
    """
    assert turn.tap is not None
    shown = (await items_of(turn.session, event.id or 0))[-SHOWN:]
    ticked = turn.tap.number(1)
    if ticked < 0:
        raise ValueError("no such ticks")
    is_as_shown = turn.tap.word(2) == mark_of(shown) and ticked < 1 << len(shown)
    return shown, ticked if is_as_shown else None


TAPS: dict[str, Handler] = {SHOW: show_items, TICK: tick, APART: set_apart}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
