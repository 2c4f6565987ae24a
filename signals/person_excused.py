"""Capitals that are no person: brands, clubs, storms, slogans, people in public life. Pure.

What is found here is never looked at again, so each rule asks for more than one sign.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from signals import dutch_words
from signals.person_words import Lists, PhraseIndex, Token, fold, index_phrases, marked_by

_STORMS = frozenset({"storm", "orkaan", "tyfoon", "cycloon", "zomerstorm", "herfststorm"})
#: "de Max 5": a product or a bus, not somebody
_NUMBER_BEHIND = re.compile(r"\s?\d{1,3}(?!\d|\s?-?[a-hA-H]\b)")
_QUOTED = re.compile(r"[\"“„'‘«]([^\"“”„'‘’«»\n]{4,60})[\"”'’»]")
_SLOGAN_CAPITALS = 2
_SHORTEST_TAIL = 4


@lru_cache(maxsize=8)
def index_allowed(allow: frozenset[str]) -> PhraseIndex:
    """The municipality's own allow-list, indexed once."""
    return index_phrases(allow)


def allowed_positions(
    text: str, tokens: list[Token], lists: Lists, allow: Collection[str]
) -> set[int]:
    """Positions of words that are known not to be a person, or a person in public life."""
    excused = marked_by(tokens, lists.allowed) | marked_by(tokens, index_allowed(frozenset(allow)))
    public = marked_by(tokens, lists.public)
    known = {p for p in public if not _is_namesake(p, tokens, public, lists)}
    loud = {p for p, token in enumerate(tokens) if token.is_shouted and token.key in lists.shouted}
    more = {
        *_supporters(tokens, lists),
        *_named_by_office(text, tokens, lists),
        *_slogans(text, tokens, lists),
    }
    return excused | known | loud | more


def excused_by_us(tokens: list[Token], lists: Lists, allow: Collection[str]) -> set[int]:
    """What only our own list of places and clubs excuses; what the municipality says stands."""
    return marked_by(tokens, lists.allowed) - marked_by(tokens, index_allowed(frozenset(allow)))


def _is_namesake(position: int, tokens: list[Token], public: set[int], lists: Lists) -> bool:
    """*Aylin Erdoğan*, *mevrouw Rutte*: somebody else with the surname of a public person."""
    if position == 0 or {position - 1, position + 1} & public:
        return False
    before = tokens[position - 1]
    near = tokens[position].start - before.end == 1
    if not near:
        return False
    called = before.key in lists.first_names or before.key in lists.honorifics
    return called or (before.is_capital and not before.opens and before.key not in lists.offices)


def _supporters(tokens: list[Token], lists: Lists) -> Iterator[int]:
    """*Galatasaray-fans*, *Koerden-debat*: what is behind the hyphen says that it is no person."""
    for position, token in enumerate(tokens):
        first, hyphen, last = token.text.rpartition("-")
        if not hyphen or not last.islower() or len(last) < _SHORTEST_TAIL:
            continue
        key = fold(last)
        if key in lists.first_names or key in lists.surnames or key in lists.prefixes:
            continue
        if fold(first) not in lists.first_names and dutch_words.is_form(last):
            yield position


def _named_by_office(text: str, tokens: list[Token], lists: Lists) -> Iterator[int]:
    """*storm Eunice*: the weather office named it. *Max 5*: a number is no surname."""
    for position, token in enumerate(tokens):
        stormy = position > 0 and token.is_capital and tokens[position - 1].key in _STORMS
        if stormy or (token.key in lists.ambiguous and _NUMBER_BEHIND.match(text, token.end)):
            yield position


def _slogans(text: str, tokens: list[Token], lists: Lists) -> Iterator[int]:
    """*"Samen Staan We Sterk"*: words of the dictionary with capitals, between quotes."""
    for quote in _QUOTED.finditer(text):
        inside = [
            p for p, t in enumerate(tokens) if quote.start(1) <= t.start and t.end <= quote.end(1)
        ]
        capitals = [p for p in inside if tokens[p].is_capital]
        if len(capitals) >= _SLOGAN_CAPITALS and all(_is_plain(tokens[p], lists) for p in inside):
            yield from capitals


def _is_plain(token: Token, lists: Lists) -> bool:
    if token.key in lists.first_names:
        return False
    return token.key in lists.common or dutch_words.is_form(token.text.lower())
