"""Plays a stream of items again, as the watch would have lived it. Pure.

The same functions judge, group, weigh and ring as in the watch itself; only the clock is that of
the stream, and nothing is known before it came in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from feeds.event_rules import EventRules, load_event_rules
from feeds.grouping import Group, Grouper
from feeds.intake import as_doc, judge_entries, subject_of_judged
from feeds.judging import Pace, Sighting, judge, telling
from feeds.lexicon import Lexicon, load_lexicon, mask_names, stop_words
from feeds.meaning import meanings_for
from feeds.parsing import Entry
from feeds.raw_items import RawItem, Timed
from feeds.relevance import Reason
from feeds.remembering import Came, Memory, Rang
from feeds.ringing import followed, rings, was_heard
from feeds.settings import FeedSettings
from feeds.subjects import Subject
from feeds.weighing import Report, Weight

LIST_LEVEL = 2


@dataclass(frozen=True, slots=True)
class Alert:
    """One that would have gone out. ``keys``: all items of the event at that moment."""

    at: datetime
    event: int
    keys: tuple[str, ...]
    severity: int
    title: str
    why: tuple[Reason, ...]
    escalates: bool
    #: the event that it goes on with, heavier; that is an escalation too
    follows: int | None = None

    def as_row(self) -> dict[str, object]:
        """The line in the file of alerts."""
        row: dict[str, object] = {
            "at": self.at.isoformat(),
            "event": f"g{self.event}",
            "keys": list(self.keys),
            "severity": self.severity,
            "title": self.title,
            "why": [{"reason": one.text, "weight": one.weight} for one in self.why],
        }
        if self.follows is not None:
            row["follows"] = f"g{self.follows}"
        return row | {"escalates": True} if self.escalates else row


@dataclass(frozen=True, slots=True)
class Peak:
    """A moment at which an event became heavier. ``points`` of severity, whatever the bar."""

    at: datetime
    event: int
    points: float


@dataclass(slots=True)
class _Happening:
    """A group of items as an event: what was seen of it and how loud it rang."""

    number: int
    keys: list[str] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    alerted: int = 0
    listed: bool = False
    peak: float = 0.0
    is_event: bool = False


class Replay:
    """One run over a stream."""

    def __init__(
        self, settings: FeedSettings | None = None, lexicon: Lexicon | None = None
    ) -> None:
        self._settings = settings or FeedSettings()
        self._lexicon: Lexicon = lexicon or load_lexicon()
        self._rules: EventRules = load_event_rules()
        self._window = timedelta(hours=self._settings.window_h)
        self._grouper = Grouper(self._window, stop_words(), meanings_for(self._settings))
        self._memory = Memory(self._rules)
        self._happenings: dict[int, _Happening] = {}
        self._rang: deque[Rang] = deque()
        self._echo = timedelta(days=self._rules.remembered_days)
        self._outlets: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self.list_entries = 0
        self.peaks: list[Peak] = []
        #: the event of every item, by key
        self.event_of: dict[str, int] = {}

    def play(self, stream: Iterable[Timed]) -> Iterator[Alert]:
        """The alerts, in order. Items that came in at one moment are looked at together, as
        one reading of a feed is."""
        for now, batch in groupby(stream, key=lambda one: one.at):
            self._forget(now)
            touched = [self._take(one.item, now) for one in batch]
            for happening in {id(one): one for one in touched if one is not None}.values():
                yield from self._look(happening, now)

    def _take(self, item: RawItem, now: datetime) -> _Happening | None:
        title, lead = item.first_title, item.lead or ""
        entry = Entry(
            guid=item.key,
            title=title,
            link=item.url or "",
            lead=lead,
            published_at=min(item.published or now, now),
        )
        (judged,) = judge_entries([entry], {}, trust=item.trust, lexicon=self._lexicon)
        judgement = judged.judgement
        doc = as_doc(judged, now=now, window=self._window, lexicon=self._lexicon)
        outlet = item.outlet or ""
        subject = subject_of_judged(judged, self._rules)
        came = Came(outlet, item.url or "", subject, judgement.severity, now)
        if doc is None:
            self._memory.note(came)
            return None
        group, _ = self._grouper.add(doc)
        happening = self._happening(group)
        context = self._memory.context(came, self._rang, event=happening.number)
        self._memory.note(came)
        report = Report(
            severity=judgement.severity, types=judgement.types, place=judgement.place.name,
            proximity=judgement.place.proximity, themes=judgement.themes,
            reasons=judgement.reasons, trust=item.trust, source_id=self._source(outlet),
            source_name=outlet, at=doc.at,
            reach=self._rules.reach_of(item.trust, item.reach),
        )  # fmt: skip
        happening.keys.append(item.key)
        self.event_of[item.key] = happening.number
        if judgement.severity > 0 and len(happening.subjects) < Rang.MOST:
            happening.subjects.append(subject)
        happening.sightings.append(Sighting(title, report, tuple(context), now))
        happening.sightings = telling(happening.sightings)
        # Only what the watch, too, would have made an event of.
        happening.is_event = happening.is_event or group.is_event
        return happening

    def _look(self, happening: _Happening, now: datetime) -> Iterator[Alert]:
        if not happening.is_event:
            return
        weight = judge(happening.sightings, self._pace(now), self._rules)
        if (
            weight.points >= LIST_LEVEL
            and weight.points > happening.peak
            and not was_heard(weight.severity, happening.sightings, self._settings.alert_from)
        ):
            happening.peak = weight.points
            self.peaks.append(Peak(now, happening.number, weight.points))
        if weight.severity >= LIST_LEVEL and not happening.listed:
            happening.listed = True
            self.list_entries += 1
        if rings(weight.severity, happening.alerted, happening.sightings,
                 alert_from=self._settings.alert_from, now=now):  # fmt: skip
            yield self._ring(happening, weight, now)

    def _ring(self, happening: _Happening, weight: Weight, now: datetime) -> Alert:
        escalates = happening.alerted > 0
        follows = followed(happening.sightings, self._settings.alert_from)
        happening.alerted = weight.severity
        if escalates:
            self._rang = deque(
                replace(one, severity=weight.severity) if one.event == happening.number else one
                for one in self._rang
            )
        else:
            self._rang.append(Rang(happening.number, now, happening.subjects, weight.severity))
        top = min(happening.sightings, key=lambda one: (-one.value, one.came_at))
        return Alert(now, happening.number, tuple(happening.keys), weight.severity,
                     mask_names(top.title), weight.reasons, escalates or follows is not None,
                     follows)  # fmt: skip

    def _happening(self, group: Group) -> _Happening:
        return self._happenings.setdefault(group.number, _Happening(group.number))

    def _forget(self, now: datetime) -> None:
        while self._rang and now - self._rang[0].at > self._echo:
            self._rang.popleft()
        if len(self._happenings) > 2 * len(self._grouper) + 100:
            self._happenings = {
                number: one for number, one in self._happenings.items() if number in self._grouper
            }

    def _source(self, outlet: str) -> int:
        number = self._outlets.setdefault(outlet, len(self._outlets) + 1)
        self._names[number] = outlet
        return number

    def _pace(self, now: datetime) -> Pace:
        return lambda source: self._memory.pace(self._names.get(source, ""), now)
