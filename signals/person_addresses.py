"""Streets and addresses in a text. Pure.

A street alone is only finer than asked for (STRAAT); with a house number it is somebody's
home (ADRES). Small letters count as well: who types on a phone writes *hommelstraat 63*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from signals import dutch_words
from signals.person_words import Span, fold

_STREET_END = (
    "straat|straatje|laan|weg|plein|kade|singel|hof|dijk|pad|steeg|gracht|markt|plantsoen|dreef"
    "|ring|boulevard|erf|wal|burg|hout|akker|brink|horst|gaarde?|weide|oord|stede|park|baan"
)
#: what a street ends in and hardly anything else does
_SURE_END = "straat|laan|weg|plein|kade|singel|dijk|pad|steeg|gracht|markt|plantsoen|dreef"
_SMALL_END = "straat|straatje|laan|plein|kade|singel|plantsoen|dreef|steeg"
#: a street that begins with its kind: "Laan van Presikhaaf", "Plein 1940"
_STREET_HEAD = (
    "Laan|Weg|Plein|Kade|Singel|Hof|Pad|Steeg|Gracht|Markt|Park|Dijk|Boulevard|Baan|Straat"
)
_JOINT = r"(?:van|de|der|den|het|'t|ten|ter|te|op|aan|in)"
#: the parts of a street's name in front of its last word: "Johan de ", "Burgemeester Weerts"
_FRONT = r"(?:[A-Z][\w'’.-]*\s(?:(?:van|de|der|den|het|'t|ten|ter|te)\s)*){0,3}"
_HOUSE = (
    r"\d{1,4}(?:\s?-?\s?[a-z](?![a-z]))?(?:\s?[-/]\s?\d{1,4})?"
    r"(?:\s?[-/]?\s?(?:bis|hs|huis|I{1,3}|IV|VI?)\b)?(?!\d)"
)
_NUMBERED = rf"\s(?:(?i:nr|nummer)\.?\s)?(?i:{_HOUSE})"
_POSTCODE = r"[1-9]\d{3}\s?[A-Z]{2}(?![A-Za-z])"
# Two small letters after a year or a number are mostly a word ("2026 in").
_SMALL_POSTCODE = (
    r"[1-9]\d{3}\s?(?!(?:in|en|is|op|de|om|te|al|we|ze|er|nu|na|of|zo|ik|je|ja|uw|me|as|at|ah|u"
    r"|ga|re|pm|am|eu|m|cm|km|kg|st|nd|la)\b)[a-z]{2}(?![A-Za-z])"
)
_BEHIND = rf"(?:,?\s(?:{_POSTCODE}(?:\s[A-Z]\w+)?|{_SMALL_POSTCODE}(?:\s[^\W\d_]{{3,}})?))?"

_ADDRESSES: tuple[str, ...] = (
    rf"(?<![\w'’.-]){_FRONT}[^\W\d_][\w'’-]*(?i:{_STREET_END}){_NUMBERED}{_BEHIND}",
    (
        rf"(?<![\w'’.-])(?:{_STREET_HEAD})\s(?:{_JOINT}\s){{1,2}}[A-Z][\w'’-]*(?:\s[A-Z][\w'’-]*)?"
        rf"{_NUMBERED}{_BEHIND}"
    ),
    (
        r"(?i)\b(?:woont|wonen|woonde|woon|verblijft|verbleef|verhuist|verhuisd|verhuisde|verhuizen"
        r"|huisadres|adres|adresje)\W{1,3}(?:(?:op|aan|in|bij|naar|is|het|de)\W{1,3})*"
        rf"((?:[^\W\d_][\w'’.-]*\s){{1,5}}{_HOUSE})(?!\s?jaar)"
    ),
    (
        r"(?<![\w'’.-])[A-Z][\w'’.-]*(?:\s(?:\d{4}|[A-Z][\w'’.-]*))?"
        rf"\s(?:nr\.?|nummer|huisnummer)\s{_HOUSE}"
    ),
    rf"(?<![\w.-]){_POSTCODE}(?:\s?,?\s(?:nr\.?\s?)?{_HOUSE})?",
    rf"(?<![\w.-]){_SMALL_POSTCODE}",
)
_STREETS: tuple[str, ...] = (
    rf"(?<![\w'’-]){_FRONT}[A-Z][\w'’-]*(?:{_SURE_END})(?!\w)",
    (rf"(?<![\w'’.-])(?:{_STREET_HEAD})\s(?:{_JOINT}\s){{1,2}}[A-Z][\w'’-]*(?!\w)(?!\s[A-Z])"),
)
_SMALL_STREET = re.compile(
    rf"(?<![\w'’-])(?:de|het|op|aan|in|bij|naar|langs|rond)\s([a-z][a-z'’-]{{2,}}(?:{_SMALL_END}))(?!\w)"
)
#: what leads to a street but is no part of its name
_LEAD = re.compile(
    r"(?:[^\W\d_][\w'’.-]*\s)*?(?:aan|op|in|bij|naar|van|uit|langs|rond|over|achter|tegenover|nabij|richting)"
    r"\s(?:de|het|een)\s(?=[A-Z])"
)
_FIRST_WORD = re.compile(r"([A-Z][\w'’-]*)\s(?:(?:de|het|een|van)\s)*(?=[A-Z])")
_TITLES = frozenset(
    {"burgemeester", "koning", "koningin", "prins", "prinses", "keizer", "graaf", "hertog", "heer"}
    | {"oude", "nieuwe", "grote", "kleine", "lange", "korte", "hoge", "lage", "eerste", "tweede"}
    | {"meester", "dokter", "professor", "generaal", "pastoor", "johan", "willem", "jan", "sint"}
)
_TOWN = re.compile(r",?\s(?:in\s|te\s)?([A-Z][\w-]+)")


@cache
def _addresses() -> tuple[re.Pattern[str], ...]:
    """Made for the first text, not while everything loads."""
    return tuple(re.compile(form) for form in _ADDRESSES)


@cache
def _streets() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in _STREETS)


def find_addresses(text: str) -> Iterator[Span]:
    """Spans ADRES and STRAAT; a street inside an address is told as well."""
    for pattern in _addresses():
        group = 1 if pattern.groups else 0
        for match in pattern.finditer(text):
            start = _without_opening(text, match.start(group), match.end(group))
            yield Span(start, _with_town(text, match.end(group)), "ADRES")
    for pattern in _streets():
        for match in pattern.finditer(text):
            yield Span(_without_opening(text, match.start(), match.end()), match.end(), "STRAAT")
    for match in _SMALL_STREET.finditer(text):
        if not dutch_words.is_form(match.group(1)):
            yield Span(match.start(1), match.end(1), "STRAAT")


def _without_opening(text: str, start: int, end: int) -> int:
    """*Bij Hommelstraat 63* is Hommelstraat 63; *de De Ruyterkade* keeps its second article."""
    if lead := _LEAD.match(text, start, end):
        start = lead.end()
    opens = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?:"
    first = _FIRST_WORD.match(text, start, end)
    if not opens or first is None:
        return start
    word = first.group(1).lower()
    return first.end() if word not in _TITLES and dutch_words.is_word(word) else start


def _with_town(text: str, end: int) -> int:
    """*Hommelstraat 63, Arnhem* belongs together when the last word is a town."""
    match = _TOWN.match(text, end)
    return match.end() if match and fold(match.group(1)) in _towns() else end


@cache
def _towns() -> frozenset[str]:
    return frozenset(fold(name) for name in dutch_words.places())
