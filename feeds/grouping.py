"""Puts items about the same thing together, as they come in. Pure and incremental.

Each item is a bag of word stems (title twice, names twice, function words out), weighted
by how rare they are in the window. It joins the nearest group above a threshold or opens
one. An index from telling stems to their latest groups keeps the work per item flat,
whatever the number of groups, and groups that nothing can join any more are forgotten: time
grows with the items, memory with the window.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from typing import TYPE_CHECKING

from feeds.apart import Claim, Incident
from feeds.event_rules import load_event_rules
from feeds.matching import fold
from feeds.meaning import READ, Meanings

if TYPE_CHECKING:
    from feeds.meaning import Direction

#: stems of an item that are looked up in the index, and groups that are compared in full
TELLING, CANDIDATES = 25, 15
#: groups that one stem leads to; the latest, because news goes on with what was last
POSTINGS = 120
STEM, SHORTEST = 7, 3
TITLE_WEIGHT, NAME_WEIGHT = 2.0, 2.0
#: a story that goes on is a new one after this long
LONGEST = timedelta(days=7)
#: pretends that this many items went before, or the first ones of a day are all "rare"
PRIOR = 50
#: after this many items the counts of words are halved: last month's news fades
FADE_AFTER = 30_000
#: how often the groups that nothing can join are forgotten, in time of the stream
SWEEP_EVERY = timedelta(hours=6)

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(slots=True)
class Member:
    """An item in a group. ``item_id`` is filled in once it is stored."""

    severity: int
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class Doc:
    """What grouping looks at. ``hint`` is (type, place) of something near and heavy, ``claim``
    what tells something near from what else happened, there or elsewhere."""

    title: str
    lead: str
    at: datetime
    severity: int = 0
    hint: tuple[str, str] | None = None
    claim: Claim | None = None
    item_id: int | None = None
    event_id: int | None = None

    @property
    def text(self) -> str:
        """What is read of it where meaning counts."""
        return text_read(self.title, self.lead)


def text_read(title: str, lead: str) -> str:
    """What is read of an item where meaning counts."""
    return f"{title}. {lead}"[:READ] if lead else title[:READ]


@dataclass(slots=True)
class Group:
    """Items about one thing; ``event_id`` once it became an event."""

    number: int
    first_at: datetime
    last_at: datetime
    event_id: int | None = None
    centre: dict[str, float] = field(default_factory=dict)
    squares: float = 0.0
    telling: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    hints: set[tuple[str, str]] = field(default_factory=set)
    incident: Incident = field(default_factory=Incident)
    members: list[Member] = field(default_factory=list)
    #: the sum of what so many of its items mean, and those that nothing was compared with yet
    directions: Direction | None = None
    read: int = 0
    unread: list[Doc] = field(default_factory=list)

    @property
    def is_event(self) -> bool:
        """Heavy enough: one item from 2, or two items from 1."""
        severities = [member.severity for member in self.members]
        return max(severities, default=0) >= 2 or sum(one >= 1 for one in severities) >= 2

    def covers(self, at: datetime, window: timedelta) -> bool:
        near = self.first_at - window <= at <= self.last_at + window
        return near and abs(at - self.first_at) <= LONGEST


class Grouper:
    """The groups of one window. Not thread-safe."""

    def __init__(
        self,
        window: timedelta,
        stop_words: Iterable[str] = (),
        meanings: Meanings | None = None,
    ) -> None:
        self._window = window
        self._rules = load_event_rules().groeperen
        self._meanings = meanings
        self._stop = frozenset(stop_words)
        self._seen: Counter[str] = Counter()
        self._total = PRIOR
        self._index: dict[str, deque[int]] = {}
        self._groups: dict[int, Group] = {}
        self._by_event: dict[int, int] = {}
        self._opened = 0
        self._newest: datetime | None = None
        self._swept: datetime | None = None

    def __len__(self) -> int:
        """The groups that are kept."""
        return len(self._groups)

    def __contains__(self, number: int) -> bool:
        return number in self._groups

    def add(self, doc: Doc) -> tuple[Group, Member]:
        """Put one item in the group it belongs to, which may be a new one."""
        self._move_on(doc.at)
        stems = self._stems(doc)
        self._count(stems)
        weights = self._weigh(stems)
        number = self._by_event.get(doc.event_id) if doc.event_id is not None else None
        if number is None and doc.event_id is None:
            number = self._nearest(doc, weights)
        group = self._groups[number] if number is not None else self._open(doc)
        member = Member(doc.severity, doc.item_id)
        group.members.append(member)
        self._merge(group, doc, weights)
        return group, member

    def link(self, group: Group, event_id: int) -> None:
        """This group is that event."""
        group.event_id = event_id
        if group.number in self._groups:
            self._by_event[event_id] = group.number

    def _move_on(self, at: datetime) -> None:
        """Forget what is so old that no item of the window can join it."""
        self._newest = max(at, self._newest or at)
        if self._swept is not None and self._newest - self._swept < SWEEP_EVERY:
            return
        self._swept = self._newest
        # An item may be a window old itself when it comes in.
        oldest = self._newest - 2 * self._window
        for group in [one for one in self._groups.values() if one.last_at < oldest]:
            self._forget(group)
        if self._meanings is not None:
            self._meanings.forget(oldest)

    def _forget(self, group: Group) -> None:
        del self._groups[group.number]
        for stem in group.telling:
            postings = self._index.get(stem)
            if postings is None:
                continue
            with suppress(ValueError):  # pushed out by later groups
                postings.remove(group.number)
            if not postings:
                del self._index[stem]
        if group.event_id is not None and self._by_event.get(group.event_id) == group.number:
            del self._by_event[group.event_id]

    def _count(self, stems: Mapping[str, float]) -> None:
        self._total += 1
        self._seen.update(stems.keys())
        if self._total > FADE_AFTER:
            self._total //= 2
            self._seen = Counter({s: count // 2 for s, count in self._seen.items() if count > 1})

    def _stems(self, doc: Doc) -> dict[str, float]:
        stems: defaultdict[str, float] = defaultdict(float)
        for text, weight in ((doc.title, TITLE_WEIGHT), (doc.lead, 1.0)):
            for index, found in enumerate(_WORD.finditer(text)):
                key = fold(found[0])
                if len(key) < SHORTEST or key in self._stop:
                    continue
                named = index > 0 and found[0][0].isupper()
                stems[key[:STEM]] += weight * (NAME_WEIGHT if named else 1)
        return stems

    def _weigh(self, stems: Mapping[str, float]) -> dict[str, float]:
        weights = {
            stem: (1 + math.log(count)) * math.log(self._total / (self._seen[stem] + 0.5))
            for stem, count in stems.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {stem: weight / length for stem, weight in weights.items()}

    def _nearest(self, doc: Doc, weights: Mapping[str, float]) -> int | None:
        shared: defaultdict[int, float] = defaultdict(float)
        for stem in _telling(weights):
            for number in self._index.get(stem, ()):
                shared[number] += weights[stem]
        names, meanings, rules = _names(doc.title), self._meanings, self._rules
        best, best_score = None, rules.drempel if meanings is None else rules.drempel_betekenis
        for number in nlargest(CANDIDATES, shared, key=shared.__getitem__):
            group = self._groups.get(number)
            if group is None or not group.covers(doc.at, self._window):
                continue
            if doc.claim is not None and group.incident.is_other(doc.claim):
                continue
            score = sum(w * group.centre.get(stem, 0.0) for stem, w in weights.items())
            score /= math.sqrt(group.squares) or 1.0
            if doc.hint in group.hints:
                score += rules.zelfde_plek
            if names and group.names and names.isdisjoint(group.names):
                score -= rules.andere_namen
            # At most one is added: what cannot win any more need not be read.
            if meanings is not None and score + rules.betekenis >= best_score:
                score += rules.betekenis * _alike(meanings, doc, group)
            if score >= best_score:
                best, best_score = number, score
        return best

    def _open(self, doc: Doc) -> Group:
        self._opened += 1
        group = Group(self._opened, doc.at, doc.at, doc.event_id)
        self._groups[group.number] = group
        if doc.event_id is not None:
            self._by_event[doc.event_id] = group.number
        return group

    def _merge(self, group: Group, doc: Doc, weights: Mapping[str, float]) -> None:
        for stem, weight in weights.items():
            before = group.centre.get(stem, 0.0)
            group.centre[stem] = before + weight
            group.squares += weight * (2 * before + weight)
        group.first_at, group.last_at = min(group.first_at, doc.at), max(group.last_at, doc.at)
        group.names.update(_names(doc.title), _names(doc.lead))
        if doc.hint:
            group.hints.add(doc.hint)
        if doc.claim is not None:
            group.incident.take(doc.claim)
        if self._meanings is not None:
            group.unread.append(doc)
        for stem in _telling(weights):
            if stem not in group.telling:
                group.telling.add(stem)
                self._index.setdefault(stem, deque(maxlen=POSTINGS)).append(group.number)


def _alike(meanings: Meanings, doc: Doc, group: Group) -> float:
    """How much an item means what the items of a group mean, on average; at most 1."""
    for one in group.unread:
        own = meanings.of(one.text, one.at)
        group.directions = own if group.directions is None else group.directions + own
    group.read += len(group.unread)
    group.unread.clear()
    if group.directions is None:
        return 0.0
    return float(meanings.of(doc.text, doc.at) @ group.directions) / group.read


def _names(text: str) -> set[str]:
    """The stems of capitalised words, the first word left out."""
    return {
        fold(found[0])[:STEM]
        for found in _WORD.finditer(text)
        if found.start() > 0 and found[0][0].isupper() and len(found[0]) > SHORTEST
    }


def _telling(weights: Mapping[str, float]) -> list[str]:
    """The rarest stems; "gemeente" finds everything and so nothing."""
    return sorted(weights, key=lambda stem: -weights[stem])[:TELLING]
