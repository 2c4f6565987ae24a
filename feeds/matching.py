"""The search language of the lexicon, compiled once and matched in well under a millisecond.

``word`` whole word · ``word*`` starts with · ``*word`` ends with · ``*word*`` contains ·
``a b`` phrase · ``a ~4 b`` within four words, any order · ``^word`` only where it is
written as a name: a capital that does not merely open a sentence ("Dieren", not "dieren").
Case and accents do not count; a hyphenated word is tried in parts and joined.

A word is looked up by what it equals, starts with and ends with, so the cost of a text
does not grow with the number of terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

#: how far apart title and lead are put, so that no phrase or "near" runs across the two
LEAD_OFFSET = 1000

_RUN = re.compile(r"[^\W_]+(?:[-‐‑'’`´][^\W_]+)*")
_HYPHEN = re.compile(r"[-‐‑]")
_POSSESSIVE = re.compile(r"['’`´]s\Z")
_OPENS_SENTENCE = re.compile(r"(?:\A|[.!?:|•–—])[\s\"'“”‘’„«»(]*\Z")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NOT_DECOMPOSED = str.maketrans(
    {"ı": "i", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


class PatternError(Exception):
    """A term in the lexicon cannot be read."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text. ``start`` and ``end`` count words; a joined word spans its parts."""

    key: str
    start: int
    end: int
    is_name: bool
    shown: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a term was found, in word positions, and the words as they were written."""

    term: str
    start: int
    end: int
    shown: str

    @property
    def in_lead(self) -> bool:
        return self.start >= LEAD_OFFSET


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without accents or apostrophes."""
    lowered = _INVISIBLE.sub("", text).lower().translate(_NOT_DECOMPOSED)
    plain = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in plain if c.isalnum())


def words_of(text: str, *, first: int = 0) -> list[Word]:
    """The words of ``text``, the hyphenated ones also joined, numbered from ``first``."""
    text = _INVISIBLE.sub("", text)
    words: list[Word] = []
    position = first
    for run in _RUN.finditer(text):
        opens = _OPENS_SENTENCE.search(text, max(0, run.start() - 8), run.start()) is not None
        parts = [part for part in _HYPHEN.split(run[0]) if part]
        for index, part in enumerate(parts):
            named = part[0].isupper() and (index > 0 or not opens)
            key = fold(_POSSESSIVE.sub("", part))
            words.append(Word(key, position + index, position + index + 1, named, part))
        if len(parts) > 1:
            named = parts[0][0].isupper() and not opens
            joined = fold("".join(parts))
            words.append(Word(joined, position, position + len(parts), named, run[0]))
        position += len(parts)
    return words


def words_of_item(title: str, lead: str) -> list[Word]:
    """Title and lead as one row of words with a gap between them."""
    return words_of(title) + words_of(lead, first=LEAD_OFFSET)


