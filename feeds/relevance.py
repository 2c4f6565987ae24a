"""How much one news item matters here, and why. Pure: words in, a judgement out.

severity = base of the heaviest type + place + what makes it worse − what makes it less,
between 1 and 4, then floors and ceilings (``lexicon/severity.toml``). 0 means: none of the
lexicon's types. Severity 5 is never given by the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds import texts
from feeds.lexicon import GENERAL, EventType, Lexicon
from feeds.matching import Hit, words_of, words_of_item
from feeds.places import NOWHERE, Found, Place, Proximity, find_place
from feeds.rows import Trust


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the reckoning, in Dutch; weights are points of severity."""

    text: str
    weight: float

    def as_row(self) -> dict[str, str | float]:
        return {"text": self.text, "weight": self.weight}


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


_TOLL_TYPES = frozenset({"E02", "E03", "E14", "E22"})
_NO_CITIES = frozenset({"nederland*", "landelijk*"})
_SEPARATOR = re.compile(r"\s[|•–-]\s|:\s|\s•|\|")
_BOTH_SIDES = 3


def score_item(title: str, lead: str, *, trust: Trust, lexicon: Lexicon) -> Judgement:
    """Judge an item by its title and lead (plain text, the lead may be empty)."""
    found = lexicon.matcher.find(words_of_item(title, lead))
    roundup = is_roundup(title, lexicon)
    if not found:
        return Judgement(0, reasons=(Reason(texts.NOTHING, 0),), is_roundup=roundup)
    place = find_place(found, lexicon)
    themes = tuple(key for key in lexicon.themes if ("thema", key, 0) in found)
    hits = _find_types(found, place, themes, lexicon)
    if not hits:
        return Judgement(0, (), place, themes, (Reason(texts.NOTHING, 0),), roundup)
    reckoning = _Reckoning(found, place, themes, hits, trust, lexicon, f"{title} {lead}")
    severity, reasons = reckoning.run()
    return Judgement(severity, tuple(hits), place, themes, tuple(reasons), roundup)


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
    figurative = {
        position
        for key, exclusion in lexicon.exclusions.items()
        if exclusion.effect == "masker"
        for hit in found.get(("uitzondering", key, 0), ())
        for position in range(hit.start, hit.end)
    }
    hits = {
        key: hit
        for key, kind in lexicon.types.items()
        if (hit := _first_hit(key, kind, found, figurative))
        and _allowed(key, kind, found, place, themes, lexicon)
    }
    rule = lexicon.rules.voorkomen
    if rule.soort in hits and ("regel", "voorkomen", 0) in found:
        hits.pop(rule.onderdrukt, None)
    return dict(sorted(hits.items(), key=lambda pair: -lexicon.types[pair[0]].basis))


