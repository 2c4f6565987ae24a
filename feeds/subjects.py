"""What an item is about, in keys that two items can share. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.beginning import begins_anew
from feeds.event_rules import EventRules
from feeds.lexicon import load_lexicon, stop_words
from feeds.matching import fold, words_of
from feeds.places import Proximity

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_DOUBLED = re.compile(r"([aeou])\1")
#: "Israël" and "Israëlische" are one name, "Iran" and "Irak" are not
STEM, SHORTEST = 5, 4
LONG_STEM = 6
NATION = "nederland"
NEAR = "hier"


@dataclass(frozen=True, slots=True)
class Subject:
    """Names alone, and names and themes with the group of their kind of event.

    ``keys`` are ``geweld:rotte``; ``names`` are ``rotte``. ``aftermath``: the words that make
    it no first report, empty when it may be one. ``is_dutch``: it happened in this country.
    The rest tells what goes on with an earlier matter (``following.py``).
    """

    names: frozenset[str]
    keys: frozenset[str]
    groups: frozenset[str] = frozenset()
    aftermath: str = ""
    is_dutch: bool = False
    #: the stems of its title, and of these the names, with the country and the themes
    stems: frozenset[str] = frozenset()
    where: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    looks_back: bool = False
    begins_anew: bool = False
    #: in this country, or people of this country are in it
    is_near: bool = False
    is_local: bool = False
    is_deadly: bool = False
    #: near: the city or the town, the district when it is known, and what only an earlier matter
    #: near can have made ordinary; the city and the themes are left out
    town: str = ""
    spot: str = ""
    own_keys: frozenset[str] = frozenset()


def subject_of(
    title: str,
    types: Sequence[str],
    themes: Sequence[str],
    rules: EventRules,
    *,
    is_dutch: bool,
    is_local: bool = False,
    place: str | None = None,
) -> Subject:
    """Names are words with a capital, the first word of the title left out.

    :param place: the name of the place or country that it is in.
    """
    names = frozenset(
        fold(found[0])[:STEM]
        for found in _WORD.finditer(title)
        if found.start() > 0 and found[0][0].isupper() and len(found[0]) >= SHORTEST
    )
    groups = frozenset(rules.group_of[kind] for kind in types if kind in rules.group_of)
    told = {*names, *(theme for theme in themes if theme in rules.vertrouwd.thema_s)}
    keys = frozenset(f"{group}:{name}" for group in groups or {"-"} for name in told)
    where = {*told, _country(place)} if place and not fold(place).startswith(NATION) else told
    town, spot, own = "", "", frozenset[str]()
    if is_local and place:
        # Half of what is told of the own city names it: that alone is no one matter.
        *within, city = place.split(", ")
        where = where - {_country(place), fold(city)[:STEM]}
        spot = fold(within[0])[:STEM] if within else ""
        town = _town(city)
        named = names - {fold(city)[:STEM]}
        own = frozenset(f"{NEAR}:{group}:{name}" for group in groups or {"-"} for name in named)
    aftermath, found = _aftermath(title, rules), rules.following.find(words_of(title))
    return Subject(
        names, keys, groups, aftermath, is_dutch,
        stems=_stems(title), where=frozenset(where),
        kinds=frozenset(types),
        looks_back=bool(aftermath) or "kijkt_terug" in found,
        begins_anew=begins_anew(title),
        is_near=is_dutch or "dichterbij" in found,
        is_local=is_local, is_deadly="dodelijk" in found, town=town, spot=spot, own_keys=own,
    )  # fmt: skip


def happened_here(proximity: Proximity, place: str | None, themes: Sequence[str]) -> bool:
    """Whether it happened in this country: "Nederland stuurt hulp" beside a theme from abroad
    tells who helps, not where it was."""
    nation = place is not None and fold(place).startswith(NATION)
    return proximity.is_dutch and not (nation and bool(themes))


def _town(place: str) -> str:
    """The stem of a town; of the own city also when a part or a place of it is named."""
    own = fold(load_lexicon().gazetteer.gemeente.naam)
    return (own if own in fold(place) else fold(place))[:STEM]


def _country(place: str) -> str:
    """The same for "Zweden" and "Zweedse", for "Spanje" and "Spaanse"."""
    return f"land:{_DOUBLED.sub(lambda found: found[1], fold(place))[:SHORTEST]}"


def _stems(title: str) -> frozenset[str]:
    """The words of a title that are no function words, cut so that their forms are one."""
    words = {fold(found[0]) for found in _WORD.finditer(title)}
    return frozenset(word[:LONG_STEM] for word in words - stop_words() if len(word) >= SHORTEST)


def _aftermath(title: str, rules: EventRules) -> str:
    if title.rstrip().endswith("?"):
        return "?"
    found = rules.aftermath.find(words_of(title))
    return next((hit.shown for hits in found.values() for hit in hits), "")


def section_of(link: str) -> str | None:
    """The folder that an outlet put an item in, from its address; None when there is none."""
    parts = [part for part in urlsplit(link).path.split("/") if part]
    if len(parts) < 2 or any(letter.isdigit() for letter in parts[0]):
        return None
    return parts[0].casefold()


def echoes(subject: Subject, rang: Subject, rare: frozenset[str]) -> bool:
    """Whether an item is about what rang: one rare name, or the same kind of event under any
    name. What comes nearer, from abroad to here, is news again."""
    if subject.is_near and not rang.is_near:
        return False
    if subject.is_local:
        return _echoes_near(subject, rang)
    return not (rare.isdisjoint(rang.names) and subject.keys.isdisjoint(rang.keys))


def _echoes_near(subject: Subject, rang: Subject) -> bool:
    """In and around the own city: what is not of another kind, nor in another place, and shares a
    name or a theme besides the city itself."""
    other_kind = subject.kinds and rang.kinds and subject.kinds.isdisjoint(rang.kinds)
    other_town = subject.town and rang.town and subject.town != rang.town
    other_spot = subject.spot and rang.spot and subject.spot != rang.spot
    if not rang.is_local or other_kind or other_town or other_spot:
        return False
    return not subject.where.isdisjoint(rang.where)
