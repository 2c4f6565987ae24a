"""Which tension is told beside the claim of a rumour: kept as a code, never in its own words. Pure.

Only what follows a turn in the sentence counts (*…, en de groep is bang*): before it the words are
the claim itself, and may be about somebody.
"""

from __future__ import annotations

import re

_TURN = re.compile(r"[,;]|\b(?:en|maar|dus|waardoor|daardoor|daarom|zodat|waarop)\b", re.IGNORECASE)
#: a code, and the words that tell it; whole words, in the order in which they are kept
_CODES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for code, words in (
        ("angst of zorg", r"bang(?:e|er)?|angst(?:ig|ige)?|bezorgd|zorgen|onveilig|geschrokken"),
        ("onrust", r"onrust(?:ig|ige)?|gespannen|spanning|paniek"),
        ("boosheid", r"bo(?:os|ze)|boosheid|woede|woedend|kwaad"),
        ("verdriet", r"verdriet(?:ig|ige)?|huilen|huilt"),
        ("wegblijven", r"blij(?:ft|ven)\s+(?:weg|thuis)|(?:durft|durven)\s+(?:\w+\s+){0,4}niet"),
        (
            "vraag om informatie",
            r"klopt\s+(?:dat|dit|het)|is\s+(?:dat|dit|het)\s+waar|wat\s+is\s+(?:er\s+)?waar",
        ),
        (
            "vraag om hulp bij gesprekken",
            (
                r"(?:wat|hoe)\s+(?:zeg|vertel|leg|praat|reageer)\s+(?:ik|je)"
                r"|(?:wat|hoe)\s+(?:zeggen|vertellen|praten|reageren)\s+(?:wij|we)"
                r"|(?:wat|hoe)\s+moet(?:en)?\s+(?:ik|wij|we)"
            ),
        ),
        ("vraag om hulp", r"hulp|langskomen|jongerenwerk"),
    )
)


def tension_beside(claim: str) -> tuple[str, ...]:
    """What the rest of a sentence tells beside the claim, by code."""
    turn = _TURN.search(claim)
    rest = claim[turn.end() :] if turn else ""
    found = [code for code, words in _CODES if words.search(rest)]
    # The more precise question says it.
    is_precise = "vraag om hulp bij gesprekken" in found
    return tuple(code for code in found if not (is_precise and code == "vraag om hulp"))
