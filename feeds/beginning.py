"""Whether a title says that it happened again. Pure.

Order counts: "weer explosie" tells of another one, "na explosie weer open" of the same.
"""

from __future__ import annotations

import re
from functools import cache

from feeds.event_rules import load_event_rules

_SPACE = r"[\s‘’'\"“”]+"


def begins_anew(title: str) -> bool:
    """Whether something of a kind that is known from before happened once more."""
    return _pattern().search(title.lower()) is not None


@cache
def _pattern() -> re.Pattern[str]:
    """A word for another one, and soon behind it what happened; between them neither a stop nor
    a word by which it is only about the one before."""
    rules = load_event_rules().opnieuw
    what, about = _any(rules.wat), _any(rules.gaat_over)

    def then(words: list[str], most: int) -> str:
        between = rf"(?:(?!{about}\b)[\w-]+{_SPACE}){{0,{most}}}"
        return rf"{_any(words)}{_SPACE}{between}{what}"

    ways = (then(rules.weer, rules.na_weer), then(rules.telwoorden, rules.na_telwoord))
    return re.compile(rf"\b(?:{'|'.join((*ways, _any(rules.los)))})\b")


def _any(terms: list[str]) -> str:
    """These terms; ``*`` at an end stands for the rest of a word."""
    words = (re.escape(one).replace(r"\*", r"[\w-]*") for one in terms)
    return f"(?:{'|'.join(words)})"
