"""The picture (beeld): what was told, as counts of organisations that point at nobody. Pure.

Under three organisations no number is shown, and the total is only as exact as the domains add
up to: "7 in all" beside "5 from schools" would give the two away. Charts that split in other
ways may still add up to the total; what that tells at most is one from two. Two properties are
never crossed, so there is no cell of wijk × kind × setting at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from contacts.directory import Domain
from signals import texts
from signals.feedback import SMALL, shown_count
from signals.rows import (
    Direction,
    Eep,
    Need,
    Signal,
    SignalKind,
    SignalStatus,
    ToldAs,
    severity_of,
    tensions,
)

#: how much one and two organisations are drawn as, both alike
DRAWN = 1.5
#: a bar is full for no fewer organisations than this
LEAST_FULL = 5.0
#: weeks before this one that say what is usual
USUAL_WEEKS = 12
WEEK = timedelta(days=7)
WEAK = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``shown`` is the count as it may be shown, ``width`` percent of the widest, or of
    five where all are smaller."""

    label: str
    shown: str
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Counts of organisations; every number is already safe to show.

    ``charts`` are (key of the heading, bars). ``by_district`` holds real counts for the map's
    shades, which are as vague as the words beside it. ``questions`` and ``examples`` are beside
    everything else: no chart counts them.
    """

    has_signals: bool
    organisations: str
    charts: tuple[tuple[str, tuple[Bar, ...]], ...]
    days: tuple[Bar, ...]
    by_district: Mapping[str, int]
    silent_domains: tuple[str, ...]
    silent_districts: tuple[str, ...]
    rumours: str
    positive: str
    waiting: str
    questions: str = "0"
    examples: str = "0"


Pairs = list[tuple[str, int]]
K = TypeVar("K")


def picture_of(
    signals: Sequence[Signal],
    *,
    day_of: Callable[[datetime], str],
    names: Mapping[str, str],
    expected_districts: Collection[str] = (),
    parts: Mapping[str, str] | None = None,
) -> Picture:
    """Everything about these signals.

    :param day_of: how a moment is called in the chart per day.
    :param names: of the wijken and the places without one, by code.
    :param expected_districts: codes of wijken in which somebody could have told something.
    :param parts: of the city, by the code of a wijk; without them no chart of them.
    """
    everything, signals = signals, tensions(signals)
    told = [signal for signal in signals if not is_positive(signal)]
    by_district = Counter(code for code, _ in {(s.district, s.organisation_id) for s in signals})
    domains = {signal.domain for signal in signals}
    return Picture(
        has_signals=bool(signals),
        organisations=total_shown(signals),
        charts=tuple((key, bars(pairs)) for key, pairs in _charts(signals, parts or {}) if pairs),
        days=bars([(day_of(s.received_at), s.organisation_id) for s in signals], keep=True),
        by_district=by_district,
        # The municipality asks; that it tells itself nothing says nothing.
        silent_domains=tuple(
            texts.DOMAINS[d] for d in Domain if d not in {*domains, Domain.MUNICIPALITY}
        ),
        silent_districts=tuple(
            sorted(names.get(c, c) for c in set(expected_districts) - set(by_district))
        ),
        rumours=counted(told, SignalKind.RUMOUR),
        positive=shown_count(len({s.organisation_id for s in signals if is_positive(s)})),
        waiting=shown_count(
            len({s.organisation_id for s in signals if s.status is not SignalStatus.CLOSED})
        ),
        questions=_told_as(everything, ToldAs.QUESTION),
        examples=_told_as(everything, ToldAs.EXAMPLE),
    )


def _told_as(signals: Iterable[Signal], what: ToldAs) -> str:
    return shown_count(len({s.organisation_id for s in signals if s.told_as is what}))


def _charts(signals: Sequence[Signal], parts: Mapping[str, str]) -> list[tuple[str, Pairs]]:
    def each(label: Callable[[Signal], str | None]) -> Pairs:
        return [(text, s.organisation_id) for s in signals if (text := label(s))]

    kinds = [(texts.ALL_KINDS[SignalKind(k)], s.organisation_id) for s in signals for k in s.kinds]
    return [
        ("kinds", kinds),
        ("severities", each(lambda s: texts.SEVERITIES.get(severity_of(s) or 0))),
        ("directions", each(lambda s: _known(texts.DIRECTIONS, s.direction, Direction.UNKNOWN))),
        ("eeps", each(lambda s: _known(texts.EEPS, Eep(s.eep), Eep.UNSAID))),
        ("domains", each(lambda s: texts.DOMAINS[s.domain])),
        ("parts", each(lambda s: parts.get(s.district))),
        ("settings", each(lambda s: texts.SETTINGS[s.setting])),
        ("needs", each(lambda s: _known(texts.NEEDS, s.need, Need.NOTHING, Need.UNSAID))),
    ]


def _known(labels: Mapping[K, str], value: K, *nothing: K) -> str | None:
    return None if value in nothing else labels[value]


def is_positive(signal: Signal) -> bool:
    """Whether somebody told of support and of nothing else. Pure."""
    return set(signal.kinds) == {SignalKind.SUPPORT.value}


def counted(signals: Iterable[Signal], kind: SignalKind) -> str:
    """From how many organisations this kind came, as it may be shown. Pure."""
    return shown_count(len({s.organisation_id for s in signals if kind.value in s.kinds}))


def total_shown(signals: Iterable[Signal]) -> str:
    """How many organisations in all, no more exact than the domains add up to. Pure."""
    return total_of(
        Counter(domain for domain, _ in {(s.domain, s.organisation_id) for s in signals})
    )


def total_of(parts: Mapping[K, int]) -> str:
    """All parts together, no more exact than they are shown beside it. Pure."""
    total = sum(parts.values())
    vague = sum(1 for count in parts.values() if 0 < count < SMALL)
    if total < SMALL or not vague:
        return shown_count(total)
    exact = sum(count for count in parts.values() if count >= SMALL)
    return f"{max(exact + vague, SMALL)}-{exact + 2 * vague}"


def bars(pairs: Iterable[tuple[str, int]], *, keep: bool = False) -> tuple[Bar, ...]:
    """One bar per label: how many organisations told it. Pure.

    :param keep: in the order in which they came; otherwise the longest first.
    """
    ordered = list(dict.fromkeys(pairs))
    counts = Counter(label for label, _ in ordered)
    labels = list(dict.fromkeys(label for label, _ in ordered))
    if not keep:
        labels.sort(key=lambda label: (-max(counts[label], SMALL - 1), label))
    widest = widest_of(counts.values())
    return tuple(
        Bar(label, shown_count(counts[label]), round(100 * drawn(counts[label]) / widest, 1))
        for label in labels
    )


def widest_of(counts: Iterable[int]) -> float:
    """What a full bar stands for: a chart of nothing but *1-2* must not look like many. Pure."""
    return max([LEAST_FULL, *(drawn(count) for count in counts)])


def drawn(count: int) -> float:
    """How long a bar is: one and two organisations look alike. Pure."""
    return DRAWN if 0 < count < SMALL else float(count)


def trend(signals: Iterable[Signal], *, now: datetime) -> tuple[str, str]:
    """(organisations in the last seven days, in a usual week before), as they may be shown. Pure.

    The usual week is the middle one of the twelve before, quiet weeks included.
    """
    weeks: dict[int, set[int]] = {}
    for signal in tensions(signals):
        weeks.setdefault((now - signal.received_at) // WEEK, set()).add(signal.organisation_id)
    before = sorted(len(weeks.get(week, ())) for week in range(1, USUAL_WEEKS + 1))
    return shown_count(len(weeks.get(0, ()))), shown_count(before[USUAL_WEEKS // 2])


def weak_signals(signals: Iterable[Signal]) -> list[Signal]:
    """What the quarter reads together: closed signals that were light. Pure."""
    return [
        signal
        for signal in tensions(signals)
        if signal.status is SignalStatus.CLOSED
        and (severity := severity_of(signal)) is not None
        and severity <= WEAK
    ]
