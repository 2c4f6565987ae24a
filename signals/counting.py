"""Signals as counts of a week: what is left when the single signals are gone.

One dimension at a time (kind, district, setting …) and per domain, never crossed: no cell says
what one organisation told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain
from signals.rows import Signal, SignalCount, ToldAs, severity_of

#: the whole of a domain in a week
ALL = "alle"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted: one value of one dimension."""

    week: date
    event_id: int | None
    domain: Domain
    dimension: str
    value: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Signals, and the organisations that gave them."""

    signals: int
    organisations: int


def count_cells(
    signals: Sequence[Signal], *, week_of: Callable[[Signal], date]
) -> Mapping[Cell, Counted]:
    """How often each value was told. Pure."""
    told: dict[Cell, list[int]] = defaultdict(list)
    for signal in signals:
        for dimension, value in values_of(signal):
            cell = Cell(week_of(signal), signal.event_id, signal.domain, dimension, value)
            told[cell].append(signal.organisation_id)
    return {cell: Counted(len(by), len(set(by))) for cell, by in told.items()}


def values_of(signal: Signal) -> Iterator[tuple[str, str]]:
    """Each dimension with what this signal says in it. Pure."""
    if signal.told_as is not ToldAs.SIGNAL:
        # A question or an example is no tension: it stands apart in the counts as well.
        yield "vorm", signal.told_as.value
        return
    yield ALL, ""
    for kind in signal.kinds:
        yield "soort", kind
    yield "wijk", signal.district
    yield "setting", signal.setting.value
    if (severity := severity_of(signal)) is not None:
        yield "ernst", str(severity)
    yield "eep", signal.eep.value
    yield "breedte", signal.breadth.value
    yield "richting", signal.direction.value
    yield "nodig", signal.need.value
    if signal.outcome_code is not None:
        yield "uitkomst", signal.outcome_code.value


async def add_counts(session: AsyncSession, cells: Mapping[Cell, Counted]) -> None:
    """Add to what the weeks say already: a signal that was answered late comes by itself."""
    weeks = {cell.week for cell in cells}
    found = await session.exec(select(SignalCount).where(col(SignalCount.week).in_(weeks)))
    rows = {
        Cell(row.week, row.event_id, row.domain, row.dimension, row.value): row
        for row in found.all()
    }
    for cell, counted in cells.items():
        row = rows.get(cell)
        if row is None:
            row = SignalCount(
                week=cell.week, event_id=cell.event_id, domain=cell.domain,
                dimension=cell.dimension, value=cell.value,
            )  # fmt: skip
        row.signals += counted.signals
        row.organisations += counted.organisations
        session.add(row)
    await session.flush()
