"""The alert and its answers: confirm in four questions, or follow on."""

from __future__ import annotations

from datetime import time, timedelta

from bot.answered import close_alerts
from bot.chat.buttons import data
from bot.chat.coordinator import clock_texts, texts
from bot.chat.coordinator.card import show_card
from bot.chat.coordinator.decided import who_decided
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.evening import starting
from bot.evening.promising import part_of_day
from bot.evening.starting import (
    LEADS,
    SEND_TIMES,
    SEVERITIES,
    default_deadline,
    default_severity,
    send_choices,
)
from bot.event_names import name_of
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.alerting import mark_tapped
from feeds.events import snooze_event
from feeds.grounds import grounds_of
from feeds.muting import mute_subject
from feeds.rows import Event, EventStatus, LeadAgency
from feeds.telling_why import told

#: on a button: whom to ring first was not decided yet
NOT_SAID = 2
#: the verb of a button that shows the alert again
BACK = "alert"


def alert_buttons(event_id: int) -> list[list[Button]]:
    """The four answers to an alert, and all of its reasons."""
    return [
        [Button(texts.CONFIRM, data("ok", event_id)), Button(texts.LATER, data("later", event_id))],
        [
            Button(texts.NOT_RELEVANT, data("no", event_id)),
            Button(texts.SHOW_ITEMS, data("items", event_id)),
        ],
        [Button(texts.SHOW_WHY, data("why", event_id))],
    ]


def way_back(event: Event) -> list[Button]:
    """Out of a question about an alert: its answers again."""
    return [Button(texts.NOT_AFTER_ALL, data(BACK, event.id))]


async def open_event_of(turn: Turn, index: int = 0) -> Event:
    """The event that a button belongs to, for somebody who may manage it.

    :raises ValueError: the button is old or forged.
    """
    turn.allowed(Permission.MANAGE_EVENT)
    assert turn.tap is not None
    event = await turn.in_world(Event, turn.tap.number(index))
    await mark_tapped(turn.session, event, now=turn.now)
    return event


async def ask_severity(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status is not EventStatus.DETECTED:
        turn.toast = await who_decided(turn, event)
        return
    default = default_severity(event)
    row = [
        Button(_marked(label, number == default), data("q2", event.id, number))
        for number, label in texts.SEVERITIES.items()
    ]
    await turn.change(
        render("coordinator/ask_severity.html", event=event, default=default),
        [row, [Button(texts.ALL_DEFAULTS, data("alldef", event.id))], way_back(event)],
    )


async def ask_lead(turn: Turn) -> None:
    event = await open_event_of(turn)
    severity = turn.tap.number(1) if turn.tap else 0
    buttons = [
        Button(texts.LEADS[lead], data("q3", event.id, severity, index))
        for index, lead in enumerate(LEADS)
    ]
    await turn.change(
        render("coordinator/ask_lead.html", event=event),
        [buttons[:2], buttons[2:], way_back(event)],
    )


async def ask_deadline(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    chosen = (turn.tap.number(1), turn.tap.number(2))
    default = default_deadline(turn.now)
    buttons = [
        Button(
            _marked(label, index == default),
            data("q4", event.id, *chosen, index),
        )
        for index, label in send_choices(turn.now)
    ]
    await turn.change(
        render("coordinator/ask_deadline.html", event=event), [buttons, way_back(event)]
    )


async def ask_calls(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    chosen = [turn.tap.number(index) for index in (1, 2, 3)]
    await turn.change(
        render("coordinator/ask_calls.html", event=event),
        [
            [
                Button(texts.CALLED, data("conf", event.id, *chosen, 1)),
                Button(texts.NOT_NEEDED, data("conf", event.id, *chosen, 0)),
                Button(texts.NOT_YET, data("conf", event.id, *chosen, NOT_SAID)),
            ],
            way_back(event),
        ],
    )


async def confirm(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    severity, lead, deadline, called = (turn.tap.number(index) for index in (1, 2, 3, 4))
    if severity not in SEVERITIES or not 0 <= lead < len(LEADS):
        raise ValueError("outside the choices")
    said = None if called == NOT_SAID else bool(called)
    await _confirm(turn, event, severity, LEADS[lead], SEND_TIMES[deadline], called=said)


async def confirm_defaults(turn: Turn) -> None:
    event = await open_event_of(turn)
    await _confirm(
        turn,
        event,
        default_severity(event),
        LeadAgency.POLICE,
        SEND_TIMES[default_deadline(turn.now)],
        called=None,
    )


async def _confirm(
    turn: Turn,
    event: Event,
    severity: int,
    lead: LeadAgency,
    deadline: time,
    *,
    called: bool | None,
) -> None:
    if event.status is not EventStatus.DETECTED:
        turn.toast = await who_decided(turn, event)
        return
    await starting.confirm(
        turn.session,
        event,
        turn.known(),
        turn.config.briefings,
        severity=severity,
        lead=lead,
        deadline=deadline,
        called=called,
        now=turn.now,
    )
    await close_alerts(turn.session, event, now=turn.now, tap=turn.tap)
    await turn.change(
        render(
            "coordinator/confirmed.html",
            event=event,
            title=await name_of(turn.session, event),
            now=turn.now,
            when=part_of_day(turn.now),
        ),
        [[Button(clock_texts.RING, data("ring", event.id))]] if called is None else [],
    )
    await show_card(turn, event)


async def start_evening(turn: Turn, event: Event) -> None:
    """Open the facts, draft the seven texts, pin the card. Also after a manual trigger."""
    await starting.prepare(turn.session, event, turn.known(), turn.config.briefings, now=turn.now)
    await show_card(turn, event)


async def ask_later(turn: Turn) -> None:
    event = await open_event_of(turn)
    row = [
        Button(label, data("snooze", event.id, minutes)) for minutes, label in texts.SNOOZES.items()
    ]
    mute = [Button(texts.MUTE, data("mute", event.id))]
    await turn.change(
        render("coordinator/ask_later.html", event=event),
        [row[:2], row[2:], mute, way_back(event)],
    )


async def snooze(turn: Turn) -> None:
    event = await open_event_of(turn)
    assert turn.tap is not None
    until = turn.now + timedelta(minutes=min(turn.tap.number(1), max(texts.SNOOZES)))
    await snooze_event(turn.session, event, until, who=turn.known().who, now=turn.now)
    assert event.id is not None
    await turn.change(
        render("coordinator/snoozed.html", event=event, until=until), alert_buttons(event.id)
    )


async def mute(turn: Turn) -> None:
    event = await open_event_of(turn)
    if event.status is not EventStatus.DETECTED:
        turn.toast = await who_decided(turn, event)
        return
    muted = await mute_subject(turn.session, event, who=turn.known().who, now=turn.now)
    assert event.id is not None
    await turn.change(
        render("coordinator/muted.html", event=event, until=muted.until), alert_buttons(event.id)
    )


async def show_why(turn: Turn) -> None:
    event = await open_event_of(turn)
    grounds = await grounds_of(turn.session, event)
    await turn.say(
        render("coordinator/why.html", event=event, why=told(grounds.rows), telling=grounds.item)
    )


def _marked(label: str, is_default: bool) -> str:
    return f"· {label} ·" if is_default else label


TAPS: dict[str, Handler] = {
    "ok": ask_severity,
    "q2": ask_lead,
    "q3": ask_deadline,
    "q4": ask_calls,
    "conf": confirm,
    "alldef": confirm_defaults,
    "later": ask_later,
    "snooze": snooze,
    "mute": mute,
    "why": show_why,
}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {}
