"""How much help was asked, offered, taken up and given: per event and domain, nobody in it.

The entries go; these counts stay, for the evaluation and the quarterly pack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.counting import count_one
from contacts.directory import Domain
from contacts.meeting import KEEP_PLAYED
from feeds.rows import Event
from signals import texts
from signals.feedback import shown_count
from signals.help_count_rows import STANDING, HelpCount, HelpStep
from signals.quarters import week_of


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One domain as it may be shown: a count per step, small ones hidden."""

    label: str
    shown: tuple[str, ...]


async def count_step(
    session: AsyncSession,
    step: HelpStep,
    domain: Domain,
    event_id: int | None,
    *,
    is_exercise: bool,
    now: datetime,
) -> None:
    """One more."""
    await count_one(
        session, HelpCount,
        event_id=event_id or STANDING, week=week_of(now), domain=domain, step=step,
        is_exercise=is_exercise,
    )  # fmt: skip


async def take_back(
    session: AsyncSession,
    step: HelpStep,
    domain: Domain,
    event_id: int | None,
    *,
    is_exercise: bool,
    at: datetime,
) -> None:
    """One fewer in the week of ``at``: what a coordinator took away was never asked or offered."""
    await session.exec(
        update(HelpCount)
        .where(
            col(HelpCount.event_id) == (event_id or STANDING),
            col(HelpCount.week) == week_of(at),
            col(HelpCount.domain) == domain,
            col(HelpCount.step) == step,
            col(HelpCount.is_exercise) == is_exercise,
            col(HelpCount.count) > 0,
        )
        .values(count=col(HelpCount.count) - 1)
        .execution_options(synchronize_session=False)
    )


async def help_of_event(session: AsyncSession, event_id: int) -> list[HelpLine]:
    """Around one event, and what was joined to it; empty when nobody asked or offered."""
    joined = select(Event.id).where(col(Event.merged_into_id) == event_id)
    found = await session.exec(
        select(HelpCount).where(
            or_(col(HelpCount.event_id) == event_id, col(HelpCount.event_id).in_(joined))
        )
    )
    return lines_of(found.all())


async def help_between(
    session: AsyncSession, begin: date, end: date, *, is_exercise: bool
) -> list[HelpLine]:
    """Around all events and standing, in the weeks that began from ``begin`` until ``end``."""
    found = await session.exec(
        select(HelpCount).where(
            col(HelpCount.week) >= begin,
            col(HelpCount.week) < end,
            col(HelpCount.is_exercise) == is_exercise,
        )
    )
    return lines_of(found.all())


def lines_of(counts: Iterable[HelpCount]) -> list[HelpLine]:
    """A line of each domain that asked, offered, took up or gave. No sum: from it a small count
    could be worked out. Pure."""
    cells: Counter[tuple[Domain, HelpStep]] = Counter()
    for one in counts:
        cells[one.domain, one.step] += one.count
    return [
        HelpLine(texts.DOMAINS[domain], _shown({step: cells[domain, step] for step in HelpStep}))
        for domain in Domain
        if any(cells[domain, step] for step in HelpStep)
    ]


def _shown(counts: Mapping[HelpStep, int]) -> tuple[str, ...]:
    return tuple(shown_count(counts[step]) for step in HelpStep)


async def drop_played_help(session: AsyncSession, *, now: datetime) -> None:
    """Delete the counts of exercises of weeks that ended a month ago."""
    await session.exec(
        delete(HelpCount)
        .where(col(HelpCount.is_exercise), col(HelpCount.week) < now.date() - KEEP_PLAYED)
        .execution_options(synchronize_session=False)
    )
