"""What an event weighs: its items, what the past says of them, and how fast they come. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds import texts
from feeds.event_rules import EventRules, load_event_rules
from feeds.relevance import Reason
from feeds.weighing import HIGHEST, Report, Weight, weigh

#: items per hour of an outlet, by the id of its source
Pace = Callable[[int], float]
#: a matter of a thousand reports weighs what its telling ones weigh
MOST_SEEN = 40
#: never enough for a whole point
LEFT_OVER = 0.99
#: the severity at which somebody is told at once
ALERT = 3
#: halves and tenths do not add up exactly
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report as it came in. ``context`` is what the past said of it at that moment;
    ``is_backlog``: undated, from the first reading of its source."""

    title: str
    report: Report
    context: tuple[Reason, ...]
    came_at: datetime
    is_backlog: bool = False

    @property
    def severity(self) -> int:
        return self.report.severity

    @property
    def points(self) -> float:
        """The severity with what its reasons had left over, so that halves can add up."""
        rest = sum(reason.weight for reason in self.report.reasons) - self.severity
        return self.severity + max(0.0, min(LEFT_OVER, rest))

    @property
    def value(self) -> float:
        """:meth:`worth` under the rules of this installation."""
        return self.worth(load_event_rules())

    def worth(self, rules: EventRules) -> float:
        """Points with the context, between 0 and 4; what weighs nothing at all stays so."""
        if self.points <= 0:
            return 0.0
        up = sum(reason.weight for reason in self.context if reason.weight > 0)
        down = sum(reason.weight for reason in self.context if reason.weight < 0)
        value = max(self.points, min(self.points + up, rules.vertrouwd.hoogstens)) + down
        return max(0.0, min(float(HIGHEST), value))

    @property
    def goes_on(self) -> Reason | None:
        """The reason that names the event that this report goes on with, if there is one."""
        return next((reason for reason in self.context if reason.follows is not None), None)

    def is_fresh(self, since: datetime) -> bool:
        return not self.is_backlog and self.report.at >= since


def telling(sightings: Sequence[Sighting]) -> list[Sighting]:
    """At most ``MOST_SEEN`` sightings: the heaviest and the latest, in the order they came."""
    if len(sightings) <= MOST_SEEN:
        return list(sightings)
    latest = sightings[-MOST_SEEN // 2 :]
    heaviest = sorted(sightings[: -MOST_SEEN // 2], key=lambda one: -one.value)
    kept = {id(one) for one in heaviest[: MOST_SEEN // 2]}
    return [one for one in sightings[: -MOST_SEEN // 2] if id(one) in kept] + list(latest)


def judge(sightings: Sequence[Sighting], pace: Pace, rules: EventRules) -> Weight:
    """Weigh an event by its sightings (at least one, round-ups left out)."""
    found = weigh([_with_context(one) for one in sightings])
    top = max(sightings, key=lambda one: one.value)
    by_newsrooms = found.severity - int(top.value + TINY)
    grown = by_newsrooms > 0 or found.severity < rules.groei.minstens
    added = [] if grown else _growth(sightings, pace, rules)
    value = top.value + sum(reason.weight for reason in added)
    if added and not found.proximity.is_dutch:
        value = max(top.value, min(value, rules.groei.hoogste_buitenland + LEFT_OVER))
    if value > top.points + rules.meest_erbij:
        value = top.points + rules.meest_erbij
        added.append(Reason(texts.AT_MOST.format(most=f"{rules.meest_erbij:g}"), 0))
    whole = _whole(value, rules, local=found.proximity.is_local)
    severity = min(HIGHEST, whole + max(0, by_newsrooms))
    points = value + max(0, by_newsrooms)
    return replace(found, severity=severity, points=points, reasons=(*found.reasons, *added))


def _whole(value: float, rules: EventRules, *, local: bool) -> int:
    """The severity that goes with points; 3 takes more than three points far from home."""
    whole = int(value + TINY)
    rings_at = ALERT if local else rules.melden.drie_vanaf
    return ALERT - 1 if whole == ALERT and value + TINY < rings_at else whole


def _with_context(one: Sighting) -> Report:
    return replace(
        one.report, severity=int(one.value + TINY), reasons=(*one.report.reasons, *one.context)
    )


def _growth(sightings: Sequence[Sighting], pace: Pace, rules: EventRules) -> list[Reason]:
    """The strongest step that holds: how much of what an outlet brings is about this."""
    rule = rules.groei
    best: Reason | None = None
    steps = zip(rule.uren, rule.berichten, rule.deel, rule.erbij, strict=True)
    for hours, least, share, weight in steps:
        count = _most(sightings, timedelta(hours=hours), least, share, pace)
        if count and (best is None or weight > best.weight):
            best = Reason(texts.GROWING.format(count=count, hours=f"{hours:g}"), weight)
    return [best] if best else []


def _most(
    sightings: Sequence[Sighting], span: timedelta, least: int, share: float, pace: Pace
) -> int:
    """The most items of one outlet within ``span``, when that is much for this outlet."""
    hours = span.total_seconds() / 3600
    reach = {one.report.source_id: one.report.reach for one in sightings}
    most = 0
    for start in sorted({one.came_at for one in sightings}):
        within = [one for one in sightings if start <= one.came_at <= start + span]
        for source, count in Counter(one.report.source_id for one in within).items():
            counts_as = count * reach[source]
            if counts_as >= least and counts_as >= share * pace(source) * hours:
                most = max(most, count)
    return most
