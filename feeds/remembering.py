"""What the watch remembers beyond the window: how often a subject came by, how much an outlet
usually brings, which sections it has, and what rang lately. Pure; time comes with the items.

Nothing here is a text: names are cut to five letters and fade within weeks.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import ClassVar

from contacts.texts import counted
from feeds import texts
from feeds.event_rules import EventRules
from feeds.following import goes_on
from feeds.relevance import Reason
from feeds.subjects import Subject, echoes, section_of

#: keys that are kept at most before the faintest are dropped
KEYS = 50_000
FAINT = 0.05
#: only what may ring is asked whether it goes on with something
HEAVY = 1
#: stands for all items beside the counts of their stems, and how many went before the first
ALL, PRIOR = "", 50
PACE_DAYS = 7.0
SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Came:
    """An item as the memory sees it. ``at`` is when it came in, ``severity`` its own."""

    outlet: str
    link: str
    subject: Subject
    severity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Rang:
    """An event that rang, with what its first items (at most ``MOST``) are about."""

    MOST: ClassVar[int] = 30
    event: int
    at: datetime
    subjects: Sequence[Subject]
    severity: int = 3


def _days(now: datetime, then: datetime) -> float:
    return (now - then).total_seconds() / SECONDS_A_DAY


def _ago(today: str, forms: tuple[str, str], days: float) -> str:
    return today if days < 1 else counted(forms, round(days))


class Fading:
    """Counts per key that halve every ``half_life`` days."""

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._counts: dict[str, tuple[float, datetime]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def of(self, key: str, now: datetime) -> float:
        count, at = self._counts.get(key, (0.0, now))
        days = (now - at).total_seconds() / SECONDS_A_DAY
        return count * math.exp2(-max(0.0, days) / self._half_life)

    def add(self, key: str, now: datetime) -> None:
        self._counts[key] = (self.of(key, now) + 1, now)
        if len(self._counts) > KEYS:
            self._forget(now)

    def _forget(self, now: datetime) -> None:
        """Drop what is faint, and of what is left the faintest quarter when that is too little:
        otherwise every further name would cost a walk along all of them."""
        kept = {one: value for one, value in self._counts.items() if self.of(one, now) > FAINT}
        if len(kept) > KEYS * 3 // 4:
            for one in nsmallest(
                len(kept) - KEYS * 3 // 4, kept, key=lambda key: self.of(key, now)
            ):
                del kept[one]
        self._counts = kept


@dataclass(slots=True)
class _Outlet:
    since: datetime
    sections: dict[str, datetime] = field(default_factory=dict)


class Memory:
    """The memory of one stream. Not thread-safe."""

    def __init__(self, rules: EventRules) -> None:
        self._rules = rules
        self._keys = Fading(rules.vertrouwd.halfwaarde_dagen)
        self._names = Fading(rules.vertrouwd.halfwaarde_dagen)
        self._stems = Fading(rules.vertrouwd.halfwaarde_dagen)
        self._pace = Fading(PACE_DAYS)
        self._outlets: dict[str, _Outlet] = {}
        self._waiting: deque[Came] = deque()

    def note(self, came: Came) -> None:
        """Remember an item, in the order in which items come in."""
        self._settle(came.at)
        self._pace.add(came.outlet, came.at)
        outlet = self._outlets.setdefault(came.outlet, _Outlet(came.at))
        section = section_of(came.link)
        if section is not None:
            outlet.sections.setdefault(section, came.at)
        self._waiting.append(came)

    def context(self, came: Came, rang: Iterable[Rang], *, event: int | None) -> list[Reason]:
        """What the past says about an item that comes in now.

        :param rang: what rang in the last weeks.
        :param event: the event that the item belongs to, which is no echo of itself.
        """
        self._settle(came.at)
        rang = tuple(rang)
        follows = self._follows(came, rang, event)
        # The first deaths in a matter are as new as the matter was.
        is_news = follows is not None and not follows.heard
        reasons = [
            None if is_news else self._echo(came, rang, event) or self._familiar(came),
            self._section(came),
            self._aftermath(came),
            follows,
        ]
        return [reason for reason in reasons if reason is not None]

    def pace(self, outlet: str, now: datetime) -> float:
        """Items that an outlet usually brings per hour; 0 for one that is not known."""
        known = self._outlets.get(outlet)
        if known is None:
            return 0.0
        days = max((now - known.since).total_seconds() / SECONDS_A_DAY, 1 / 24)
        seen = PACE_DAYS / math.log(2) * (1 - math.exp2(-days / PACE_DAYS))
        return self._pace.of(outlet, now) / (seen * 24)

    def _settle(self, now: datetime) -> None:
        """What came in the last day may be the same matter, so it counts from tomorrow."""
        until = now - timedelta(hours=self._rules.vertrouwd.wacht_uren)
        while self._waiting and self._waiting[0].at <= until:
            came = self._waiting.popleft()
            for name in came.subject.names:
                self._names.add(name, came.at)
            for stem in came.subject.stems:
                self._stems.add(stem, came.at)
            self._stems.add(ALL, came.at)
            if came.severity > 0:
                for key in came.subject.keys | came.subject.own_keys:
                    self._keys.add(key, came.at)

    def _familiar(self, came: Came) -> Reason | None:
        rule = self._rules.vertrouwd
        count = self._count(came.subject.keys, came.at)
        if count is not None and count <= rule.nieuw_tot:
            fresh = came.subject.groups & set(rule.nieuw_groepen) and not came.subject.aftermath
            return Reason(texts.NEW_SUBJECT, rule.nieuw_erbij) if fresh else None
        if came.subject.is_local:
            # A city where much happens, or a subject that is in the news everywhere, makes nothing
            # that happens here ordinary.
            count = self._count(came.subject.own_keys, came.at)
        if count is None or count <= rule.vanaf:
            return None
        off = rule.eraf_per_verdubbeling * math.log2(count / rule.vanaf)
        text = texts.FAMILIAR.format(count=round(count))
        return Reason(text, -round(min(rule.meest_eraf, off), 1))

    def _count(self, keys: Iterable[str], now: datetime) -> float | None:
        """How often the most usual of these came by; None without any."""
        return max((self._keys.of(key, now) for key in keys), default=None)

    def _echo(self, came: Came, rang: Iterable[Rang], event: int | None) -> Reason | None:
        """The strongest echo; of one name that is everywhere the kind must be the same too."""
        rule = self._rules.naklank
        rare = frozenset(
            name for name in came.subject.names if self._names.of(name, came.at) < rule.zeldzaam
        )
        best: Reason | None = None
        for one in rang:
            if one.event == event or one.at > came.at:
                continue
            if not any(echoes(came.subject, told, rare) for told in one.subjects):
                continue
            days = _days(came.at, one.at)
            off = next((w for until, w in zip(rule.dagen, rule.eraf, strict=True)
                        if days <= until), 0.0)  # fmt: skip
            if off > 0 and (best is None or -off < best.weight):
                best = Reason(_ago(texts.ECHO_TODAY, texts.ECHO, days), -off)
        return best

    def _follows(self, came: Came, rang: Iterable[Rang], event: int | None) -> Reason | None:
        """The heaviest event that rang and that this goes on with."""
        if came.severity < HEAVY:
            return None
        items = self._stems.of(ALL, came.at) + PRIOR

        def telling(stem: str) -> float:
            return math.log(items / (self._stems.of(stem, came.at) + 0.5))

        earlier = [
            one
            for one in rang
            if one.event != event
            and one.at <= came.at
            and goes_on(came.subject, one.subjects, _days(came.at, one.at), telling,
                        self._rules.vervolg)
        ]  # fmt: skip
        if not earlier:
            return None
        of = max(earlier, key=lambda one: (one.severity, one.at))
        text = _ago(texts.FOLLOWS_TODAY, texts.FOLLOWS, _days(came.at, of.at))
        # The first deaths in a matter are news: that rings again, as going on with it.
        first_deaths = came.subject.is_deadly and not any(one.is_deadly for one in of.subjects)
        return Reason(text, 0.0, follows=of.event, heard=0 if first_deaths else of.severity)

    def _aftermath(self, came: Came) -> Reason | None:
        if not came.subject.aftermath:
            return None
        text = texts.AFTERMATH.format(shown=came.subject.aftermath)
        return Reason(text, -self._rules.nasleep.eraf)

    def _section(self, came: Came) -> Reason | None:
        rule = self._rules.rubriek
        section, outlet = section_of(came.link), self._outlets.get(came.outlet)
        if section is None or outlet is None:
            return None
        if came.at - outlet.since < timedelta(days=rule.na_dagen):
            return None
        opened = outlet.sections.get(section, came.at)
        if came.at - opened > timedelta(hours=rule.uren):
            return None
        return Reason(texts.NEW_SECTION.format(section=section), rule.erbij)
