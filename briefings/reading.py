"""How easily a text reads: words per sentence and the Flesch-Douma score. Pure.

Flesch-Douma (Douma 1960) is the Dutch form of Flesch: 206.84 − 0.77 × syllables per hundred
words − 0.93 × words per sentence. Higher is easier; ordinary newspapers are near 50, what a
reader of B1 follows without effort is 65 and up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from briefings import language
from briefings.plaintext import Block, words

_BASE, _PER_SYLLABLE, _PER_WORD = 206.84, 0.77, 0.93
#: one sound in Dutch, the longest first; what is not one of these is counted letter by letter
_VOWELS = re.compile(
    r"eau|aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|ai|oi|[aeiouyàáâèéêìíòóôùúûäëïöü]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d.:%]+")


@dataclass(frozen=True, slots=True)
class Score:
    """Of one text: counts, the mean and the longest sentence in words, Flesch-Douma."""

    words: int
    sentences: int
    mean: float
    longest: int
    flesch: float


@lru_cache(maxsize=16_384)
def syllables(word: str) -> int:
    """How many sounds a word has, at least one; a number counts as two."""
    if _NUMBER.fullmatch(word):
        return 2
    return max(1, len(_VOWELS.findall(word)))


def score_of(blocks: Sequence[Block]) -> Score:
    """The text proper: no headings, no sources, no standard parts."""
    lines = [
        line
        for block in blocks
        if not block.standard and not block.is_heading
        for line in language.sentences(block.said)
    ]
    return score_lines(lines)


def score_lines(lines: Sequence[str]) -> Score:
    """The score of sentences; nothing reads as easily as an empty text."""
    counts = [len(words(line)) for line in lines]
    total = sum(counts)
    if not total:
        return Score(0, 0, 0.0, 0, 100.0)
    sounds = sum(syllables(word) for line in lines for word in words(line))
    mean = total / len(counts)
    flesch = _BASE - _PER_SYLLABLE * 100 * sounds / total - _PER_WORD * mean
    return Score(total, len(counts), mean, max(counts), flesch)
