"""When an event rings. Pure: the watch and the replay ask the same question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from feeds.event_rules import load_event_rules
from feeds.judging import Sighting
from feeds.relevance import Reason
from feeds.standing import Trust

FIRST_DAY = timedelta(hours=24)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
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
    source; an old story that a new source brings along stays silent, and so does what goes on
    with another event that rang as heavy.
    """
    if severity < alert_from or severity <= alerted:
        return False
    told = telling(sightings, alert_from)
    since = now - timedelta(hours=load_event_rules().melden.vers_uren)
    if not any(one.is_fresh(since) for one in told):
        return False
    return not was_heard(severity, told, alert_from)


def was_heard(severity: int, sightings: Iterable[Sighting], alert_from: int) -> bool:
    """Whether an event goes on with one that rang as heavy as this."""
    links = began_with(telling(sightings, alert_from))
    return bool(links) and severity <= min(link.heard for link in links)


def telling(sightings: Iterable[Sighting], alert_from: int) -> list[Sighting]:
    """What may make an event ring: reports of trusted sources that are heavy enough."""
    least = alert_from - load_event_rules().melden.ruimte
    return [one for one in sightings if one.report.trust in TRUSTED and one.value >= least]


def began_with(told: Sequence[Sighting]) -> list[Reason]:
    """What an event goes on with: at least half of what told it on its first day says so. Empty
    when it is of its own."""
    until = min((one.came_at for one in told), default=NEVER) + FIRST_DAY
    began = [one.goes_on for one in told if one.came_at <= until]
    links = [link for link in began if link is not None]
    return links if 2 * len(links) >= len(began) else []


def followed(sightings: Iterable[Sighting], alert_from: int) -> int | None:
    """The event that this one goes on with; None when it is of its own."""
    links = began_with(telling(sightings, alert_from))
    return max(links, key=lambda link: link.heard).follows if links else None
