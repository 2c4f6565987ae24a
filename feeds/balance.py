"""What became of the alerts: how many were shown, taken up and put aside, per kind and theme.

Read from the events themselves, so nothing is kept for it. It says where the watch rings for
nothing, and what it missed: events that people started by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.records import read_columns
from feeds.event_rules import load_event_rules
from feeds.rows import DismissReason, Event, EventStatus, Origin

#: fewer alerts say nothing about a kind
LEAST = 5
#: of which less than this share was taken up
POOR = 0.3
OTHER = "anders"


class Rung(NamedTuple):
    """What of an event says how its alert was received; no more columns are read."""

    type: str
    status: EventStatus
    themes: Sequence[str]
    alerted_at: datetime | None
    alerted_severity: int
    severity: int | None
    dismissed_reason: DismissReason | None


@dataclass(slots=True)
class Tally:
    """Counts of one row. ``open``: nobody decided; ``by_hand``: started without an alert."""

    shown: int = 0
    confirmed: int = 0
    open: int = 0
    by_hand: int = 0
    raised: int = 0
    lowered: int = 0
    dismissed: Counter[DismissReason] = field(default_factory=Counter)

    @property
    def rejected(self) -> int:
        return self.dismissed.total()

    @property
    def false_alarms(self) -> int:
        """Told as it happened, and it turned out to be nothing: no word weighed wrong."""
        return self.dismissed[DismissReason.FALSE_ALARM]

    @property
    def share(self) -> float | None:
        """Of what was decided, the part that was taken up; None when nothing was.

        A false alarm is left out: it rang rightly, and nobody had to do anything.
        """
        decided = self.confirmed + self.rejected - self.false_alarms
        return self.confirmed / decided if decided else None

    @property
    def is_poor(self) -> bool:
        """Whether this rings for nothing, often enough to say so."""
        decided_on = self.shown - self.false_alarms
        return decided_on >= LEAST and self.share is not None and self.share < POOR


@dataclass(frozen=True, slots=True)
class Balance:
    """The whole, per form of tension, per kind of event and per theme; the most shown first."""

    total: Tally
    by_form: Mapping[str, Tally]
    by_type: Mapping[str, Tally]
    by_theme: Mapping[str, Tally]


def balance_of(events: Iterable[Rung], form_of: Mapping[str, str]) -> Balance:
    """Count events. One counts once per theme that it touches. Pure.

    :param form_of: the form of tension (geweld, onrust…) of each kind.
    """
    total = Tally()
    forms, types, themes = (defaultdict[str, Tally](Tally) for _ in range(3))
    for event in events:
        rows = [
            total,
            forms[form_of.get(event.type, OTHER)],
            types[event.type],
            *(themes[theme] for theme in event.themes),
        ]
        for tally in rows:
            _count(tally, event)
    return Balance(total, _ordered(forms), _ordered(types), _ordered(themes))


async def read_balance(
    session: AsyncSession, *, since: datetime, until: datetime, is_exercise: bool
) -> Balance:
    """The balance of what rang, or was started by hand, in this time."""
    columns = [col(getattr(Event, name)) for name in Rung._fields]
    found = await read_columns(
        session,
        select(*columns)
        .where(
            col(Event.is_exercise).is_(is_exercise),
            col(Event.merged_into_id).is_(None),
            col(Event.detected_at) >= since,
            col(Event.detected_at) < until,
            or_(col(Event.alerted_at).is_not(None), col(Event.origin) == Origin.MANUAL),
        )
        .order_by(col(Event.id)),
    )
    return balance_of(map(Rung._make, found), load_event_rules().group_of)


def _count(tally: Tally, event: Rung) -> None:
    if event.alerted_at is None:
        tally.by_hand += 1
        return
    tally.shown += 1
    if event.status is EventStatus.DISMISSED:
        tally.dismissed[event.dismissed_reason or DismissReason.OTHER] += 1
    elif event.status is EventStatus.DETECTED:
        tally.open += 1
    else:
        tally.confirmed += 1
        chosen = event.severity or event.alerted_severity
        tally.raised += chosen > event.alerted_severity
        tally.lowered += chosen < event.alerted_severity


def _ordered(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(tallies.items(), key=lambda one: (-one[1].shown, -one[1].by_hand, one[0])))
