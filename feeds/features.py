"""What can be seen in one item, each thing under a name. Pure: hits in, features out.

A feature is worth 1 where the title says it and less where only the lead does
(``lead_share``). What each weighs stands in ``lexicon/weights.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from feeds import texts
from feeds.lexicon import Lexicon
from feeds.matching import Hit, fold, words_of_item
from feeds.places import Found, Place, Proximity

#: a title that says it, against a lead that says it
LEAD_SHARE = 0.5
DEATHS = (("getal:tien", 10), ("getal:honderd", 100), ("getal:duizend", 1000))
ABROAD_SECTIONS = frozenset({"rubriek:buitenland", "rubriek:oorlog"})
#: beside these, a word that may be of a war is one
WARS = frozenset({"israel_gaza", "rusland_oekraine", "rubriek:oorlog", "overval"})
#: an army may be meant there, though police stands beside it
ABROAD = frozenset({"familie_daar", "amerika"})
FAR_PLACES = ("west_europa", "familie_daar", "amerika", "israel_gaza", "rusland_oekraine")
#: between words that stand apart in a title
MORE_WORDS = " … "
_NATION = "nederland"

_QUOTE = re.compile(r"\A\s*['\"‘’“„]|:\s*['\"‘’“„]")
_AGE = re.compile(r"\((?:[1-9]|1[0-9])\)")
_LIVES = re.compile(r"\b(\d[\d.]*)\s+(?:levens|slachtoffers)\b", re.I)
_DEATH_TOLL = re.compile(r"\bdodental\b[^.\d]{0,60}(\d[\d.]*)", re.I)
_SEVERAL = re.compile(
    r"\b(?:meerdere|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|[2-9]|[1-9]\d+)\s+"
    r"(?:\w+\s+)?dod(?:en|elijke)\b",
    re.I,
)
_WOUNDED = re.compile(
    r"\b(tientallen|honderden|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|"
    r"twintig|dertig|veertig|vijftig|[5-9]|[1-9]\d+)\s+(?:\w+\s+)?gewonden\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that is seen: how strongly (0–1) and in which words.

    ``name``: what it is called here, where its words mean something else than they mostly do.
    """

    value: float
    shown: str = ""
    name: str = ""


_VALUE = attrgetter("value")


def observe(
    title: str, lead: str, found: Found, place: Place, marks: Iterable[str], lexicon: Lexicon
) -> dict[str, Feature]:
    """The features of an item, by name.

    :param marks: features that are known already: its types, source, section, shape.
    """
    literal = _literal(found, lexicon)
    seen = dict(_words(literal, lexicon))
    seen.update((mark, Feature(1.0)) for mark in marks)
    seen[f"plaats:{place.proximity.value}"] = Feature(1.0, place.shown)
    seen.update(_shape(title))
    seen.update(_numbers(f"{title} {lead}", lexicon))
    if place.proximity.is_local:
        seen["dichtbij"] = Feature(1.0, place.shown)
    if _is_here(seen, place):
        seen["hier"] = Feature(1.0)
    seen.update(_read_otherwise(seen, literal, (title, lead), place, lexicon))
    seen.update(_together(seen, lexicon))
    return seen


def _read_otherwise(
    seen: Mapping[str, Feature], found: Found, text: tuple[str, str], place: Place,
    lexicon: Lexicon,
) -> Iterator[tuple[str, Feature]]:  # fmt: skip
    """What was seen in words with several meanings only, under the name that fits: an *inval* of
    the police is no war. What it weighs stays as it is."""
    if WARS & set(seen):
        return
    is_here = "hier" in seen and place.proximity.is_dutch
    for key in seen.keys() & lexicon.read_otherwise:
        terms = {hit.term for hit in found.get(("kenmerk", key, 0), ())}
        words = [] if ABROAD & set(seen) else words_of_item(*text)
        beside = lexicon.readings.find(words)
        for number, reading in enumerate(lexicon.features.kenmerken[key].leest_als):
            fits = (reading.in_nederland and is_here) or (key, number) in beside
            if terms and fits and terms <= set(reading.woorden):
                yield key, replace(seen[key], name=reading.naam)
                break


