"""Words for the person filter: tokens, the lists in ``signals/lists`` and what they allow.

The lists hold folded words (lower case, no accents), so that *Ömer*, *omer* and *OMER*
are one name. They are written by ourselves; ``signals/dutch_words.py`` adds what libraries bring.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feeds.districts import districts
from signals import dutch_words

LISTS = Path(__file__).parent / "lists"

#: a letter, with the loose accents that some phones write behind it
_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*"
_TOKEN = re.compile(rf"{_LETTERS}(?:[-'’]{_LETTERS})*")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_NOT_DECOMPOSED = str.maketrans(
    {"ı": "i", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_ABBREVIATIONS = frozenset(
    {"dhr", "mw", "mevr", "mvr", "mr", "dr", "drs", "ing", "prof", "fam", "st", "geb", "nr"}
)
_SHORTEST_NAME = 3
_BOUND_ARTICLES = frozenset({"al", "el", "as", "ash", "ar", "ad", "an", "az", "at", "ul", "ud"})
_SENTENCE_END = ".!?\n…"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text and what it looks like; ``end`` is exclusive."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Token:
    """A word in a text. ``key`` is folded; ``opens`` says that it begins a sentence."""

    start: int
    end: int
    text: str
    key: str
    opens: bool

    @property
    def is_capital(self) -> bool:
        """Written as a name is: *Hariri*, and *al-Hariri*."""
        first, bound, rest = self.text.partition("-")
        return self.text[0].isupper() or (
            bool(bound) and first in _BOUND_ARTICLES and rest[:1].isupper()
        )

    @property
    def is_shouted(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


def fold(text: str) -> str:
    """Lower case without accents: *Hêvîn* and *hevin* are the same word."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_DECOMPOSED))
    return "".join(sign for sign in lowered if not unicodedata.combining(sign))


def tokenize(text: str) -> list[Token]:
    """The words of a text, in order; digits and signs are between them."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match.group()) or match.group()
        tokens.append(
            Token(
                start=match.start(),
                end=match.start() + len(word),
                text=word,
                key=fold(word),
                opens=_opens_sentence(text, match.start(), tokens),
            )
        )
    return tokens


def _opens_sentence(text: str, start: int, before: list[Token]) -> bool:
    if not before:
        return True
    gap = text[before[-1].end : start]
    if not any(sign in gap for sign in _SENTENCE_END):
        return False
    last = before[-1]
    return last.key not in _ABBREVIATIONS and not (len(last.text) == 1 and last.is_capital)


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases of one word, and the longer ones by their first word: one walk finds them all."""

    single: frozenset[str]
    longer: Mapping[str, tuple[tuple[str, ...], ...]]


def index_phrases(phrases: Iterable[str]) -> PhraseIndex:
    """Nearly all phrases are one word: kept apart, they take less memory."""
    single: set[str] = set()
    longer: dict[str, set[tuple[str, ...]]] = {}
    for phrase in phrases:
        plain = phrase.isalpha()
        keys = (fold(phrase),) if plain else tuple(token.key for token in tokenize(phrase))
        if len(keys) > 1:
            longer.setdefault(keys[0], set()).add(keys)
        else:
            single.update(keys)
    by_length = {first: tuple(sorted(found, key=len)) for first, found in longer.items()}
    return PhraseIndex(frozenset(single), by_length)


