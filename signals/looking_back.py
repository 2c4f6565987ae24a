"""What was told about an event or in a time, also when the single signals are counts by now.

Signals become counts of a week after ninety days (:mod:`signals.retention`). What is asked here
adds both, so an evening of last year shows what it showed then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Domain
from signals import texts
from signals.counting import ALL, values_of
from signals.feedback import SMALL, shown_count
from signals.picture import Bar, drawn, total_of, widest_of
from signals.rows import OutcomeCode, Signal, SignalCount, SignalKind
from signals.telling import district_names

#: dimensions of a count that are told, with the words of their values
KIND, OUTCOME, DISTRICT = "soort", "uitkomst", "wijk"


@dataclass
class Told:
    """Organisations per domain and per value of each dimension. ``folded``: part of it comes
    from counts of weeks, in which an organisation of two weeks counts twice."""

    domains: Counter[Domain] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=dict)
    folded: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.domains.total()

    @property
    def organisations(self) -> str:
        """All together, as it may be shown."""
        return total_of(self.domains)

    @property
    def per_domain(self) -> tuple[Bar, ...]:
        """Every domain, silent ones included: silence is told as well."""
        return as_bars({texts.DOMAINS[one]: self.domains[one] for one in Domain}, keep=True)

    @property
    def kinds(self) -> tuple[Bar, ...]:
        counts = self.values.get(KIND, Counter())
        return as_bars({texts.ALL_KINDS[SignalKind(key)]: n for key, n in counts.items()})

    @property
    def districts(self) -> tuple[Bar, ...]:
        counts = self.values.get(DISTRICT, Counter())
        names = district_names()
        return as_bars({names.get(code, code): n for code, n in counts.items()})

    @property
    def outcomes(self) -> tuple[Bar, ...]:
        """What came of it: how many organisations heard so."""
        counts = self.values.get(OUTCOME, Counter())
        return as_bars({texts.OUTCOMES[OutcomeCode(key)]: n for key, n in counts.items()})


async def read_told(session: AsyncSession, event_id: int, signals: Sequence[Signal]) -> Told:
    """What was told about one event.

    :param signals: the single ones that are left.
    """
    found = await session.exec(select(SignalCount).where(col(SignalCount.event_id) == event_id))
    return told_of(signals, found.all())


def told_of(signals: Iterable[Signal], counts: Iterable[SignalCount]) -> Told:
    """Both together. Pure."""
    told = Told()
    seen = {
        (signal.domain, dimension, value, signal.organisation_id)
        for signal in signals
        for dimension, value in values_of(signal)
    }
    for domain, dimension, value, _ in seen:
        _add(told, domain, dimension, value, 1)
    for row in counts:
        told.folded = True
        _add(told, row.domain, row.dimension, row.value, row.organisations)
    return told


def _add(told: Told, domain: Domain, dimension: str, value: str, count: int) -> None:
    if dimension == ALL:
        told.domains[domain] += count
    else:
        told.values.setdefault(dimension, Counter())[value] += count


def as_bars(counts: Mapping[str, int], *, keep: bool = False) -> tuple[Bar, ...]:
    """Counts as bars, the longest first unless their order is kept. Pure."""
    labels = list(counts)
    if not keep:
        labels.sort(key=lambda label: (-max(counts[label], SMALL - 1), label))
    widest = widest_of(counts.values())
    return tuple(
        Bar(label, shown_count(counts[label]), round(100 * drawn(counts[label]) / widest, 1))
        for label in labels
    )
