"""How good the watch is, against labels that people made. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from feeds.raw_items import ClusterLabel, EventLabel
from feeds.replaying import Alert

#: an alert that comes later than this after the first item does not count
IN_TIME = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of labelled items: put together rightly, wrongly, and not put together."""

    items: int
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 0.0


def compare_pairs(found: Mapping[str, str], labels: Iterable[ClusterLabel]) -> Pairs:
    """Compare groups (event by key) with what people think.

    Round-ups and what people could not tell are left out, and labels of unknown keys too.
    """
    counted = [one for one in labels if not one.roundup and not one.ambiguous and one.key in found]
    tally = Counter(
        (one.event == other.event, found[one.key] == found[other.key])
        for one, other in combinations(counted, 2)
    )
    return Pairs(len(counted), tally[True, True], tally[False, True], tally[True, False])


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one severe event. ``minutes`` after its first item; None: not in time."""

    event: str
    severity: int
    minutes: int | None


def compare_events(
    alerts: Sequence[Alert], labels: Iterable[EventLabel], first_seen: Mapping[str, datetime]
) -> list[Caught]:
    """Whether each event had an alert in time; events of which no item is known are left out."""
    return [
        Caught(label.event, label.severity, _minutes(alerts, label, start))
        for label in labels
        if (start := min((first_seen[key] for key in label.first_keys if key in first_seen),
                         default=None)) is not None
    ]  # fmt: skip


def _minutes(alerts: Sequence[Alert], label: EventLabel, start: datetime) -> int | None:
    wanted = set(label.first_keys)
    delays = [
        alert.at - start
        for alert in alerts
        if alert.at - start <= IN_TIME and not wanted.isdisjoint(alert.keys)
    ]
    return max(0, round(min(delays).total_seconds() / 60)) if delays else None