def _first_hit(key: str, kind: EventType, found: Found, figurative: set[int]) -> Hit | None:
    def literal(group: int) -> list[Hit]:
        hits = found.get(("type", key, group), ())
        return [hit for hit in hits if hit.start not in figurative]

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

    found: Found
    place: Place
    themes: tuple[str, ...]
    hits: Mapping[str, Hit]
    trust: Trust
    lexicon: Lexicon
    text: str

    def run(self) -> tuple[int, list[Reason]]:
        reasons = [*self._type(), *self._place(), *self._heavier(), *self._lighter()]
        rules = self.lexicon.rules
        total = sum(reason.weight for reason in reasons)
        severity = max(1, min(rules.hoogste, int(total)))
        for key, floor in self._floors():
            if severity < floor:
                reasons.append(Reason(texts.FLOORS[key], floor - severity))
                severity = floor
        severity = self._ceiling_abroad(severity, reasons)
        severity = self._ceiling_ongoing(severity, reasons)
        return self._limit(severity, reasons), reasons

    def _type(self) -> Iterator[Reason]:
        key, hit = next(iter(self.hits.items()))
        kind = self.lexicon.types[key]
        yield Reason(texts.TYPE.format(name=kind.naam, shown=hit.shown), kind.basis)
        if hit.in_lead and not self.place.proximity.is_local:
            yield Reason(texts.ONLY_IN_LEAD, -1)

    def _place(self) -> Iterator[Reason]:
        proximity = self.place.proximity
        weight = self.lexicon.rules.nabijheid[proximity]
        if proximity is Proximity.ELSEWHERE and (self._is("E02", "E19") or self._touches()):
            weight = 0
        if proximity is Proximity.UNKNOWN and self.trust is Trust.NATIONAL:
            weight = self.lexicon.rules.nabijheid["onbekend_landelijk"]
        text = texts.PLACES[proximity].format(shown=self.place.shown)
        yield Reason(text, weight)

    def _heavier(self) -> Iterator[Reason]:
        left = self.lexicon.rules.grootste_zwaarder
        for reason in [*self._toll(), *self._several_cities(), *self._worse()]:
            weight = min(left, reason.weight)
            if weight > 0:
                yield Reason(reason.text, weight)
            left -= int(weight)

    def _worse(self) -> Iterator[Reason]:
        for key, modifier in self.lexicon.modifiers.zwaarder.items():
            hits = self.found.get(("zwaarder", key, 0), ())
            if modifier.in_kop:
                hits = [hit for hit in hits if not hit.in_lead]
            if hits and (not modifier.alleen or self._is(*modifier.alleen)):
                shown = texts.MODIFIER.format(name=modifier.naam, shown=hits[0].shown)
                yield Reason(shown, modifier.gewicht)

    def _toll(self) -> Iterator[Reason]:
        """Hundreds of deaths are a shock wherever they fall."""
        if not self._is(*_TOLL_TYPES):
            return
        rule = self.lexicon.rules.dodental
        found = self.lexicon.toll.finditer(self.text)
        numbers = [int(re.sub(r"\D", "", one[1])) for one in found]
        most = max((number for number in numbers if number < rule.te_veel), default=0)
        if most >= rule.veel:
            weight = 2 if most >= rule.heel_veel else 1
            yield Reason(texts.TOLL.format(number=most), weight)

    def _several_cities(self) -> Iterator[Reason]:
        hits = self.found.get(("plaats", "nl_steden", 0), ())
        cities = list(dict.fromkeys(hit.term for hit in hits if not hit.in_lead))
        cities = [city for city in cities if city not in _NO_CITIES]
        if self._is("E02", "E03", "E08", "E09") and len(cities) > 1:
            yield Reason(texts.SEVERAL_CITIES.format(count=len(cities)), 1)

    def _lighter(self) -> Iterator[Reason]:
        for key, modifier in self.lexicon.modifiers.lichter.items():
            if hits := self.found.get(("lichter", key, 0)):
                shown = texts.MODIFIER.format(name=modifier.naam, shown=hits[0].shown)
                yield Reason(shown, -modifier.gewicht)

    def _floors(self) -> Iterator[tuple[str, int]]:
        proximity = self.place.proximity
        minors = ("zwaarder", "minderjarig", 0) in self.found
        serious = any(self.lexicon.types[key].basis > 1 for key in self.hits)
        if proximity.is_arnhem and (self._is("E05", "E10") or (minors and serious)):
            yield "local_touching", 3
        if proximity.is_arnhem and serious and self.trust is Trust.OFFICIAL:
            yield "official_local", 3
        if proximity.is_local and self._is("E01"):
            yield "local_terror", 4
        fresh = not list(self._lighter())
        if fresh and self._is("E02") and proximity.is_dutch:
            deadly = ("zwaarder", "doden", 0) in self.found or proximity.is_local
            yield ("attack_here", 4) if deadly else ("attack_elsewhere", 3)
        if fresh and self._is("E02") and set(self.themes) & {"T03", "T13", "T14", "T19"}:
            yield "attack_touching", 3

    def _ceiling_abroad(self, severity: int, reasons: list[Reason]) -> int:
        limit = self.lexicon.rules.hoogste_buitenland
        if self.place.proximity is not Proximity.ABROAD_TOUCHING or severity <= limit:
            return severity
        reasons.append(Reason(texts.CEILING_ABROAD.format(limit=limit), limit - severity))
        return limit

    def _ceiling_ongoing(self, severity: int, reasons: list[Reason]) -> int:
        """A long war has such news every day; only a shock in it is news here."""
        rules = self.lexicon.rules
        shocks = ("zwaarder", "schok_buitenland", 0) in self.found or list(self._toll())
        abroad = self.place.proximity is Proximity.ABROAD_TOUCHING and not self._is("E02", "E05")
        if not abroad or shocks or not set(self.themes) & set(rules.lopende_themas):
            return severity
        if severity > rules.hoogste_lopend:
            text = texts.CEILING_ONGOING.format(limit=rules.hoogste_lopend)
            reasons.append(Reason(text, rules.hoogste_lopend - severity))
        return min(severity, rules.hoogste_lopend)

    def _limit(self, severity: int, reasons: list[Reason]) -> int:
        """Contexts in which the words mean something else (sport, film, drill, history)."""
        typed_in_title = any(not hit.in_lead for hit in self.hits.values())
        for key, exclusion in self.lexicon.exclusions.items():
            if exclusion.effect in {"masker", "rechtbank"}:
                continue
            hits = self.found.get(("uitzondering", key, 0), ())
            # A word far down in the lead does not undo what the title says.
            telling = [hit for hit in hits if not (hit.in_lead and typed_in_title)]
            if not telling or ("mits_geen", key, 0) in self.found:
                continue
            limit = self._limit_of(exclusion.effect)
            if severity > limit:
                text = texts.LIMIT if limit else texts.DROPPED
                shown = text.format(name=exclusion.naam, shown=telling[0].shown, limit=limit)
                reasons.append(Reason(shown, limit - severity))
                severity = limit
        return severity

    def _limit_of(self, effect: str) -> int:
        if effect != "weg":
            return 1
        strong = any(self.lexicon.types[key].basis >= 3 for key in self.hits)
        vouched = self.trust is Trust.OFFICIAL and self.place.proximity.is_arnhem
        return 4 if strong and vouched else 0

    def _is(self, *types: str) -> bool:
        return any(key in self.hits for key in types)

    def _touches(self) -> bool:
        return bool(set(self.themes) & set(self.lexicon.rules.themas_buitenland))
