"""Beeld, oordeel, besluit over alle signalen samen: the counts propose, a person decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.permissions import Actor
from feeds.rows import Event, EventStatus
from signals.duiding import NotDecided, refuse_text
from signals.phases import Phase, Proposal, is_higher, propose
from signals.rows import Assessment, PhasePrompt, Signal, Step
from signals.settings import PhaseSettings

MOST_LINES = 3
MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is filled in. ``lines``: at most three sentences of duiding for the picture."""

    phase: Phase
    step: Step
    lines: tuple[str, ...] = ()
    other_view: str = ""
    ask_also: str = ""


async def signals_about(
    session: AsyncSession, event_id: int | None, *, is_exercise: bool
) -> Sequence[Signal]:
    """All signals of one event, or (None) those that belong to none; oldest first."""
    about = col(Signal.event_id).is_(None) if event_id is None else col(Signal.event_id) == event_id
    found = await session.exec(
        select(Signal)
        .where(about, col(Signal.is_exercise) == is_exercise)
        .order_by(col(Signal.received_at), col(Signal.id))
    )
    return found.all()


async def last_assessment(
    session: AsyncSession, event_id: int | None, *, is_exercise: bool
) -> Assessment | None:
    """The newest one of an event, or of what belongs to none."""
    about = (
        col(Assessment.event_id).is_(None)
        if event_id is None
        else col(Assessment.event_id) == event_id
    )
    found = await session.exec(
        select(Assessment)
        .where(about, col(Assessment.is_exercise) == is_exercise)
        .order_by(col(Assessment.id).desc())
        .limit(1)
    )
    return found.first()


async def proposal_for(
    session: AsyncSession,
    event_id: int | None,
    settings: PhaseSettings,
    *,
    is_exercise: bool,
    now: datetime,
) -> Proposal:
    """The phase that the counts point at, as they stand."""
    event = None if event_id is None else await session.get(Event, event_id)
    last = await last_assessment(session, event_id, is_exercise=is_exercise)
    return propose(
        await signals_about(session, event_id, is_exercise=is_exercise),
        settings,
        now=now,
        event_severity=0 if event is None else event.severity or event.suggested_severity,
        is_closed=event is not None and event.status is EventStatus.CLOSED,
        last=None if last is None else Phase(last.phase),
    )


async def assess(
    session: AsyncSession,
    event_id: int | None,
    judgement: Judgement,
    settings: PhaseSettings,
    *,
    actor: Actor,
    now: datetime,
    allow: Collection[str] = (),
) -> Assessment | NotDecided:
    """Keep a person's judgement beside what was proposed. Earlier ones stay."""
    lines = tuple(line for raw in judgement.lines if (line := " ".join(raw.split())))[:MOST_LINES]
    if not lines:
        return NotDecided("empty")
    more = [" ".join(text.split()) for text in (judgement.other_view, judgement.ask_also)]
    for text, longest in [*((line, MAX_LINE) for line in lines), *((one, 300) for one in more)]:
        if refused := refuse_text(text, allow, longest=longest):
            return NotDecided(refused)
    proposal = await proposal_for(
        session, event_id, settings, is_exercise=actor.is_exercise, now=now
    )
    row = Assessment(
        event_id=event_id,
        phase=judgement.phase.value,
        proposed=proposal.phase.value,
        step=judgement.step,
        lines=list(lines),
        other_view=more[0] or None,
        ask_also=more[1] or None,
        domain=actor.domain,
        made_by=actor.person_id,
        made_at=now,
        is_exercise=actor.is_exercise,
    )
    session.add(row)
    await session.flush()
    write_journal(
        session, who=actor.who, action="phase_decided", subject=f"assessment:{row.id}",
        detail={"phase": row.phase, "proposed": row.proposed, "step": row.step.value}, now=now,
    )  # fmt: skip
    return row


@dataclass(frozen=True, slots=True)
class Rise:
    """Counts that point higher than what a person decided or heard of last."""

    event_id: int | None
    is_exercise: bool
    proposal: Proposal


async def rises(session: AsyncSession, settings: PhaseSettings, *, now: datetime) -> list[Rise]:
    """Where people should look now, once for each step up."""
    since = now - timedelta(hours=settings.window_h)
    found = await session.exec(
        select(Signal.event_id, Signal.is_exercise)
        .where(col(Signal.received_at) > since)
        .distinct()
    )
    rising = []
    for event_id, is_exercise in found.all():
        proposal = await proposal_for(session, event_id, settings, is_exercise=is_exercise, now=now)
        known = await _known(session, event_id, is_exercise=is_exercise, since=since)
        if is_higher(proposal.phase, known):
            rising.append(Rise(event_id, is_exercise, proposal))
    return rising


async def _known(
    session: AsyncSession, event_id: int | None, *, is_exercise: bool, since: datetime
) -> Phase | None:
    """The highest phase that a person decided last, or was told of within the window."""
    about = (
        col(PhasePrompt.event_id).is_(None)
        if event_id is None
        else col(PhasePrompt.event_id) == event_id
    )
    told = await session.exec(
        select(PhasePrompt.phase).where(
            about, col(PhasePrompt.is_exercise) == is_exercise, col(PhasePrompt.told_at) > since
        )
    )
    last = await last_assessment(session, event_id, is_exercise=is_exercise)
    phases = [Phase(phase) for phase in told.all()]
    if last is not None and last.made_at > since:
        phases.append(Phase(last.phase))
    known: Phase | None = None
    for phase in phases:
        known = phase if is_higher(phase, known) else known
    return known


async def mark_prompted(session: AsyncSession, rise: Rise, *, now: datetime) -> None:
    """People were told of this step up."""
    row = PhasePrompt(
        event_id=rise.event_id,
        phase=rise.proposal.phase.value,
        told_at=now,
        is_exercise=rise.is_exercise,
    )
    session.add(row)
    await session.flush()
    write_journal(
        session, who=SYSTEM, action="phase_proposed", subject=f"phase_prompt:{row.id}",
        detail={"phase": row.phase}, now=now,
    )  # fmt: skip
