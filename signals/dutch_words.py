"""Which words are Dutch and which are known names, from two libraries. Read at first use.

``simplemma`` brings 370,000 Dutch word forms and hardly any name: what is no word and stands
where a person is expected, is a name. ``deduce`` brings first names, surnames and places of
the Netherlands; only its lists are read, because its own engine adds a second of start and
hundreds of megabytes and finds nothing that these lists and our rules do not. Lists of names are
read once by who sorts them, and not kept beside what was sorted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FIRST, _FAMILY = "names/lst_first_name", "names/lst_surname"
_PLACES = ("lst_residence", "lst_municipality", "lst_region", "lst_province")
#: a compound: "buurtpreventie" is "buurt" and "preventie", "stiltecentrum" has an e between
_SHORTEST_PART = 4


#: words that the list of forms leaves out by kind
_BUILT = re.compile(
    r"(?:er|daar|hier|waar|ergens|nergens)(?:aan|achter|af|bij|binnen|boven|door|heen|in|langs|mee|na"
    r"|naar|naast|om|omheen|onder|op|over|rond|tegen|tegenover|toe|tussen|uit|van|vandaan|voor)"
    r"|.{3,}(?:isme|ismes|atie|aties|heid|heden|teit|teiten|ering|eringen|schap|schappen|istisch"
    r"|istische|loos|loze|baar|bare)"
)


@cache
def _forms() -> Mapping[str, str]:
    # Read from the packed list at each question: 40 MB less than unpacked, and fast enough.
    from simplemma.strategies.dictionaries import StreamDictionaryFactory

    return StreamDictionaryFactory().get_dictionary("nl")


def is_form(text: str) -> bool:
    """Whether this is a Dutch word as it stands in the dictionary."""
    return text.lower() in _forms()


def lemma_of(text: str) -> str:
    """The form under which a word stands in the dictionary, such as an infinitive; empty when it
    is not in there."""
    return str(_forms().get(text.lower(), ""))


def is_word(text: str) -> bool:
    """Whether this is a Dutch word, or two of them written as one."""
    forms, word = _forms(), text.lower()
    if word in forms or _BUILT.fullmatch(word):
        return True
    if "-" in word:
        return all(len(part) < 2 or is_word(part) for part in word.split("-"))
    return any(
        word[at:] in forms and _is_front(word[:at])
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    )


def _is_front(part: str) -> bool:
    forms = _forms()
    if part in forms:
        return True
    return len(part) > _SHORTEST_PART and part.endswith("s") and part[:-1] in forms


def first_names() -> tuple[str, ...]:
    """About 14,800 first names that are in use in the Netherlands, as written."""
    return _lines(_FIRST)


def family_names() -> tuple[str, ...]:
    """About 10,500 surnames, without what stands before them (*van de*)."""
    return _lines(_FAMILY)


def places() -> tuple[str, ...]:
    """Towns, municipalities, regions and provinces of the Netherlands."""
    return tuple(name for kind in _PLACES for name in _lines(f"locations/lst_placename/{kind}"))


def _lines(kind: str) -> tuple[str, ...]:
    raw = (_lookups() / kind / "items.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in raw.splitlines() if line.strip())


def _lookups() -> Path:
    """The folder of lists, found without running the package."""
    spec = find_spec("deduce")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("deduce")
    return Path(spec.submodule_search_locations[0]) / "data" / "lookup" / "src"
