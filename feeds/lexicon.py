"""The lexicon: what to look for, where Arnhem is, and how much it weighs.

The words are data in ``feeds/lexicon/*.toml``; a wrong field or term is an error at start.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from feeds import texts
from feeds.chosen_place import chosen, on_change, read_places
from feeds.lexicon_entries import (
    DefaultSource,
    EventType,
    Exclusion,
    Features,
    Gazetteer,
    Rules,
    Theme,
    Weights,
)
from feeds.matching import Matcher, fold

PLACE = Path(__file__).with_name("lexicon")
GENERAL = "algemeen"

#: (list, id, number of the group within it)
Tag = tuple[str, str, int]


@dataclass(frozen=True)
class Lexicon:
    """Everything that is known about words, with one matcher over all of it."""

    types: dict[str, EventType]
    exclusions: dict[str, Exclusion]
    themes: dict[str, Theme]
    gazetteer: Gazetteer
    rules: Rules
    features: Features
    weights: Weights
    known_names: frozenset[str]

    @cached_property
    def matcher(self) -> Matcher[Tag]:
        return Matcher(self._terms())

    def with_weights(self, base: float, weights: Mapping[str, float]) -> Lexicon:
        """The same words, weighed otherwise; the matcher is shared."""
        other = replace(self, weights=Weights(basis=base, gewicht=dict(weights)))
        other.__dict__["matcher"] = self.matcher
        return other

    @cached_property
    def event_types(self) -> dict[str, tuple[str, str]]:
        """Dutch name and template set of every type a person may choose, the general one last."""
        known = {key: (kind.naam, kind.sjabloon) for key, kind in self.types.items()}
        return known | texts.TYPES_BY_HAND | {GENERAL: (texts.GENERAL_TYPE, GENERAL)}

    @cached_property
    def toll(self) -> re.Pattern[str]:
        """A number of deaths in a text, as group 1."""
        words = "|".join(map(re.escape, self.rules.dodental.woorden))
        return re.compile(rf"\b(\d{{1,3}}(?:[.\s]?\d{{3}})*)\s+(?:\w+\s+)?(?:{words})\b", re.I)

    @cached_property
    def section_classes(self) -> dict[str, str]:
        """The class of every section that is known by name."""
        return {name: key for key, names in self.features.rubrieken.items() for name in names}

    @cached_property
    def pairs(self) -> list[tuple[str, list[list[str]]]]:
        """Features that say something else together: one name of every list has to be seen."""
        return [(key, pair.choices) for key, pair in self.features.samen.items()]

    @cached_property
    def only_together(self) -> frozenset[str]:
        """Features that count only beside others: a community's name alone means nothing."""
        words = self.features.kenmerken
        return frozenset(key for key, one in words.items() if one.alleen_samen)

    @cached_property
    def prior(self) -> dict[str, float]:
        """What every feature would weigh without measurements, in points of severity."""
        features = self.features
        pairs = {f"samen:{key}": one.vooraf for key, one in features.samen.items()}
        named = {**features.kenmerken, **features.overig}
        return {key: one.vooraf for key, one in named.items()} | pairs

    @cached_property
    def readings(self) -> Matcher[tuple[str, int]]:
        """What stands beside words with several meanings: (feature, number of its reading).

        Apart from the matcher over everything: a name for a reason may not weigh.
        """
        return Matcher(
            ((key, number), term)
            for key, feature in self.features.kenmerken.items()
            for number, reading in enumerate(feature.leest_als)
            for term in reading.naast
        )

    @cached_property
    def read_otherwise(self) -> frozenset[str]:
        """Features of which some words have several meanings."""
        words = self.features.kenmerken
        return frozenset(key for key, one in words.items() if one.leest_als)

    @cached_property
    def feature_names(self) -> dict[str, str]:
        """Every feature's Dutch name."""
        features = self.features
        named = {**features.kenmerken, **features.overig}
        kinds = {f"soort:{key}": kind.naam for key, kind in self.types.items()}
        kinds |= {f"uitzondering:{key}": one.naam for key, one in self.exclusions.items()}
        pairs = {f"samen:{key}": one.naam for key, one in features.samen.items()}
        city = self.gazetteer.gemeente.naam
        told = kinds | pairs | {key: one.naam for key, one in named.items()}
        return {key: name.replace("{stad}", city) for key, name in told.items()}

    @cached_property
    def needs_city(self) -> frozenset[str]:
        """Terms for places that exist elsewhere too."""
        return frozenset(self.gazetteer.ambigu.termen)

    def knows(self, word: str) -> bool:
        """Whether a capitalised word is a place, an institution or an ordinary word here."""
        return fold(word) in self.known_names or self.matcher.knows(word)

    def _terms(self) -> Iterator[tuple[Tag, str]]:
        for key, kind in self.types.items():
            for group, terms in enumerate([kind.any, *kind.alle]):
                yield from _tagged("type", key, terms, group)
        for key, exclusion in self.exclusions.items():
            yield from _tagged("uitzondering", key, exclusion.any)
            yield from _tagged("mits_geen", key, exclusion.mits_geen)
        for key, feature in self.features.kenmerken.items():
            yield from _tagged("kenmerk", key, feature.any)
        for key, theme in self.themes.items():
            yield from _tagged("thema", key, theme.any)
        yield from self._places()
        yield from _tagged("regel", "voorkomen", self.rules.voorkomen.any)
        yield from _tagged("regel", "lokale_zaken", self.gazetteer.lokale_zaken.any)
        yield from _tagged("regel", "overzicht", self.rules.overzicht.any)

    def _places(self) -> Iterator[tuple[Tag, str]]:
        gazetteer = self.gazetteer
        yield from _tagged("plaats", "gemeente", gazetteer.gemeente.termen)
        yield from _tagged("plaats", "negeer", gazetteer.gemeente.negeer)
        for district in gazetteer.wijken:
            yield from _tagged("wijk", district.code, district.termen)
        for group in gazetteer.plekken:
            yield from _tagged("plek", group.soort, group.termen)
        for group in gazetteer.omgeving:
            yield from _tagged("plaats", group.soort, group.termen)


