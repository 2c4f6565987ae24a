"""When an event rings. Pure: the watch and the replay ask the same question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feeds.event_rules import load_event_rules
from feeds.judging import Sighting
from feeds.rows import Trust

TRUSTED = frozenset({Trust.OFFICIAL, Trust.REGIONAL, Trust.NATIONAL})


def rings(
    severity: int,
    alerted: int,
    sightings: Iterable[Sighting],
    *,
    alert_from: int,
    now: datetime,
) -> bool:
    """Whether an event of this severity rings, having rung at ``alerted`` (0: not yet).

    It rings once, and again only when it gets heavier. It takes one fresh report of a trusted
    source; an old story that a new source brings along stays silent.
    """
    if severity < alert_from or severity <= alerted:
        return False
    rules = load_event_rules().melden
    since = now - timedelta(hours=rules.vers_uren)
    return any(
        one.report.trust in TRUSTED
        and one.value >= alert_from - rules.ruimte
        and one.is_fresh(since)
        for one in sightings
    )
