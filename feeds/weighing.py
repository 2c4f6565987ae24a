"""What an event weighs, from its items: the heaviest one, and who else says so. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds import texts
from feeds.lexicon import GENERAL
from feeds.places import Proximity
from feeds.relevance import Reason
from feeds.rows import Trust

CORROBORATED_WITHIN = timedelta(minutes=60)
GROWING_WITHIN = timedelta(hours=3)
GROWING_ITEMS, GROWING_NEWSROOMS = 4, 6
#: growth alone never calls for more than "informeren"
GROWN_LIMIT, HIGHEST, COOLED = 3, 4, 2
HALF = 0.5
#: types in which many reports in a short time mean that something is going on
SHOCKS = frozenset({"E01", "E02", "E03", "E05", "E08", "E10", "E14", "E16", "E19", "E22"})

_NEARNESS = {proximity: rank for rank, proximity in enumerate(Proximity)}
_TRUST = {Trust.OFFICIAL: 0, Trust.REGIONAL: 1, Trust.NATIONAL: 2, Trust.SECONDARY: 3}


@dataclass(frozen=True, slots=True)
class Report:
    """One item of an event. ``at`` is when it was published, or else first seen."""

    severity: int
    types: tuple[str, ...]
    place: str | None
    proximity: Proximity
    themes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    trust: Trust
    source_id: int
    source_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Weight:
    """What the reports together say. ``severity`` 0–4."""

    severity: int
    type: str
    place: str | None
    proximity: Proximity
    themes: tuple[str, ...]
    reasons: tuple[Reason, ...]


def weigh(
    reports: Sequence[Report], *, cooled: bool = False, ongoing: Collection[str] = ()
) -> Weight:
    """Weigh an event by its reports (at least one, round-ups left out).

    :param cooled: the same far-away theme rang within the last week.
    :param ongoing: themes of long wars, in which many reports a day are ordinary.
    """
    top = min(reports, key=lambda one: (-one.severity, _TRUST[one.trust], one.at))
    near = min(
        (one for one in reports if one.severity >= top.severity - 1),
        key=lambda one: (_NEARNESS[one.proximity], one is not top),
    )
    reasons = list(top.reasons)
    severity = top.severity
    if severity > 0:
        added = _local(reports) if near.proximity.is_local else _growing(reports, top, ongoing)
        limit = HIGHEST if near.proximity.is_local else GROWN_LIMIT
        reasons += added
        severity += min(int(sum(reason.weight for reason in added)), max(0, limit - severity))
    if cooled and severity > COOLED and not near.proximity.is_dutch:
        reasons.append(Reason(texts.COOLING, COOLED - severity))
        severity = COOLED
    themes = sorted({theme for one in reports for theme in one.themes if one.severity > 0})
    kind = top.types[0] if top.types else GENERAL
    return Weight(severity, kind, near.place, near.proximity, tuple(themes), tuple(reasons))


def _local(reports: Sequence[Report]) -> list[Reason]:
    """Near by: other newsrooms within the hour, and an official source."""
    start = min(one.at for one in reports)
    first_of: dict[int, datetime] = {}
    for one in sorted(reports, key=lambda one: one.at):
        if one.trust in {Trust.REGIONAL, Trust.NATIONAL}:
            first_of.setdefault(one.source_id, one.at)
    times = sorted(at for at in first_of.values() if at - start <= CORROBORATED_WITHIN)
    reasons = []
    if len(times) > 1:
        text = texts.SECOND_NEWSROOM.format(minutes=_minutes(times[1] - start))
        reasons.append(Reason(text, HALF))
    if len(times) > 2:
        text = texts.MORE_NEWSROOMS.format(count=len(times), minutes=_minutes(times[-1] - start))
        reasons.append(Reason(text, HALF))
    official = [one for one in reports if one.trust is Trust.OFFICIAL]
    if official and len(official) < len(reports):
        reasons.append(Reason(texts.OFFICIAL.format(source=official[0].source_name), HALF))
    return reasons


def _growing(reports: Sequence[Report], top: Report, ongoing: Collection[str]) -> list[Reason]:
    """Far away: one report is news, many within hours are a shock."""
    routine = not top.proximity.is_dutch and bool(set(top.themes) & set(ongoing))
    if top.severity < COOLED or routine or not SHOCKS & set(top.types):
        return []
    times = sorted((one.at, one.source_id) for one in reports)
    for start, _ in times:
        within = [source for at, source in times if start <= at <= start + GROWING_WITHIN]
        per_newsroom = max(within.count(source) for source in set(within))
        if per_newsroom >= GROWING_ITEMS or len(set(within)) >= GROWING_NEWSROOMS:
            hours = int(GROWING_WITHIN.total_seconds() // 3600)
            return [Reason(texts.GROWING.format(count=len(within), hours=hours), 1)]
    return []


def _minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))
