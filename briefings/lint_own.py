"""What the language check says of words that an editor wrote over the fact block. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from briefings.lint import BLOCK, WARN, Remark
from briefings.lint_rules import Level, lint_rules
from briefings.own_words import CHAT, Worded

#: enough of a sentence to find it by
_SHOWN = 60


def own_remarks(done: Worded) -> list[Remark]:
    """H1: somebody must choose between own words and a standard text that changed. H2: the chat
    still says what left the page. H3: own words for a part that is not in this text. H4: the old
    sentence stands elsewhere on the page."""
    return [
        *(_remark("H1", BLOCK, _place(place)) for place in done.unsettled),
        *_sentences("H2", BLOCK, lint_rules().places["chat"], done.behind),
        *(_remark("H3", WARN, _place(place)) for place in done.absent),
        *_sentences("H4", WARN, lint_rules().places["whole"], done.elsewhere),
    ]


def _sentences(code: str, level: Level, where: str, sentences: tuple[str, ...]) -> Iterator[Remark]:
    for sentence in sentences:
        shown = sentence if len(sentence) <= _SHOWN else f"{sentence[:_SHOWN].rsplit(' ', 1)[0]} …"
        yield _remark(code, level, f"{where}: “{shown}”")


def _place(place: str) -> str:
    return lint_rules().places["chat"] if place == CHAT else place


def _remark(code: str, level: Level, where: str) -> Remark:
    return Remark(code, level, where, lint_rules().advice[code])
