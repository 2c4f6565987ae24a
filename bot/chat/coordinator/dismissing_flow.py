"""An alert that needs no evening of its own: it is not relevant, or part of what runs already."""

from __future__ import annotations

from sqlmodel import col, select

from bot.alerts import alert_content
from bot.answered import close_alerts
from bot.chat.buttons import data
from bot.chat.coordinator import texts
from bot.chat.coordinator.alert_flow import BACK, open_event_of, way_back
from bot.chat.coordinator.decided import who_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening.wrong_parts import cut_at
from bot.event_names import name_of, names_of_events
from contacts.outbox import Button
from feeds.events import dismiss_event
from feeds.regrouping import merge_events
from feeds.rows import RUNNING, DismissReason, Event, EventStatus

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
    if event.status is not EventStatus.DETECTED:
        return []
    found = await turn.session.exec(
        select(Event.id)
        .where(
            col(Event.status).in_(RUNNING),
            col(Event.is_exercise) == event.is_exercise,
            col(Event.merged_into_id).is_(None),
        )
        .order_by(col(Event.confirmed_at).desc(), col(Event.id).desc())
        .limit(MOST)
    )
    running = [ident for ident in found.all() if ident is not None]
    names = await names_of_events(turn.session, running)
    return [
        [
            Button(
                texts.BELONGS.format(title=cut_at(names[ident], LABEL_LENGTH)),
                data("into", event.id, ident),
            )
        ]
        for ident in running
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
    if event.status is not EventStatus.DETECTED or kept.status not in RUNNING:
        turn.toast = await who_decided(turn, event)
        return
    if not await merge_events(turn.session, kept, event, who=turn.known().who, now=turn.now):
        turn.toast = await who_decided(turn, event)
        return
    await close_alerts(turn.session, event, now=turn.now, tap=turn.tap)
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
