"""How far the evening is: nine steps, each ticked by what stands in the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.demo import phone_texts as texts
from briefings.rows import Briefing, BriefingStatus, Fact
from briefings.versions import current_briefing, waits
from contacts.outbox import Acknowledgement, Message, MessageStatus
from feeds.rows import Event, EventStatus
from signals.rows import Signal

#: places in :data:`texts.STEPS`
HANDED_IN, READING = 3, 5


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. ``who`` are names of phones; only one step is ``is_now``.

    ``is_moot``: it was not done, and the evening is over.
    """

    number: int
    who: tuple[str, ...]
    what: str
    how: str
    is_done: bool
    is_now: bool
    is_moot: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The list. ``ended``: a key of :data:`texts.ENDED` when another evening can begin."""

    steps: tuple[Step, ...]
    has_begun: bool
    ended: str = ""

    @property
    def is_over(self) -> bool:
        """The evening was closed, or its alert was dismissed."""
        return self.ended != ""


async def read_progress(session: AsyncSession, *, now: datetime) -> Progress:
    """Of the newest exercise that rang or was started by hand; one that was dismissed only where
    no other one came."""
    event = await _newest_event(session)
    if event is None:
        return Progress(_steps((False,) * len(texts.STEPS)), has_begun=False)
    done = await _done(session, event)
    if event.status is EventStatus.DISMISSED or event.closed_at is not None:
        ended = "closed" if event.closed_at is not None else "dismissed"
        return Progress(_left_over(_steps(done)), has_begun=True, ended=ended)
    return Progress(await _as_it_stands(session, event, _steps(done), now), has_begun=True)


def _steps(done: tuple[bool, ...]) -> tuple[Step, ...]:
    """The current step is the first after everything that happened and is still to do."""
    now = next((index for index, is_done in enumerate(done) if not is_done), -1)
    return tuple(
        Step(index + 1, who, what, how, done[index], index == now)
        for index, (who, what, how) in enumerate(texts.STEPS)
    )


def _left_over(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Nothing is to do any more."""
    return tuple(replace(step, is_now=False, is_moot=not step.is_done) for step in steps)


async def _as_it_stands(
    session: AsyncSession, event: Event, steps: tuple[Step, ...], now: datetime
) -> tuple[Step, ...]:
    """The buttons of a step are others once the text was called off, stopped, or waits."""
    briefing = await current_briefing(session, event.id or 0)
    at, how = -1, ""
    if briefing is None and await _any(session, Briefing, col(Briefing.event_id) == event.id):
        at, how = HANDED_IN, texts.CALLED_OFF
    elif briefing is not None and await _is_stopped(session, briefing):
        at, how = READING, texts.STOPPED
    elif briefing is not None and waits(briefing, now=now):
        at, how = READING, texts.WAITS
    return tuple(
        replace(step, how=how) if index == at and step.is_now else step
        for index, step in enumerate(steps)
    )


async def _is_stopped(session: AsyncSession, briefing: Briefing) -> bool:
    mine = col(Message.briefing_id) == briefing.id
    return await _any(session, Message, mine, col(Message.status) == MessageStatus.HALTED)


async def _newest_event(session: AsyncSession) -> Event | None:
    """An evening that runs goes on, also when a later alert was dismissed."""
    is_dismissed = col(Event.status) == EventStatus.DISMISSED
    played = await _newest(session, ~is_dismissed)
    dismissed = await _newest(session, is_dismissed)
    if played is None or dismissed is None:
        return played or dismissed
    is_later = (dismissed.id or 0) > (played.id or 0)
    return dismissed if is_later and played.closed_at is not None else played


async def _newest(session: AsyncSession, *where: Any) -> Event | None:
    found = await session.exec(
        select(Event)
        .where(
            col(Event.is_exercise),
            col(Event.alerted_at).is_not(None) | col(Event.confirmed_at).is_not(None),
            col(Event.merged_into_id).is_(None),
            *where,
        )
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return found.first()


async def _done(session: AsyncSession, event: Event) -> tuple[bool, ...]:
    """In the order of :data:`texts.STEPS`."""
    mine = col(Briefing.event_id) == event.id
    # What was called off has to be handed in and approved again.
    kept = mine & (col(Briefing.status) != BriefingStatus.WITHDRAWN)
    signal = col(Signal.event_id) == event.id
    submitted = await _any(session, Briefing, kept, col(Briefing.submitted_at).is_not(None))
    # The machine writes the open questions itself; a person's line has a maker. Who hands in
    # without one has at least read the facts.
    facts = await _any(
        session, Fact, col(Fact.event_id) == event.id, col(Fact.created_by).is_not(None)
    )
    return (
        True,
        event.confirmed_at is not None,
        facts or submitted,
        submitted,
        await _any(session, Briefing, kept, col(Briefing.approved_at).is_not(None)),
        await _any(session, Acknowledgement, col(Acknowledgement.event_id) == event.id),
        await _any(session, Signal, signal),
        await _any(session, Signal, signal, col(Signal.outcome_code).is_not(None)),
        event.closed_at is not None,
    )


async def _any(session: AsyncSession, table: Any, *where: Any) -> bool:
    return (await session.exec(select(table.id).where(*where).limit(1))).first() is not None
