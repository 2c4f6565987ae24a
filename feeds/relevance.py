"""How much one news item matters here, and why. Pure: words in, a judgement out.

Every feature that is seen (``feeds/features.py``) has a weight in points of severity
(``lexicon/weights.toml``, fitted to labelled items). The severity is the whole part of their
sum, 0–4, after a few rules that no measurement may undo: floors for what touches the city
itself, ceilings for sport, fiction and drills. Severity 5 is never given by the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from feeds import texts
from feeds.features import Feature, figurative, observe, shown_reason
from feeds.lexicon import GENERAL, Lexicon
from feeds.lexicon_entries import EventType
from feeds.matching import Hit, words_of, words_of_item
from feeds.places import NOWHERE, Found, Place, Proximity, find_place
from feeds.sections import Section, read_section
from feeds.standing import Trust


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the reckoning, in Dutch; weights are points of severity.

    ``item_id``: the report that it was read in; None for what several say together.
    ``follows``: the event that the report goes on with, and ``heard`` how heavy that rang.
    """

    text: str
    weight: float
    item_id: int | None = None
    follows: int | None = None
    heard: int = 0

    def as_row(self) -> dict[str, str | float]:
        row: dict[str, str | float] = {"text": self.text, "weight": self.weight}
        if self.item_id is not None:
            row["item"] = self.item_id
        if self.follows is not None:
            row |= {"follows": self.follows, "heard": self.heard}
        return row

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Reason:
        """A reason as it was stored."""
        return cls(str(row["text"]), float(row["weight"]), row.get("item"), row.get("follows"),
                   int(row.get("heard", 0)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the machine thinks of an item. ``types`` are lexicon ids, the heaviest first."""

    severity: int
    types: tuple[str, ...] = ()
    place: Place = NOWHERE
    themes: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_roundup: bool = False

    @property
    def type(self) -> str:
        return self.types[0] if self.types else GENERAL


#: a smaller weight is not worth a line of its own
_SMALL = 0.1
#: words of a section that a publisher opened for one subject stand with those of the title
_SECTION_OFFSET = 900
_SEPARATOR = re.compile(r"\s[|•–-]\s|:\s|\s•|\|")
_BOTH_SIDES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that is found in an item, before anything is weighed."""

    found: Found
    place: Place
    themes: tuple[str, ...]
    types: Mapping[str, Hit]
    features: Mapping[str, Feature]
    is_roundup: bool


def score_item(
    title: str, lead: str, *, trust: Trust, lexicon: Lexicon, section: str = ""
) -> Judgement:
    """Judge an item by its title and lead (plain text, the lead may be empty).

    :param section: the publisher's name of the section, as it stands in the item's address.
    """
    seen = look_at(title, lead, trust=trust, lexicon=lexicon, section=section)
    severity, reasons = _Reckoning(seen, trust, lexicon).run()
    types = tuple(seen.types)
    return Judgement(severity, types, seen.place, seen.themes, reasons, seen.is_roundup)


def look_at(title: str, lead: str, *, trust: Trust, lexicon: Lexicon, section: str = "") -> Seen:
    """What is found in an item; the same for judging it and for fitting the weights."""
    of_section = read_section(section, lexicon)
    words = words_of_item(title, lead)
    if of_section is Section.OWN:
        words += words_of(section.replace("-", " "), first=_SECTION_OFFSET)
    found = lexicon.matcher.find(words)
    place = find_place(found, lexicon)
    themes = tuple(key for key in lexicon.themes if ("thema", key, 0) in found)
    types = _find_types(found, place, themes, lexicon)
    roundup = is_roundup(title, lexicon)
    marks = [f"soort:{key}" for key in types] + [f"bron:{trust.value}"]
    if of_section:
        marks.append(of_section)
    if roundup:
        marks.append("vorm:overzicht")
    features = observe(title, lead, found, place, marks, lexicon)
    return Seen(found, place, themes, types, features, roundup)


def is_roundup(title: str, lexicon: Lexicon) -> bool:
    """Whether a title is a round-up, a live blog or a column: about everything, or nothing."""
    if "•" in title:
        return True
    head, *rest = _SEPARATOR.split(title, maxsplit=1)
    opening = " ".join(word.key for word in words_of(head))
    starts = lexicon.rules.overzicht.begin
    if rest and any(opening == start or opening.startswith(f"{start} ") for start in starts):
        return True
    parts = [part for part in title.split(" | ") if len(part.split()) >= _BOTH_SIDES]
    return len(parts) > 1 or ("regel", "overzicht", 0) in lexicon.matcher.find(words_of(title))


def _find_types(
    found: Found, place: Place, themes: Sequence[str], lexicon: Lexicon
) -> dict[str, Hit]:
    """The types that hold, each with its first hit, the heaviest first."""
    masked = figurative(found, lexicon)
    hits = {
        key: hit
        for key, kind in lexicon.types.items()
        if (hit := _first_hit(key, kind, found, masked))
        and _allowed(key, kind, found, place, themes, lexicon)
    }
    rule = lexicon.rules.voorkomen
    if rule.soort in hits and ("regel", "voorkomen", 0) in found:
        hits.pop(rule.onderdrukt, None)
    return dict(sorted(hits.items(), key=lambda pair: -lexicon.types[pair[0]].basis))


def _first_hit(key: str, kind: EventType, found: Found, masked: set[int]) -> Hit | None:
    def literal(group: int) -> list[Hit]:
        hits = found.get(("type", key, group), ())
        return [hit for hit in hits if hit.start not in masked]

    anywhere = literal(0)
    if anywhere:
        return anywhere[0]
    groups = [literal(number) for number in range(1, len(kind.alle) + 1)]
    if not groups or not all(groups):
        return None
    first, last = groups[0][0], groups[-1][0]
    shown = first.shown if first.shown == last.shown else f"{first.shown} … {last.shown}"
    return Hit(first.term, min(first.start, last.start), first.end, shown)


def _allowed(
    key: str, kind: EventType, found: Found, place: Place, themes: Sequence[str], lexicon: Lexicon
) -> bool:
    if kind.vereist == "thema_buitenland":
        return bool(set(themes) & set(lexicon.rules.themas_buitenland))
    if key == "E12":
        # Verdicts elsewhere are nobody's evening here, unless it is a case of our own.
        return place.proximity.is_local or ("regel", "lokale_zaken", 0) in found
    return True


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """The sum for one item; every step yields its reason."""

    seen: Seen
    trust: Trust
    lexicon: Lexicon

    def run(self) -> tuple[int, tuple[Reason, ...]]:
        reasons = self._weighed()
        points = sum(reason.weight for reason in reasons)
        for key, least in self._floors():
            points = _change(reasons, points, max(points, least), texts.FLOORS[key])
        for text, most in self._limits():
            points = _change(reasons, points, min(points, most), text)
        severity = max(0, min(self.lexicon.rules.hoogste, floor(points)))
        return severity, tuple(reasons)

    def _weighed(self) -> list[Reason]:
        """The base, the features that weigh something (the heaviest first), and the rest."""
        weights = self.lexicon.weights
        parts = {
            name: round(weights.gewicht.get(name, 0.0) * feature.value, 2)
            for name, feature in self.seen.features.items()
        }
        told = sorted((name for name in parts if abs(parts[name]) >= _SMALL),
                      key=lambda name: (-abs(parts[name]), name))  # fmt: skip
        rest = round(sum(weight for weight in parts.values() if abs(weight) < _SMALL), 2)
        reasons = [Reason(texts.BASE if told else texts.NOTHING, weights.basis)]
        for name in told:
            shown = shown_reason(name, self.seen.features[name], self.lexicon)
            reasons.append(Reason(shown, parts[name]))
        if rest:
            reasons.append(Reason(texts.SMALL_THINGS, rest))
        return reasons

    def _floors(self) -> Iterator[tuple[str, int]]:
        """What touches the city itself may not depend on how much was labelled."""
        seen = self.seen
        proximity = seen.place.proximity
        serious = any(self.lexicon.types[key].basis > 1 for key in seen.types)
        fresh = not {"rechtszaak", "later", "oefening", "uitleg"} & set(seen.features)
        if fresh and proximity.is_city:
            if self._is("E05", "E10") or ("jong" in seen.features and serious):
                yield "local_touching", 3
            if serious and self.trust is Trust.OFFICIAL:
                yield "official_local", 3
        if fresh and proximity.is_local and self._is("E01"):
            yield "local_terror", 4
        if fresh and proximity.is_dutch and self._is("E02"):
            deadly = "doden" in seen.features or proximity.is_local
            yield ("attack_here", 4) if deadly else ("attack_elsewhere", 3)

    def _limits(self) -> Iterator[tuple[str, float]]:
        """Contexts in which the words mean something else, and how high a far shock goes."""
        rules = self.lexicon.rules
        if self.seen.place.proximity is Proximity.ABROAD_TOUCHING and not self._is_great_shock():
            most = rules.hoogste_buitenland + 0.99
            yield texts.CEILING_ABROAD.format(limit=rules.hoogste_buitenland), most
        if not something_happens(self.seen, self.lexicon):
            yield texts.NO_EVENT, 0.99
        typed_in_title = any(not hit.in_lead for hit in self.seen.types.values())
        for key, exclusion in self.lexicon.exclusions.items():
            if exclusion.effect not in {"weg", "log"}:
                continue
            hits = self.seen.found.get(("uitzondering", key, 0), ())
            # A word far down in the lead does not undo what the title says.
            telling = [hit for hit in hits if not (hit.in_lead and typed_in_title)]
            if not telling or ("mits_geen", key, 0) in self.seen.found:
                continue
            limit = self._limit_of(exclusion.effect)
            text = texts.LIMIT if limit else texts.DROPPED
            shown = text.format(name=exclusion.naam, shown=telling[0].shown, limit=limit)
            yield shown, limit + 0.99

    def _limit_of(self, effect: str) -> int:
        if effect != "weg":
            return 1
        strong = any(self.lexicon.types[key].basis >= 3 for key in self.seen.types)
        vouched = self.trust is Trust.OFFICIAL and self.seen.place.proximity.is_city
        return 4 if strong and vouched else 0

    def _is_great_shock(self) -> bool:
        return bool(set(self.lexicon.rules.grote_schok) & set(self.seen.features))

    def _is(self, *types: str) -> bool:
        return any(key in self.seen.types for key in types)


def something_happens(seen: Seen, lexicon: Lexicon) -> bool:
    """Whether anything happens: a place, a country or a community alone is no event."""
    weights = lexicon.weights.gewicht
    return bool(seen.types) or any(
        weights.get(name, 0.0) > 0
        for name in seen.features
        if name in lexicon.features.kenmerken or name.startswith("samen:")
    )


def _change(reasons: list[Reason], points: float, wanted: float, text: str) -> float:
    """Write down why the sum becomes ``wanted``, if it does."""
    if round(wanted - points, 2):
        reasons.append(Reason(text, round(wanted - points, 2)))
    return wanted
