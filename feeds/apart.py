"""What tells one incident in and around the own city from another. Pure.

Two stabbings in one city share most of their words, and so does what else happened there that
evening. Elsewhere such a mistake costs a line on the list; here it costs the alert, because what
joins an event that rang does not ring. So here no likeness of words brings together what happened
in other places, or a serious thing of another kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feeds.beginning import begins_anew
from feeds.event_rules import load_event_rules
from feeds.lexicon import Lexicon
from feeds.matching import words_of
from feeds.places import Proximity, find_spots
from feeds.relevance import look_at
from feeds.standing import Trust

#: rings on its own
SERIOUS = 3


@dataclass(frozen=True, slots=True)
class Nearby:
    """One report of something near. ``kinds``: types that name what happened; ``spots``: codes of
    districts and names of towns, empty when it only says that it was in the city."""

    kinds: frozenset[str]
    spots: frozenset[str]
    is_serious: bool
    begins_anew: bool


@dataclass(slots=True)
class Incident:
    """What the reports of a group say together."""

    kinds: set[str] = field(default_factory=set)
    spots: set[str] = field(default_factory=set)
    begins_anew: bool = False

    def take(self, one: Nearby) -> None:
        self.kinds |= one.kinds
        self.spots |= one.spots
        self.begins_anew |= one.begins_anew

    def is_other(self, one: Nearby) -> bool:
        """Whether a report is about something else, however alike the words are."""
        if one.spots and self.spots and one.spots.isdisjoint(self.spots):
            return True
        if not one.is_serious:
            return False
        if one.begins_anew and not self.begins_anew:
            return True
        return bool(one.kinds and self.kinds) and one.kinds.isdisjoint(self.kinds)


def nearby(
    title: str,
    types: Sequence[str],
    place: str | None,
    proximity: Proximity,
    severity: int,
    lexicon: Lexicon,
) -> Nearby | None:
    """What a report says; None for what is not near.

    The title goes first: a lead often recalls what happened earlier, elsewhere in the city.

    :param types, place: as they were recognised in the whole report, or given by a person.
    """
    if not proximity.is_local:
        return None
    seen = look_at(title, "", trust=Trust.REGIONAL, lexicon=lexicon)
    spots = find_spots(seen.found, lexicon)
    if not spots and place:
        # At the beginning of a sentence a capital makes no name.
        spots = find_spots(lexicon.matcher.find(words_of(f"in {place}")), lexicon)
    return Nearby(
        kinds=_telling(set(seen.types).intersection(types)) or _telling(types),
        spots=spots,
        is_serious=severity >= SERIOUS,
        begins_anew=begins_anew(title),
    )


def _telling(types: Iterable[str]) -> frozenset[str]:
    return frozenset(types) - load_event_rules().groeperen.zonder_aard
