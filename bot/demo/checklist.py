"""How far the evening is: nine steps, each ticked by what stands in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.demo import phone_texts as texts
from briefings.rows import Briefing, Fact
from contacts.outbox import Acknowledgement
from feeds.rows import Event, EventStatus
from signals.rows import Signal


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. ``who`` are names of phones; only one step is ``is_now``."""

    number: int
    who: tuple[str, ...]
    what: str
    how: str
    is_done: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The list. ``is_over``: the evening was closed, so another one can begin."""

    steps: tuple[Step, ...]
    has_begun: bool
    is_over: bool


async def read_progress(session: AsyncSession) -> Progress:
    """Of the newest exercise that rang or was started by hand."""
    event = await _newest_event(session)
    done = await _done(session, event) if event is not None else (False,) * len(texts.STEPS)
    return Progress(_steps(done), event is not None, done[-1])


def _steps(done: tuple[bool, ...]) -> tuple[Step, ...]:
    """The current step is the first after everything that happened and is still to do."""
    now = next((index for index, is_done in enumerate(done) if not is_done), -1)
    return tuple(
        Step(index + 1, who, what, how, done[index], index == now)
        for index, (who, what, how) in enumerate(texts.STEPS)
    )


async def _newest_event(session: AsyncSession) -> Event | None:
    """A dismissed alert is no evening."""
    found = await session.exec(
        select(Event)
        .where(
            col(Event.is_exercise),
            col(Event.alerted_at).is_not(None) | col(Event.confirmed_at).is_not(None),
            col(Event.status) != EventStatus.DISMISSED,
            col(Event.merged_into_id).is_(None),
        )
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return found.first()


async def _done(session: AsyncSession, event: Event) -> tuple[bool, ...]:
    """In the order of :data:`texts.STEPS`."""
    mine = col(Briefing.event_id) == event.id
    signal = col(Signal.event_id) == event.id
    submitted = await _any(session, Briefing, mine, col(Briefing.submitted_at).is_not(None))
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
        await _any(session, Briefing, mine, col(Briefing.approved_at).is_not(None)),
        await _any(session, Acknowledgement, col(Acknowledgement.event_id) == event.id),
        await _any(session, Signal, signal),
        await _any(session, Signal, signal, col(Signal.outcome_code).is_not(None)),
        event.closed_at is not None,
    )


async def _any(session: AsyncSession, table: Any, *where: Any) -> bool:
    return (await session.exec(select(table.id).where(*where).limit(1))).first() is not None