_Phrase = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Term(Generic[T]):
    tag: T
    source: str
    left: _Phrase
    right: _Phrase | None
    distance: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One word of a term."""

    source: str
    needs_name: bool


class Matcher(Generic[T]):
    """All terms of the lexicon, each under a tag; finds which tags a text has, and where."""

    def __init__(self, terms: Iterable[tuple[T, str]]) -> None:
        self._patterns: dict[_Pattern, int] = {}
        self._needs_name: list[bool] = []
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._ends: dict[str, list[int]] = defaultdict(list)
        self._others: list[tuple[re.Pattern[str], int]] = []
        self._by_first: dict[int, list[_Term[T]]] = defaultdict(list)
        for tag, source in terms:
            term = self._compile(tag, source)
            self._by_first[term.left[0]].append(term)
        self._start_lengths = sorted({len(start) for start in self._starts})
        self._end_lengths = sorted({len(end) for end in self._ends})
        # News repeats its words: most look-ups are answered from here.
        self._look_up = lru_cache(maxsize=50_000)(self._find_patterns)

    def find(self, words: Sequence[Word]) -> dict[T, list[Hit]]:
        """The hits of every tag that occurs in ``words``, in order of the terms."""
        seen: dict[int, list[Word]] = defaultdict(list)
        for word in words:
            for pattern in self._look_up(word.key):
                if word.is_name or not self._needs_name[pattern]:
                    seen[pattern].append(word)
        found: dict[T, list[Hit]] = defaultdict(list)
        for first in seen:
            for term in self._by_first.get(first, ()):
                found[term.tag].extend(_hits(term, seen))
        return {tag: hits for tag, hits in found.items() if hits}

    def knows(self, word: str) -> bool:
        """Whether some term has this word, as a name or not."""
        return bool(self._look_up(fold(word)))

    def _compile(self, tag: T, source: str) -> _Term[T]:
        near = re.fullmatch(r"(.+?) ~(\d+) (.+)", source)
        if near is None:
            return _Term(tag, source, self._phrase(source), None, 0)
        left, right = self._phrase(near[1]), self._phrase(near[3])
        return _Term(tag, source, left, right, int(near[2]))

    def _phrase(self, source: str) -> _Phrase:
        parts = _HYPHEN.sub(" ", source).split()
        if not parts:
            raise PatternError(f"empty term {source!r}")
        return tuple(self._pattern(part) for part in parts)

    def _pattern(self, part: str) -> int:
        named = part.startswith("^")
        pattern = _Pattern("*".join(fold(piece) for piece in part.lstrip("^").split("*")), named)
        if pattern.source in {"", "*"} or "~" in part:
            raise PatternError(f"cannot read {part!r}")
        if pattern not in self._patterns:
            number = len(self._patterns)
            self._patterns[pattern] = number
            self._needs_name.append(named)
            self._file(pattern.source, number)
        return self._patterns[pattern]

    def _file(self, source: str, number: int) -> None:
        stars = source.count("*")
        if stars == 0:
            self._exact[source].append(number)
        elif stars == 1 and source.endswith("*"):
            self._starts[source[:-1]].append(number)
        elif stars == 1 and source.startswith("*"):
            self._ends[source[1:]].append(number)
        else:
            rule = ".*".join(re.escape(piece) for piece in source.split("*"))
            self._others.append((re.compile(rule), number))

    def _find_patterns(self, key: str) -> tuple[int, ...]:
        numbers = list(self._exact.get(key, ()))
        for length in self._start_lengths:
            if length > len(key):
                break
            numbers += self._starts.get(key[:length], ())
        for length in self._end_lengths:
            if length > len(key):
                break
            numbers += self._ends.get(key[-length:], ())
        numbers += [number for rule, number in self._others if rule.fullmatch(key)]
        return tuple(numbers)


def _hits(term: _Term[T], seen: Mapping[int, Sequence[Word]]) -> list[Hit]:
    left = _phrases(term.left, seen)
    if term.right is None:
        return [Hit(term.source, start, end, shown) for start, end, shown in left]
    hits = []
    for start, end, shown in left:
        for other_start, other_end, other_shown in _phrases(term.right, seen):
            apart = other_start >= end or start >= other_end
            if apart and abs(start - other_start) <= term.distance:
                both = (
                    f"{shown} … {other_shown}"
                    if start < other_start
                    else (f"{other_shown} … {shown}")
                )
                span = (min(start, other_start), max(end, other_end))
                hits.append(Hit(term.source, *span, both))
    return hits


def _phrases(phrase: _Phrase, seen: Mapping[int, Sequence[Word]]) -> list[tuple[int, int, str]]:
    """Every place where the words of ``phrase`` follow each other."""
    found = [(word.start, word.end, word.shown) for word in seen.get(phrase[0], ())]
    for pattern in phrase[1:]:
        found = [
            (start, word.end, f"{shown} {word.shown}")
            for start, end, shown in found
            for word in seen.get(pattern, ())
            if word.start == end
        ]
    return found
