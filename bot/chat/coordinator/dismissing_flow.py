"""An alert that needs no evening of its own: it is not relevant, or part of what runs already."""

from __future__ import annotations

from bot.alerts import alert_content
from bot.answered import close_alerts
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import BACK, open_event_of, way_back
from bot.chat.coordinator.decided import who_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.belonging import bring_into, running_beside
from bot.evening.wrong_parts import cut_at
from bot.event_names import name_of
from contacts.outbox import Button
from feeds.events import dismiss_event
from feeds.rows import DismissReason, Event, EventStatus

#: a button carries the place of its reason in here
DISMISSALS = tuple(DismissReason)
#: so many events run at once on a busy day; the pages have them all
MOST = 3
LABEL_LENGTH = 50


async def ask_why_not(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status is not EventStatus.DETECTED:
        turn.toast = await who_decided(turn, event)
        return
    buttons = [
        Button(label, data("dis", event.id, DISMISSALS.index(reason)))
        for reason, label in texts.DISMISSALS.items()
    ]
    belongs = await _belongs_buttons(turn, event)
    await turn.change(
        render("coordinator/ask_why_not.html", event=event, is_alone=not belongs),
        [buttons[:3], buttons[3:], *belongs, way_back(event)],
    )


async def show_alert_again(turn: Turn) -> None:
    """``alert:<event>``, *Toch niet*: nothing is decided, and its answers are there again."""
    event = await open_event_of(turn)
    if event.status is not EventStatus.DETECTED:
        turn.toast = await who_decided(turn, event)
        return
    form = (await alert_content(turn.session, event)).telegram
    assert form is not None
    await turn.change(form.text, form.buttons)


async def _belongs_buttons(turn: Turn, event: Event) -> list[list[Button]]:
    """One for each event that runs, the newest first."""
    return [
        [
            Button(
                texts.BELONGS.format(title=cut_at(name, LABEL_LENGTH)),
                data("into", event.id, ident),
            )
        ]
        for ident, name in await running_beside(turn.session, event, most=MOST)
    ]


async def dismiss(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    index = turn.tap.number(1)
    if event.status is not EventStatus.DETECTED or not 0 <= index < len(DISMISSALS):
        turn.toast = await who_decided(turn, event)
        return
    reason = DISMISSALS[index]
    await dismiss_event(turn.session, event, reason, who=turn.known().who, now=turn.now)
    await close_alerts(turn.session, event, now=turn.now, tap=turn.tap)
    await turn.change(
        render("coordinator/dismissed.html", event=event, reason=texts.DISMISSALS[reason])
    )


async def merge(turn: Turn) -> None:
    """``into:<alert>:<event that runs>``: its reports go there, and it rings no more."""
    event = await open_event_of(turn)
    kept = await open_event_of(turn, 1)
    if not await bring_into(turn.session, event, kept, turn.known(), tap=turn.tap, now=turn.now):
        turn.toast = await who_decided(turn, event)
        return
    await turn.change(
        render("coordinator/belongs.html", event=event, kept=await name_of(turn.session, kept)),
        [[Button(texts.BACK, data("ecard", kept.id))]],
    )


TAPS: dict[str, Handler] = {
    "no": ask_why_not,
    "dis": dismiss,
    "into": merge,
    BACK: show_alert_again,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
