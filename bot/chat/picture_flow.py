"""``/beeld``: what was told, in counts of organisations, the same for every member.

Who may read signals sees it as it is now, everybody else as it was at a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import data
from bot.chat.coordinator.card import running_events
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.picture_texts import HEADINGS
from bot.event_names import name_of
from bot.picture_drawing import WEEK, can_draw, counted, plate_of, signals_of, svg_of
from bot.picture_drawing_texts import ABOUT, BUTTONS, OF_PERIOD
from contacts.outbox import Button
from contacts.permissions import Permission
from feeds.rows import Event
from signals import texts as labels
from signals.assessing import last_assessment, proposal_for
from signals.phases import Phase
from signals.picture_moments import is_live
from signals.rows import Signal
from signals.settings import PhaseSettings

#: as characters of HTML, so that what stands under a picture always fits
LONGEST_UNDER = 1000
MOST_EVENTS = 3


async def show_picture(turn: Turn) -> None:
    """The events that run, each with its picture; then everything of the last seven days.

    ``/beeld dag`` and ``/beeld kwartaal``: of that period alone.
    """
    actor = turn.allowed(Permission.SEE_PICTURE)
    period = ((turn.text or "").split()[1:] or [""])[0].lower()
    if period in OF_PERIOD:
        await _say(turn, None, period)
        return
    running = await running_events(turn.session, is_exercise=actor.is_exercise)
    for event in running[:MOST_EVENTS]:
        await _say(turn, event)
    # Signals that belong to no event are only in this one.
    await _say(turn, None)


async def show_period(turn: Turn) -> None:
    """The button of another period."""
    turn.allowed(Permission.SEE_PICTURE)
    assert turn.tap is not None
    period = turn.tap.args[0] if turn.tap.args else ""
    if period not in OF_PERIOD:
        raise ValueError("no such period")
    await _say(turn, None, period)


async def _say(turn: Turn, event: Event | None, period: str = WEEK) -> None:
    actor = turn.known()
    settings = turn.config.signals.phases if is_live(actor) else None
    event_id = None if event is None else event.id
    world = actor.is_exercise
    signals = await signals_of(
        turn.session, event_id, is_exercise=world, now=turn.now, period=period, live=is_live(actor)
    )
    text = await _text(
        turn.session, event, signals, settings, is_exercise=world, now=turn.now, period=period
    )
    buttons = [] if event is not None else [_others(period)]
    picture = counted(signals)
    if not picture.has_signals or not can_draw():
        await turn.say(text, buttons)
        return
    of_event = event is not None
    svg = svg_of(picture, of_event=of_event, is_exercise=world, now=turn.now, period=period)
    key = plate_of(svg, event_id, is_exercise=world, period=period).key
    if len(text) <= LONGEST_UNDER:
        await turn.say(text, buttons, document=key)
    else:
        head, _, _ = text.partition("\n")
        await turn.say(head, document=key)
        await turn.say(text, buttons)


def _others(period: str) -> list[Button]:
    """The pictures beside this one."""
    return [Button(label, data("bd", name)) for name, label in BUTTONS.items() if name != period]


async def picture_text(
    session: AsyncSession,
    event: Event | None,
    settings: PhaseSettings | None,
    *,
    is_exercise: bool,
    now: datetime,
) -> str:
    """The picture of an event, or of the last seven days, as a chat shows it.

    :param settings: to propose a phase by; None for who may not read signals.
    """
    event_id = None if event is None else event.id
    signals = await signals_of(
        session, event_id, is_exercise=is_exercise, now=now, live=settings is not None
    )
    return await _text(session, event, signals, settings, is_exercise=is_exercise, now=now)


async def _text(
    session: AsyncSession,
    event: Event | None,
    signals: Sequence[Signal],
    settings: PhaseSettings | None,
    *,
    is_exercise: bool,
    now: datetime,
    period: str = WEEK,
) -> str:
    event_id = None if event is None else event.id
    last = await last_assessment(session, event_id, is_exercise=is_exercise)
    proposed = ""
    if settings is not None:
        proposal = await proposal_for(session, event_id, settings, is_exercise=is_exercise, now=now)
        proposed = labels.PHASES[proposal.phase]
    return render(
        "coordinator/picture.html",
        event=await name_of(session, event) if event else "",
        about=ABOUT[period],
        picture=counted(signals),
        of_moments=settings is None,
        headings=HEADINGS,
        last=last,
        phase=labels.PHASES[Phase(last.phase)] if last else "",
        proposed=proposed,
    )


TAPS: dict[str, Handler] = {"bd": show_period}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/beeld": show_picture}
