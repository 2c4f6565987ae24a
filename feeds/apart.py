"""What tells one incident in and around the own city from another. Pure.

Two stabbings in one city share most of their words, and so does what else happened there that
evening, or what happened to a mosque elsewhere. Elsewhere such a mistake costs a line on the list;
here it costs the alert, because what joins an event that rang does not ring. So here no likeness
of words brings together what happened in other places, or a serious thing of another kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from feeds.beginning import begins_anew
from feeds.event_rules import load_event_rules
from feeds.lexicon import Lexicon
from feeds.matching import words_of, words_of_item
from feeds.places import Proximity, find_spots, is_elsewhere
from feeds.relevance import look_at
from feeds.standing import Trust

#: rings on its own
SERIOUS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """What one report says that happened. ``kinds``: types that name it; ``spots``: codes of
    districts and names of towns, empty when it only says that it was in the city. Neither
    ``is_local`` nor ``is_elsewhere``: it names no place."""

    kinds: frozenset[str]
    spots: frozenset[str]
    is_serious: bool
    begins_anew: bool
    is_local: bool = True
    is_elsewhere: bool = False
    #: it names the city itself, and not just a town near by
    is_city: bool = True


@dataclass(slots=True)
class Incident:
    """What the reports of a group say together. It is here or elsewhere by the first that names a
    place; something light from here is a reaction to what was elsewhere, and moves it nowhere."""

    kinds: set[str] = field(default_factory=set)
    spots: set[str] = field(default_factory=set)
    begins_anew: bool = False
    is_here: bool = False
    is_elsewhere: bool = False
    #: whether its reports name the city itself: some do, some do not
    in_city: set[bool] = field(default_factory=set)

    def take(self, one: Claim) -> None:
        if one.is_elsewhere:
            self.is_elsewhere = self.is_elsewhere or not self.is_here
            return
        if one.is_local and (one.is_serious or not self.is_elsewhere):
            self.is_here, self.is_elsewhere = True, False
        if self.is_here and not one.is_local:
            return
        if one.is_local and (one.is_serious or not self.in_city):
            self.in_city.add(one.is_city)
        self.kinds |= one.kinds
        self.spots |= one.spots
        self.begins_anew |= one.begins_anew

    def is_other(self, one: Claim) -> bool:
        """Whether a report is about something else, however alike the words are."""
        if one.spots and self.spots and one.spots.isdisjoint(self.spots):
            return True
        if not one.is_serious or one.is_elsewhere:
            return False
        if one.is_local and self.is_elsewhere:
            return True
        if not (one.is_local or self.is_here):
            return False
        # One of them is about a town near by, unless both name that.
        other_town = one.is_local and self.in_city and one.is_city not in self.in_city
        if other_town and one.spots.isdisjoint(self.spots):
            return True
        if one.begins_anew and not self.begins_anew:
            return True
        return bool(one.kinds and self.kinds) and one.kinds.isdisjoint(self.kinds)


def claim_of(
    title: str,
    lead: str,
    types: Sequence[str],
    place: str | None,
    proximity: Proximity,
    severity: int,
    lexicon: Lexicon,
    *,
    called: str | None = None,
) -> Claim:
    """What a report claims.

    The title goes first: a lead often recalls what happened earlier, elsewhere in the city.

    :param types, place: as they were recognised in the whole report, or given by a person.
    :param called: the type that a person gave it, which counts beside what the title says.
    """
    is_serious = severity >= SERIOUS
    if is_elsewhere(proximity, place, lexicon):
        nothing = frozenset[str]()
        return Claim(nothing, nothing, is_serious, False, is_local=False, is_elsewhere=True)
    is_local, kinds, spots = proximity.is_local, _telling(types), frozenset[str]()
    if is_local or kinds:
        seen = look_at(title, "", trust=Trust.REGIONAL, lexicon=lexicon)
        kinds = _telling(set(seen.types).intersection(types)) or kinds
        kinds |= _telling([called] if called else [])
        spots = find_spots(seen.found, lexicon)
    if is_local and not spots:
        spots = _spots_of_lead(title, lead, lexicon)
    if is_local and not spots and place:
        # At the beginning of a sentence a capital makes no name.
        spots = find_spots(lexicon.matcher.find(words_of(f"in {place}")), lexicon)
    return Claim(kinds, spots, is_serious, begins_anew(title), is_local, is_city=proximity.is_city)


def _spots_of_lead(title: str, lead: str, lexicon: Lexicon) -> frozenset[str]:
    """Where a lead says it was, until it recalls what was before."""
    recalls = load_event_rules().groeperen.haalt_op
    words = takewhile(lambda word: word.key not in recalls, words_of_item(title, lead))
    return find_spots(lexicon.matcher.find(list(words)), lexicon)


def _telling(types: Iterable[str]) -> frozenset[str]:
    return frozenset(types) - load_event_rules().groeperen.zonder_aard
