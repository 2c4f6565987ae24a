"""``/beeld``: what was told, in counts of organisations, the same for every member."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from bot.chat.coordinator.card import running_events
from bot.chat.render import render
from bot.chat.turn import Handler, Turn
from bot.console.picture_texts import HEADINGS
from briefings.moments import day, local_date
from contacts.permissions import Permission, may
from feeds.lexicon import mask_names
from feeds.rows import Event
from signals import texts as labels
from signals.assessing import last_assessment, proposal_for, signals_about
from signals.phases import Phase
from signals.picture import picture_of
from signals.rows import Signal
from signals.telling import district_names

LOOK_BACK = timedelta(days=7)
MOST_EVENTS = 3


async def show_picture(turn: Turn) -> None:
    """The events that run, each with its picture; without one, the last seven days."""
    actor = turn.allowed(Permission.SEE_PICTURE)
    running = await running_events(turn.session, is_exercise=actor.is_exercise)
    for event in running[:MOST_EVENTS]:
        await _say(turn, event)
    if not running:
        await _say(turn, None)


async def _say(turn: Turn, event: Event | None) -> None:
    actor = turn.known()
    event_id = None if event is None else event.id
    if event is None:
        found = await turn.session.exec(
            select(Signal).where(
                col(Signal.received_at) > turn.now - LOOK_BACK,
                col(Signal.is_exercise) == actor.is_exercise,
            )
        )
        signals = found.all()
    else:
        signals = await signals_about(turn.session, event_id, is_exercise=actor.is_exercise)
    last = await last_assessment(turn.session, event_id, is_exercise=actor.is_exercise)
    proposed = ""
    if may(actor, Permission.READ_SIGNALS):
        proposal = await proposal_for(
            turn.session, event_id, turn.config.signals.phases,
            is_exercise=actor.is_exercise, now=turn.now,
        )  # fmt: skip
        proposed = labels.PHASES[proposal.phase]
    await turn.say(
        render(
            "coordinator/picture.html",
            event=mask_names(event.title) if event else "",
            picture=picture_of(
                signals, day_of=lambda at: day(local_date(at)), names=district_names()
            ),
            headings=HEADINGS,
            last=last,
            phase=labels.PHASES[Phase(last.phase)] if last else "",
            proposed=proposed,
        )
    )


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/beeld": show_picture}