def marked_by(tokens: list[Token], index: PhraseIndex) -> set[int]:
    """Positions of the tokens that belong to a phrase of the index, written with a capital."""
    marked: set[int] = set()
    for position, token in enumerate(tokens):
        if token.is_capital and token.key in index.single:
            marked.add(position)
        for phrase in index.longer.get(token.key, ()):
            here = tokens[position : position + len(phrase)]
            if tuple(word.key for word in here) == phrase and any(w.is_capital for w in here):
                marked.update(range(position, position + len(phrase)))
    return marked


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists, folded."""

    first_names: frozenset[str]
    ambiguous: frozenset[str]
    openers: frozenset[str]
    surnames: frozenset[str]
    family: frozenset[str]
    common: frozenset[str]
    public: PhraseIndex
    shouted: frozenset[str]
    allowed: PhraseIndex
    districts: PhraseIndex
    prefixes: frozenset[str]
    titles: frozenset[str]
    honorifics: frozenset[str]
    kinship: frozenset[str]
    naming: frozenset[str]
    mentions: tuple[tuple[str, ...], ...]
    speaking: frozenset[str]
    acting: frozenset[str]
    willing: frozenset[str]
    looking: frozenset[str]
    aimed: frozenset[str]
    small_follow: frozenset[str]
    handing: frozenset[str]
    places_lead: frozenset[str]
    persons_follow: frozenset[str]
    announcing: frozenset[str]
    offices: frozenset[str]
    organisations: frozenset[str]
    organisation_endings: tuple[str, ...]
    place_endings: tuple[str, ...]
    houses_of_worship: frozenset[str]
    near: frozenset[str]
    places_follow: frozenset[str]


@cache
def load_lists() -> Lists:
    """Read the lists once; with those of the libraries it takes half a second."""
    cues = tomllib.loads((LISTS / "cues.toml").read_text(encoding="utf-8"))
    sets = {name: frozenset(words) for name, words in cues.items()}
    first_names, ambiguous = _first_names()
    surnames = _words("surnames.txt") | _known_surnames()
    family = surnames | _also_words()
    names = first_names | ambiguous | family
    towns = (
        town
        for town in dutch_words.places()
        if town.isalpha() and fold(town) not in names and not dutch_words.is_form(town)
    )
    public = index_phrases(_lines("public.txt"))
    # "Ad" and "Han" are people, "AD" and "HAN" a paper and a school.
    shouted = {line for line in _lines("allow.txt") if line.isupper() and fold(line) in names}
    allow = [line for line in _lines("allow.txt") if line not in shouted]
    return Lists(
        first_names=first_names,
        ambiguous=ambiguous,
        openers=_words("openers.txt"),
        surnames=surnames,
        family=family,
        common=_common(),
        public=public,
        shouted=frozenset(fold(line) for line in shouted),
        allowed=index_phrases([*allow, *_district_words(), *towns]),
        districts=index_phrases(_district_words()),
        prefixes=sets["prefixes"],
        titles=sets["titles"],
        honorifics=sets["honorifics"],
        kinship=sets["kinship"],
        naming=sets["naming"],
        mentions=tuple(tuple(phrase.split()) for phrase in cues["mentions"]),
        speaking=sets["speaking"],
        acting=sets["acting"],
        willing=sets["willing"],
        looking=sets["looking"],
        aimed=sets["aimed"],
        small_follow=sets["small_follow"],
        handing=sets["handing"],
        places_lead=sets["places_lead"],
        persons_follow=sets["persons_follow"],
        announcing=sets["announcing"],
        offices=sets["offices"],
        organisations=sets["organisations"],
        organisation_endings=tuple(cues["organisation_endings"]),
        place_endings=tuple(cues["place_endings"]),
        houses_of_worship=sets["houses_of_worship"],
        near=sets["near"],
        places_follow=sets["places_follow"],
    )


@cache
def _common() -> frozenset[str]:
    return _words("common.txt") | _words("words.txt")


def _first_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names, and those that are a word as well. What we wrote ourselves goes before."""
    own, ambiguous, common = (
        _words("first_names.txt"),
        _words("ambiguous.txt"),
        _common(),
    )
    known: set[str] = set()
    doubtful: set[str] = set()
    for name in dutch_words.first_names():
        key = fold(name)
        if len(key) < _SHORTEST_NAME or key in common or key in own or key in ambiguous:
            continue
        (doubtful if dutch_words.is_form(name) else known).add(key)
    return own | known, ambiguous | doubtful


def _known_surnames() -> frozenset[str]:
    """Surnames that are no Dutch word, so that a capital is enough."""
    return frozenset(fold(name) for name in _family_names() if not dutch_words.is_form(name))


def _also_words() -> frozenset[str]:
    """Surnames that are a word as well: only behind a first name."""
    return frozenset(fold(name) for name in _family_names() if dutch_words.is_form(name))


def _family_names() -> list[str]:
    common = _common()
    return [
        name
        for name in dutch_words.family_names()
        if len(name) > _SHORTEST_NAME and fold(name) not in common
    ]


def _district_words() -> list[str]:
    """Names of wijken, also in the parts people use: *Presikhaaf* for *Presikhaaf-West*."""
    names: list[str] = []
    for _code, name in districts():
        for part in re.sub(r"\(.*?\)|e\.o\.", "", name).split("/"):
            names.append(part.strip())
            names.append(part.strip().partition("-")[0])
    return names


def _lines(name: str) -> list[str]:
    raw = (LISTS / name).read_text(encoding="utf-8")
    return [line.strip() for line in raw.splitlines() if line.strip() and line[0] != "#"]


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(word) for line in _lines(name) for word in line.split())
