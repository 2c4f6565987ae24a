"""Measures of plain Dutch: sentences, passive voice, capitals, emoji. Pure."""

from __future__ import annotations

import re
import unicodedata

from briefings.lint_rules import lint_rules, pattern
from briefings.plaintext import words

#: a sentence ends at .?! before a capital, a quote or a digit; ``20.45`` and ``o.a.`` do not end
_END = re.compile(r"(?<=[.?!…])[”\"')\]]*\s+(?=[“\"'(A-ZÀ-Ý0-9%])|(?<=[.?!…][”\"'])\s+|:\s+(?=“)")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_CAPITALS = re.compile(r"(?<![\w%])[A-Z][A-Z0-9]{1,}(?![\w%])")
#: longer runs of capitals are stress, shorter ones are abbreviations
_STRESS_LENGTH = 6


def sentences(text: str) -> list[str]:
    """The sentences of one paragraph or bullet; a quoted answer is a sentence of its own."""
    return [part.strip() for part in _END.split(text) if part and words(part)]


def passive_count(lines: list[str]) -> int:
    """How many sentences say what is done without saying who does it."""
    style = lint_rules().style
    return sum(
        1
        for line in lines
        if pattern(style.passive).search(line) and pattern(style.participle).search(line)
    )


def informal_words(text: str) -> list[str]:
    """*je* and its kin outside quotes: quotes are what a reader may say to a child."""
    return pattern(lint_rules().style.informal).findall(_QUOTED.sub(" ", text))


def capitals(text: str) -> tuple[list[str], list[str]]:
    """Words in capitals that are not known abbreviations: (stressed words, abbreviations)."""
    known = set(lint_rules().abbreviations.known)
    found = [word for word in _CAPITALS.findall(text) if word not in known]
    return (
        [word for word in found if len(word) >= _STRESS_LENGTH],
        [word for word in found if len(word) < _STRESS_LENGTH],
    )


def has_emoji(text: str) -> bool:
    """Whether a pictograph stands in the text."""
    return not text.isascii() and any(unicodedata.category(sign) == "So" for sign in set(text))
