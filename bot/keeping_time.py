"""Steps of an event's timetable that are due or late reach a person: once per step and stage.

Due: the coordinators. Late: they hear it once more. Later still: the back-up (the approvers)
too, and the coordinators see that. What was told is in the rows, so a restart tells it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import say_to
from bot.chat.coordinator.clock_flow import ask_of, reminder_buttons
from bot.chat.coordinator.clock_texts import LABELS
from bot.chat.render import render
from bot.config import Config
from bot.evening.timing import all_lines, timed_events
from bot.event_names import name_of
from bot.foreseeing import scenario_card
from briefings.clock_rows import StepTold
from briefings.follow_ups import follow_up_kind
from briefings.steps import Stage, Step
from briefings.timetable import Line, Told, to_tell
from contacts.directory import Person, Role
from contacts.outbox import Delivery
from contacts.permissions import people_with
from contacts.records import ids_of
from feeds.rows import Event


async def remind_of_steps(session: AsyncSession, config: Config, *, now: datetime) -> int:
    """One round over all events, in the caller's transaction; returns how many were told.

    What nobody could be told of stays unmarked, and comes again with the next round. An
    exercise that nobody plays is silent.
    """
    told = 0
    events = await timed_events(session, config.clock, now=now)
    tables, known = await all_lines(session, events, config), await _known(session, events)
    for event in events:
        lines, speed = tables[event.id or 0]
        if speed is None:
            continue
        before = known.get(event.id or 0, set())
        for line, stage in to_tell(lines, before, config.clock, now=now, speed=speed):
            if await _tell(session, config, event, line, stage, now=now):
                session.add(
                    StepTold(
                        event_id=event.id or 0, step=line.step, due_at=line.due, stage=stage,
                        told_at=now,
                    )
                )  # fmt: skip
                told += 1
    await session.flush()
    return told


async def _known(session: AsyncSession, events: Sequence[Event]) -> dict[int, set[Told]]:
    """What was told already, by event."""
    found = await session.exec(select(StepTold).where(col(StepTold.event_id).in_(ids_of(events))))
    known: dict[int, set[Told]] = {}
    for row in found.all():
        known.setdefault(row.event_id, set()).add((row.step, row.due_at, row.stage))
    return known


async def _tell(
    session: AsyncSession,
    config: Config,
    event: Event,
    line: Line,
    stage: Stage,
    *,
    now: datetime,
) -> bool:
    people = await _who(session, stage, is_exercise=event.is_exercise)
    text = render(
        "coordinator/clock_reminder.html",
        title=await name_of(session, event),
        label=LABELS[line.step],
        ask=ask_of(line, now=now),
        stage=stage.value,
        due=line.due,
        is_past=now >= line.due,
        card=scenario_card(follow_up_kind(event), config) if line.step is Step.FOLLOW_UP else None,
    )
    told: Sequence[Delivery] = await say_to(
        session,
        people,
        text,
        is_exercise=event.is_exercise,
        event_id=event.id,
        buttons=reminder_buttons(event.id or 0, line.step),
        now=now,
    )
    return bool(told)


async def _who(session: AsyncSession, stage: Stage, *, is_exercise: bool) -> list[Person]:
    """Each person once: the coordinators, and with the last stage the back-up."""
    roles = (Role.COORDINATOR, Role.APPROVER) if stage is Stage.BACKUP else (Role.COORDINATOR,)
    people: dict[int | None, Person] = {}
    for role in roles:
        for person in await people_with(session, role, is_exercise=is_exercise):
            people.setdefault(person.id, person)
    return list(people.values())
