"""What an event weighs, from its items: the heaviest one, and who else says so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds import texts
from feeds.event_rules import Newsrooms, load_event_rules
from feeds.lexicon import GENERAL
from feeds.places import Proximity
from feeds.relevance import Reason
from feeds.standing import Trust

HIGHEST = 4

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
    #: what it counts as beside reports of others (``bereik`` in ``event_weights.toml``)
    reach: float = 1.0
    #: its number in the store; None in a replay
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """What the reports together say. ``severity`` 0–4, ``points`` with what is left over."""

    severity: int
    type: str
    place: str | None
    proximity: Proximity
    themes: tuple[str, ...]
    reasons: tuple[Reason, ...]
    points: float = 0.0


def weigh(reports: Sequence[Report], rules: Newsrooms | None = None) -> Weight:
    """Weigh an event by its reports (at least one, round-ups left out)."""
    rules = rules or load_event_rules().redacties
    top = min(reports, key=lambda one: (-one.severity, _TRUST[one.trust], one.at))
    near = min(
        (one for one in reports if one.severity >= top.severity - 1),
        key=lambda one: (_NEARNESS[one.proximity], one is not top),
    )
    reasons = [replace(reason, item_id=top.item_id) for reason in top.reasons]
    severity = top.severity
    if severity > 0:
        local = near.proximity.is_local
        added = _local(reports, rules) if local else _growing(reports, top, rules)
        limit = HIGHEST if local else rules.groei_hoogste
        reasons += added
        severity += min(int(sum(reason.weight for reason in added)), max(0, limit - severity))
    themes = sorted({theme for one in reports for theme in one.themes if one.severity > 0})
    kind = top.types[0] if top.types else GENERAL
    return Weight(severity, kind, near.place, near.proximity, tuple(themes), tuple(reasons))


def _local(reports: Sequence[Report], rules: Newsrooms) -> list[Reason]:
    """Near by: other newsrooms within the hour, and an official source."""
    start = min(one.at for one in reports)
    first_of: dict[int, Report] = {}
    for one in sorted(reports, key=lambda one: one.at):
        if one.trust in {Trust.REGIONAL, Trust.NATIONAL}:
            first_of.setdefault(one.source_id, one)
    within = timedelta(minutes=rules.binnen_minuten)
    firsts = [one for one in first_of.values() if one.at - start <= within]
    # The widest of them said so; what counts is who says so too.
    reach = sorted((one.reach for one in firsts), reverse=True)
    reasons = []
    if len(firsts) > 1:
        text = texts.SECOND_NEWSROOM.format(minutes=_minutes(firsts[1].at - start))
        reasons.append(Reason(text, rules.tweede * reach[1]))
    if len(firsts) > 2:
        minutes = _minutes(firsts[-1].at - start)
        text = texts.MORE_NEWSROOMS.format(count=len(firsts), minutes=minutes)
        reasons.append(Reason(text, rules.tweede * reach[2]))
    official = [one for one in reports if one.trust is Trust.OFFICIAL]
    if official and len(official) < len(reports):
        text = texts.OFFICIAL.format(source=official[0].source_name)
        reasons.append(Reason(text, rules.officieel))
    return reasons


def _growing(reports: Sequence[Report], top: Report, rules: Newsrooms) -> list[Reason]:
    """Far away: one report is news, many within hours are a shock."""
    if top.severity < rules.groei_vanaf or not rules.soorten & set(top.types):
        return []
    span = timedelta(hours=rules.groei_uren)
    times = sorted((one.at, one.source_id, one.reach) for one in reports)
    for start, _, _ in times:
        within = [(source, reach) for at, source, reach in times if start <= at <= start + span]
        per_newsroom = max(within.count(one) * one[1] for one in set(within))
        newsrooms = sum(reach for _, reach in set(within))
        if per_newsroom >= rules.groei_berichten or newsrooms >= rules.groei_redacties:
            text = texts.GROWING.format(count=len(within), hours=f"{rules.groei_uren:g}")
            return [Reason(text, rules.groei_erbij)]
    return []


def _minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))