def _tagged(kind: str, key: str, terms: list[str], group: int = 0) -> Iterator[tuple[Tag, str]]:
    return (((kind, key, group), term) for term in terms)


@cache
def load_lexicon() -> Lexicon:
    """The lexicon, read and compiled once.

    :raises pydantic.ValidationError: a file has an unknown or missing field.
    :raises feeds.matching.PatternError: a term cannot be read.
    """
    known = _read("known_names")
    lexicon = Lexicon(
        types=_models("events", EventType),
        exclusions=_models("exclusions", Exclusion),
        themes=_themes(chosen().themes),
        gazetteer=Gazetteer.model_validate(read_places(chosen().places)),
        rules=Rules.model_validate(_read("severity")),
        features=Features.model_validate(_read("features")),
        weights=Weights.model_validate(_read("weights")),
        known_names=frozenset(fold(word) for words in known.values() for word in words),
    )
    _ = lexicon.matcher
    return lexicon


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a subject."""
    return frozenset(fold(word) for word in _read("stop_words")["woorden"])


@cache
def given_names() -> frozenset[str]:
    """First names, folded: with a capitalised word behind it, one always makes a name."""
    return frozenset(fold(word) for word in _read("given_names")["voornamen"])


@cache
def ordinary_words() -> frozenset[str]:
    """Words that mean something in a title besides any place: of features, first names."""
    features = load_lexicon().features.kenmerken.values()
    bare = {term for one in features for term in one.any if term.isalpha()}
    return frozenset(map(fold, bare)) | stop_words() | given_names()


@cache
def default_sources() -> list[DefaultSource]:
    """The feeds for Arnhem that a new installation starts with; none of them was tested."""
    return [DefaultSource.model_validate(source) for source in _read("sources")["bronnen"]]


def mask_names(title: str) -> str:
    """``title`` with what looks like a person's name replaced by ``[naam]``."""
    from feeds.names import mask

    return mask(title, load_lexicon().knows, given_names())


def _themes(path: Path) -> dict[str, Theme]:
    found = tomllib.loads(path.read_text("utf-8"))
    return {key: Theme.model_validate(value) for key, value in found.items()}


def _models(name: str, kind: type[Any]) -> dict[str, Any]:
    return {key: kind.model_validate(value) for key, value in _read(name).items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((PLACE / f"{name}.toml").read_text("utf-8"))


on_change(load_lexicon.cache_clear)
on_change(ordinary_words.cache_clear)