def figurative(found: Found, lexicon: Lexicon) -> set[int]:
    """Where words stand that are only meant as a figure of speech."""
    return {
        position
        for key, exclusion in lexicon.exclusions.items()
        if exclusion.effect == "masker"
        for hit in found.get(("uitzondering", key, 0), ())
        for position in range(hit.start, hit.end)
    }


def _literal(found: Found, lexicon: Lexicon) -> Found:
    masked = figurative(found, lexicon)
    if not masked:
        return found
    return {tag: [one for one in hits if one.start not in masked] for tag, hits in found.items()}


def _words(found: Found, lexicon: Lexicon) -> Iterator[tuple[str, Feature]]:
    for key in lexicon.features.kenmerken:
        if hits := found.get(("kenmerk", key, 0)):
            yield key, _strongest(hits)
    for key, exclusion in lexicon.exclusions.items():
        if exclusion.effect == "telt" and (hits := found.get(("uitzondering", key, 0))):
            yield f"uitzondering:{key}", _strongest(hits)


def _strongest(hits: Sequence[Hit]) -> Feature:
    for hit in hits:
        if not hit.in_lead:
            return Feature(1.0, hit.shown)
    return Feature(LEAD_SHARE, hits[0].shown)


def _shape(title: str) -> Iterator[tuple[str, Feature]]:
    if title.rstrip().endswith("?"):
        yield "vorm:vraag", Feature(1.0)
    if _QUOTE.search(title):
        yield "vorm:citaat", Feature(1.0)
    if found := _AGE.search(title):
        yield "leeftijd", Feature(1.0, found[0])
        yield "jong", Feature(1.0, found[0])


def _numbers(text: str, lexicon: Lexicon) -> Iterator[tuple[str, Feature]]:
    numbers = [int(re.sub(r"\D", "", one)) for one in _deaths(text, lexicon)]
    most = max((one for one in numbers if one < lexicon.rules.dodental.te_veel), default=0)
    for name, least in DEATHS:
        if most >= least:
            yield name, Feature(1.0, str(most))
    if found := _SEVERAL.search(text):
        yield "meer_doden", Feature(1.0, found[0])
    if found := _WOUNDED.search(text):
        yield "meer_gewonden", Feature(1.0, found[0])


def _deaths(text: str, lexicon: Lexicon) -> Iterator[str]:
    for pattern in (lexicon.toll, _LIVES, _DEATH_TOLL):
        yield from (one[1] for one in pattern.finditer(text))


def _is_here(seen: Mapping[str, Feature], place: Place) -> bool:
    """In the Netherlands: a Dutch place, or nothing that points abroad."""
    if place.proximity.is_dutch:
        # "Nederlander" beside a foreign place tells who was there, not where it was.
        abroad = ABROAD_SECTIONS & set(seen) or any(name in seen for name in FAR_PLACES)
        return not (abroad and fold(place.shown).startswith(_NATION))
    if ABROAD_SECTIONS & set(seen) or place.proximity is Proximity.ABROAD:
        return False
    return not any(name in seen for name in FAR_PLACES)


def _together(seen: Mapping[str, Feature], lexicon: Lexicon) -> Iterator[tuple[str, Feature]]:
    for key, choices in lexicon.pairs:
        least, parts, name = 1.0, [], ""
        for choice in choices:
            part = max((seen[name] for name in choice if name in seen), key=_VALUE, default=None)
            if part is None:
                break
            least = min(least, part.value)
            parts.append(part.shown)
            name = name or part.name
        else:
            # The words of all its parts, each once: "doden door geweld" names no word itself.
            shown = MORE_WORDS.join(dict.fromkeys(filter(None, parts)))
            yield f"samen:{key}", Feature(least, shown, name)


def shown_reason(name: str, feature: Feature, lexicon: Lexicon) -> str:
    """A feature in Dutch, with the words in which it was seen."""
    text = feature.name or lexicon.feature_names.get(name, name)
    return texts.FEATURE.format(name=text, shown=feature.shown) if feature.shown else text
