"""What is wrong, doubtful or unchecked in a city's list of places. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feeds.lexicon_entries import Gazetteer
from feeds.matching import fold, words_of

_CODE = re.compile(r"WK(\d{4})\d{2}\Z")
_CITY = re.compile(r"GM(\d{4})\Z")
_PLAIN = re.compile(r"[^\W\d_]+\Z")


class Fault(StrEnum):
    """Kinds of findings; the first six are wrong, the others ask for a look."""

    DOUBLE = "double"
    DOUBLE_CODE = "double_code"
    BAD_CODE = "bad_code"
    OTHER_CITY = "other_city"
    NO_TERMS = "no_terms"
    NO_NAMES = "no_names"
    AMBIGUOUS = "ambiguous"
    UNUSED = "unused"
    NO_SHAPE = "no_shape"
    NO_MAP = "no_map"
    NO_WIJK = "no_wijk"

    @property
    def is_wrong(self) -> bool:
        return self not in _DOUBTFUL


_DOUBTFUL = frozenset({Fault.AMBIGUOUS, Fault.UNUSED, Fault.NO_SHAPE, Fault.NO_MAP, Fault.NO_WIJK})


@dataclass(frozen=True, slots=True)
class Finding:
    """``what``: the term or code; ``where``: the places that it concerns."""

    fault: Fault
    what: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings, and how much of the list nobody in the city looked at yet."""

    findings: tuple[Finding, ...]
    wijken: int
    terms: int
    unchecked_wijken: int
    unchecked_terms: int

    @property
    def is_wrong(self) -> bool:
        return any(one.fault.is_wrong for one in self.findings)


def check(
    places: Gazetteer, *, ordinary: Collection[str] = (), shapes: Collection[str] = ()
) -> Checked:
    """Look at a list of places.

    :param ordinary: words that mean something else too, folded.
    :param shapes: codes of the wijken that the map has.
    """
    listed = list(_listed(places))
    groups = (*places.plekken, *places.omgeving)
    return Checked(
        findings=(
            *_codes(places),
            *_doubles(listed),
            *_doubtful(places, listed, ordinary),
            *_shapes(places, shapes),
        ),
        wijken=len(places.wijken),
        terms=len(listed),
        unchecked_wijken=sum(one.te_controleren for one in places.wijken),
        unchecked_terms=sum(len(one.termen) for one in groups if one.te_controleren)
        + sum(len(one.termen) for one in places.wijken if one.te_controleren),
    )


def _listed(places: Gazetteer) -> Iterator[tuple[str, str]]:
    """Every term with the place that it points at."""
    city = places.gemeente.naam
    yield from ((term, city) for term in places.gemeente.termen)
    for wijk in places.wijken:
        yield from ((term, wijk.naam) for term in wijk.termen)
    for group in (*places.plekken, *places.omgeving):
        yield from ((term, group.soort) for term in group.termen)


def _codes(places: Gazetteer) -> Iterator[Finding]:
    city = _CITY.match(places.gemeente.cbs)
    if city is None:
        yield Finding(Fault.BAD_CODE, places.gemeente.cbs, (places.gemeente.naam,))
    if not places.gemeente.termen:
        yield Finding(Fault.NO_NAMES, places.gemeente.naam)
    by_code: defaultdict[str, list[str]] = defaultdict(list)
    for wijk in places.wijken:
        by_code[wijk.code].append(wijk.naam)
        code = _CODE.match(wijk.code)
        if code is None:
            yield Finding(Fault.BAD_CODE, wijk.code, (wijk.naam,))
        elif city is not None and code[1] != city[1]:
            yield Finding(Fault.OTHER_CITY, wijk.code, (wijk.naam,))
        if not wijk.termen:
            yield Finding(Fault.NO_TERMS, wijk.naam)
    for number, names in by_code.items():
        if len(names) > 1:
            yield Finding(Fault.DOUBLE_CODE, number, tuple(names))


def _doubles(listed: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    where: defaultdict[str, list[str]] = defaultdict(list)
    for term, place in listed:
        where[_key(term)].append(place)
    for term, places in where.items():
        if len(places) > 1:
            yield Finding(Fault.DOUBLE, term, tuple(dict.fromkeys(places)))


def _doubtful(
    places: Gazetteer, listed: Sequence[tuple[str, str]], ordinary: Collection[str]
) -> Iterator[Finding]:
    """Bare words that are ordinary words too, and marks of doubt that nothing is marked with."""
    guarded = {_key(term) for term in places.ambigu.termen}
    for term, place in listed:
        key = _key(term)
        # "^elst" counts only as a name, so the ordinary word does no harm.
        if _PLAIN.match(term) and key in ordinary and key not in guarded:
            yield Finding(Fault.AMBIGUOUS, term, (place,))
    for term in sorted(guarded - {_key(term) for term, _ in listed}):
        if not any(_begins(term, other) for other, _ in listed):
            yield Finding(Fault.UNUSED, term)


def _shapes(places: Gazetteer, shapes: Collection[str]) -> Iterator[Finding]:
    """What the map and the list have of each other's wijken."""
    city = _CITY.match(places.gemeente.cbs)
    known = {wijk.code for wijk in places.wijken}
    if known.isdisjoint(shapes):
        yield Finding(Fault.NO_MAP, places.gemeente.naam)
        return
    for wijk in places.wijken:
        if wijk.code not in shapes:
            yield Finding(Fault.NO_SHAPE, wijk.code, (wijk.naam,))
    for code in sorted(set(shapes) - known):
        if city is not None and code.startswith(f"WK{city[1]}"):
            yield Finding(Fault.NO_WIJK, code)


def _key(term: str) -> str:
    """A term as it is looked up, whatever its accents, capitals and marks."""
    star = "*" if term.endswith("*") else ""
    return " ".join(word.key for word in words_of(term)) + star if words_of(term) else fold(term)


def _begins(guard: str, term: str) -> bool:
    """Whether a guard says something about a longer term ("lombok" about "lombok ~8 arnhem*")."""
    return _key(term).startswith(guard)
