"""Quotes as quotes: marks that close, and words with who said them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from briefings.lint import WARN, Remark
from briefings.lint_rules import lint_rules
from briefings.plaintext import words

#: shorter ones are a name, a word or a title
_QUOTE_WORDS = 4
_QUOTED = re.compile(r"“([^”]*)”|\"([^\"]*)\"")
#: somebody says it, or it is answered from a source
_SPEAKER = re.compile(
    r"(?<!\w)(zegt|zei|zeggen|schrijft|schreef|meldt|laat weten|aldus|volgens|noemt)(?!\w)"
    r"|:\s*[“\"]",
    re.IGNORECASE,
)


def quote_remarks(
    facts: Iterable[str], written: Iterable[str], *, public_words: str = ""
) -> list[Remark]:
    """K1: marks that do not close. K2: a quoted sentence in a fact without who said it. K3: the
    public words of the fact block, as if they were ours.

    :param facts: the sentences of the fact block.
    :param written: lines that an editor wrote by hand.
    :param public_words: somebody's, as the fact block has them.
    """
    said, by_hand = list(facts), list(written)
    found = [
        *(_remark("K1", one) for one in (*said, *by_hand) if not _closes(one)),
        *(_remark("K2", one) for one in said if _unsaid(one)),
        *(_remark("K3", one) for one in (*said, *by_hand) if _is_taken(one, public_words)),
    ]
    return list(dict.fromkeys(found))


def _closes(sentence: str) -> bool:
    return sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0


def _unsaid(sentence: str) -> bool:
    return not _SPEAKER.search(sentence) and any(
        len(words(quote)) >= _QUOTE_WORDS for quote in _quotes(sentence)
    )


def _quotes(sentence: str) -> Iterator[str]:
    for found in _QUOTED.finditer(sentence):
        yield found[1] or found[2] or ""


def _is_taken(sentence: str, public_words: str) -> bool:
    """Whether somebody's words stand there outside quotation marks."""
    theirs = public_words.strip().rstrip(".").lower()
    outside = _QUOTED.sub(" ", sentence).lower()
    return len(words(theirs)) >= _QUOTE_WORDS and theirs in outside


def _remark(code: str, sentence: str) -> Remark:
    rules = lint_rules()
    start = " ".join(sentence.split()[:5])
    return Remark(code, WARN, f"{rules.places['fact']}: “{start} …”", rules.advice[code])
