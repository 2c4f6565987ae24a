"""Masks what looks like a person's name in a title, before anyone sees it.

Better one word too many than one name too few: a pair of capitalised words is a name
unless one of them is known as a place, an institution or an ordinary word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from feeds.texts import HIDDEN_NAME

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĆČĐĞİŁŃŚŞŠŽ][\w'’-]*[^\W_]"
_INITIALS = r"(?:[A-ZÀ-Þ]\.\s?)+"
_LINK = (
    r"(?:van der|van den|van de|van 't|van ’t|in 't|in ’t|op de|de la|van|von|der|den|de|ten|ter|te"
    r"|el|al|bin|ben|la|le|di|da|dos)"
)
#: "Sven de V.", "Fouad L.": how newspapers write a suspect
_SUSPECT = re.compile(rf"\b{_CAPITAL}(?:\s{_LINK})?\s[A-Z]\.(?=\W|\Z)")
#: "J. de Vries", "A.B. Jansen"
_INITIALLED = re.compile(rf"(?<![\w.]){_INITIALS}(?:{_LINK}\s)?{_CAPITAL}")
#: "Sven (23)"
_AGED = re.compile(rf"\b(?:{_CAPITAL}\s{_LINK}\s)?({_CAPITAL})(?=\s?\(\d{{1,2}}\))")
_PAIR = re.compile(rf"\b({_CAPITAL})((?:\s{_LINK})?\s)({_CAPITAL})((?:\s{_CAPITAL})*)")


def mask(title: str, knows: Callable[[str], bool], given: Collection[str] = frozenset()) -> str:
    """``title`` with names replaced by ``[naam]``.

    :param knows: whether a capitalised word is a place, an institution or an ordinary word.
    :param given: first names (folded); with a capitalised word behind it, one is a name.
    """
    masked = _SUSPECT.sub(HIDDEN_NAME, title)
    masked = _INITIALLED.sub(HIDDEN_NAME, masked)
    masked = _AGED.sub(lambda found: _one(found, knows), masked)
    masked = _PAIR.sub(lambda pair: _named(pair, given), masked)
    return _mask_pairs(masked, knows)


def _named(pair: re.Match[str], given: Collection[str]) -> str:
    return HIDDEN_NAME if pair[1].lower() in given else pair[0]


def _one(found: re.Match[str], knows: Callable[[str], bool]) -> str:
    return found[0] if _is_known(found[1], knows) else HIDDEN_NAME


def _mask_pairs(text: str, knows: Callable[[str], bool]) -> str:
    """Walk from pair to pair; after a known first word the second may still open a pair."""
    done, position = "", 0
    while pair := _PAIR.search(text, position):
        done += text[position : pair.start()]
        if _is_known(pair[1], knows):
            done += pair[1]
            position = pair.end(1)
            continue
        if _is_known(pair[3], knows):
            done += pair[0][: pair.end(3) - pair.start()]
            position = pair.end(3)
            continue
        done += HIDDEN_NAME
        position = pair.end()
    return done + text[position:]


def _is_known(word: str, knows: Callable[[str], bool]) -> bool:
    # Abbreviations in capitals are organisations; a hyphen joins what may be known apart.
    plain = word.strip("'’-")
    return plain.isupper() or any(knows(part) for part in [plain, *re.split("[-]", plain)] if part)
