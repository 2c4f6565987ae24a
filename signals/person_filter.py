"""The person filter: refuses a text that is about a person, before anything is stored.

Pure and quick (about a millisecond for a message). Schakel asks about the mood in groups;
a name, number, account or address of somebody belongs elsewhere, so false alarms are
accepted and the sender is asked to rephrase. It misses some names: nothing here may be
called anonymous.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from signals.person_addresses import find_addresses
from signals.person_names import find_names
from signals.person_patterns import find_forms
from signals.person_single import find_singled_out
from signals.person_words import (
    Lists,
    Span,
    Token,
    load_lists,
    marked_by,
    tokenize,
)

__all__ = ["WARNING_LABELS", "Screening", "Span", "screen"]

#: finer than asked for, but no person: the sender may go on
WARNING_LABELS = frozenset({"KLAS", "STRAAT"})
_WORD = re.compile(r"\S+")
#: how many words may stand between a house of worship and its place
_NEAR_WORDS = 4
_STREET = re.compile(r"(?:straat|laan|weg|plein|kade|singel|dijk|park)\Z")


@dataclass(frozen=True, slots=True)
class Screening:
    """What the filter saw. ``words`` are 1-based numbers of the words of blocking spans."""

    blocked: bool
    spans: tuple[Span, ...]
    words: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that block, each once, in alphabetical order."""
        return tuple(sorted({s.label for s in self.spans if s.label not in WARNING_LABELS}))


def screen(text: str, allow: Collection[str] = ()) -> Screening:
    """Look for personal data in ``text``; never raises.

    :param allow: names of places, schools and clubs of this city that are not a person.
    Labels: NAAM, TEL, EMAIL, URL, HANDLE, BSN, IBAN, KENTEKEN, ADRES, GEBDATUM, PERSOON,
    LOCATIE block; KLAS and STRAAT are only mentioned.
    """
    lists, tokens = load_lists(), tokenize(text)
    spans = [
        *find_forms(text),
        *find_addresses(text),
        *find_singled_out(text),
        *find_names(text, tokens, lists, allow),
        *_fine_places(tokens, lists),
    ]
    merged = tuple(_whole_addresses(text, _merged(spans)))
    hits = [span for span in merged if span.label not in WARNING_LABELS]
    return Screening(blocked=bool(hits), spans=merged, words=_word_numbers(text, hits))


def _fine_places(tokens: list[Token], lists: Lists) -> Iterable[Span]:
    """*moskee in Klarendal*: finer than the wijk, and it hints at a religion."""
    districts = marked_by(tokens, lists.districts)
    for position, token in enumerate(tokens):
        if token.key not in lists.houses_of_worship:
            continue
        for other in range(position + 2, min(position + 2 + _NEAR_WORDS, len(tokens))):
            place = tokens[other]
            if not any(t.key in lists.near for t in tokens[position + 1 : other]):
                continue
            if other in districts or (place.is_capital and _STREET.search(place.key)):
                first = _name_in_front(tokens, position)
                yield Span(tokens[first].start, place.end, "LOCATIE")
                break


def _name_in_front(tokens: list[Token], position: int) -> int:
    """*Ulu moskee*, *Al Fath moskee*: its name says more than the kind of house."""
    while position and tokens[position - 1].is_capital and not tokens[position - 1].opens:
        position -= 1
    return position


def _merged(spans: Iterable[Span]) -> Iterable[Span]:
    """Overlapping spans of one label become one."""
    last: dict[str, Span] = {}
    for span in sorted(set(spans), key=lambda s: (s.label, s.start, s.end)):
        before = last.get(span.label)
        if before is None or span.start > before.end:
            if before is not None:
                yield before
            last[span.label] = span
        elif span.end > before.end:
            last[span.label] = Span(before.start, span.end, span.label)
    yield from last.values()


def _whole_addresses(text: str, spans: Iterable[Span]) -> Iterable[Span]:
    """*Lange Wal 203, 6826 EX*: street and postcode are one address."""
    last: Span | None = None
    for span in spans:
        near = last is not None and text[last.end : span.start] in (", ", " ", ",")
        if last is not None and near and {last.label, span.label} == {"ADRES"}:
            last = Span(last.start, span.end, "ADRES")
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _word_numbers(text: str, hits: list[Span]) -> tuple[int, ...]:
    return tuple(
        number
        for number, word in enumerate(_WORD.finditer(text), start=1)
        if any(span.start < word.end() and span.end > word.start() for span in hits)
    )
