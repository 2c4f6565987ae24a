"""What an item is about, in keys that two items can share. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.event_rules import EventRules
from feeds.matching import fold, words_of

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
#: "Israël" and "Israëlische" are one name, "Iran" and "Irak" are not
STEM, SHORTEST = 5, 4


@dataclass(frozen=True, slots=True)
class Subject:
    """Names alone, and names and themes with the group of their kind of event.

    ``keys`` are ``geweld:rotte``; ``names`` are ``rotte``. ``aftermath``: the words that make
    it no first report, empty when it may be one. ``is_dutch``: it happened in this country.
    """

    names: frozenset[str]
    keys: frozenset[str]
    groups: frozenset[str] = frozenset()
    aftermath: str = ""
    is_dutch: bool = False


def subject_of(
    title: str,
    types: Sequence[str],
    themes: Sequence[str],
    rules: EventRules,
    *,
    is_dutch: bool,
) -> Subject:
    """Names are words with a capital, the first word of the title left out."""
    names = frozenset(
        fold(found[0])[:STEM]
        for found in _WORD.finditer(title)
        if found.start() > 0 and found[0][0].isupper() and len(found[0]) >= SHORTEST
    )
    groups = frozenset(rules.group_of[kind] for kind in types if kind in rules.group_of)
    told = {*names, *(theme for theme in themes if theme in rules.vertrouwd.thema_s)}
    keys = frozenset(f"{group}:{name}" for group in groups or {"-"} for name in told)
    return Subject(names, keys, groups, _aftermath(title, rules), is_dutch)


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
    if subject.is_dutch and not rang.is_dutch:
        return False
    return not (rare.isdisjoint(rang.names) and subject.keys.isdisjoint(rang.keys))
