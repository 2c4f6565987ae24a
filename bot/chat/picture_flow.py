"""``/beeld``: what was told, in counts of organisations, the same for every member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

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
from signals.phases import Phase, PhaseSettings
from signals.picture import picture_of
from signals.rows import Signal
from signals.telling import district_names

LOOK_BACK = timedelta(days=7)
MOST_EVENTS = 3


async def show_picture(turn: Turn) -> None:
    """The events that run, each with its picture; then everything of the last seven days."""
    actor = turn.allowed(Permission.SEE_PICTURE)
    running = await running_events(turn.session, is_exercise=actor.is_exercise)
    for event in running[:MOST_EVENTS]:
        await _say(turn, event)
    # Signals that belong to no event are only in this one.
    await _say(turn, None)


async def _say(turn: Turn, event: Event | None) -> None:
    actor = turn.known()
    settings = turn.config.signals.phases if may(actor, Permission.READ_SIGNALS) else None
    await turn.say(
        await picture_text(
            turn.session, event, settings, is_exercise=actor.is_exercise, now=turn.now
        )
    )


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
    signals = await _signals(session, event_id, is_exercise=is_exercise, now=now)
    last = await last_assessment(session, event_id, is_exercise=is_exercise)
    proposed = ""
    if settings is not None:
        proposal = await proposal_for(session, event_id, settings, is_exercise=is_exercise, now=now)
        proposed = labels.PHASES[proposal.phase]
    return render(
        "coordinator/picture.html",
        event=mask_names(event.title) if event else "",
        picture=picture_of(signals, day_of=lambda at: day(local_date(at)), names=district_names()),
        headings=HEADINGS,
        last=last,
        phase=labels.PHASES[Phase(last.phase)] if last else "",
        proposed=proposed,
    )


async def _signals(
    session: AsyncSession, event_id: int | None, *, is_exercise: bool, now: datetime
) -> Sequence[Signal]:
    if event_id is not None:
        return await signals_about(session, event_id, is_exercise=is_exercise)
    found = await session.exec(
        select(Signal).where(
            col(Signal.received_at) > now - LOOK_BACK, col(Signal.is_exercise) == is_exercise
        )
    )
    return found.all()


TAPS: dict[str, Handler] = {}
STEPS: dict[tuple[str, str], Handler] = {}
COMMANDS: dict[str, Handler] = {"/beeld": show_picture}
