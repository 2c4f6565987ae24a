"""Which tension is told beside the claim of a rumour: kept as a code, never in its own words. Pure.

A word is kept only when the sentence itself shows that it is the writer's and not the claim's:

- a clause after a turn with a group as its subject and the verb second (*…, en de groep is bang*);
  in what is claimed with *dat* the verb stands last (*… en de groep bang is*);
- or a question of the writer's own (*…, wat zeg ik tegen de klas?*).

Nothing is kept where the clause denies it, where the claim names that same group, where somebody is
quoted, or where the form does not decide. A word too few costs little: the coded fields stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest

#: codes that one claim leaves at most
MOST = 2
_TURN = re.compile(
    r"\s*(?:[,;]\s*)?\b(?:en|maar|dus|daardoor|daarom|hierdoor)\b|\s*[,;]", re.IGNORECASE
)
_TURNS_VERB = re.compile(r"\b(?:dus|daardoor|daarom|hierdoor)\Z", re.IGNORECASE)
_BARE_AND = re.compile(r"\A\s*en\Z", re.IGNORECASE)
#: *als de politie komt, …*: what follows belongs to it
_WHEN = re.compile(
    r"\A\s*(?:dat\s+)?(?:als|toen|wanneer|omdat|doordat|nadat|zodra|terwijl)\b", re.IGNORECASE
)
#: before a bare *en* fewer words than this may be half of one subject (*ouders en leerlingen*)
_FEWEST_WORDS = 3
_DENIES = re.compile(
    r"\b(?:geen|niet|niemand|nergens|nooit|niets|niks|nauwelijks|amper|evenmin|noch|zonder)\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\A[\s,;]*(?:(?:maar|en)\s+)?(?:(?:dat|dit)\s+(?:is|klopt)\s+|denk\s+ik\s+)?"
    r"(?:geen|niet|nooit)\b",
    re.IGNORECASE,
)
#: from here the words are somebody's: quoted, in writing or in speech
_QUOTES = re.compile(
    r"[:\"“”„«»]|\b(?:zei|zegt|vroeg|vraagt|riep|roept|appte?|schreef|schrijft|stuurde)\b",
    re.IGNORECASE,
)
#: said by those who tell the rumour
_SAID_BY = re.compile(
    r"\bvolgens\b|\b(?:zeggen|zegt|beweren|beweert|roepen|roept|vertellen|vertelt)\s+"
    r"(?:ze|zij|men|mensen|leerlingen|jongeren|ouders|bewoners|hij)\b",
    re.IGNORECASE,
)

_MANY = r"(?:onze|alle|veel|sommige|meerdere|enkele|een\s+paar|de\s+meeste)\s+"
_OWN = (
    r"(?P<own>ik|wij|we|(?:onze|mijn)\s+(?:hele\s+)?(?:groep|klas)|(?:ons|mijn)\s+(?:hele\s+)?team)"
)
#: *de ouders*, *de jongeren*: those may be the ones in the claim
_GROUP = (
    rf"(?:{_OWN}|de\s+(?:hele\s+)?(?:groep|klas)|het\s+(?:hele\s+)?team|iedereen"
    rf"|(?:{_MANY}|de\s+)?(?:leerlingen|studenten)"
    rf"|(?:{_MANY})?(?:ouders|jongeren|kinderen|bewoners|docenten|collega's))"
    r"(?:\s+(?:hier|op\s+school|in\s+de\s+(?:groep|klas|buurt|wijk)))?"
)
_NAMED = re.compile(
    r"\b(?:groep|klas|team|iedereen|leerling|student|ouder|jonger|kinder|bewoner|docent|collega)",
    re.IGNORECASE,
)
_BETWEEN = (
    r"(?:(?:zich|me|mij|ons|er|nu|erg|heel|zeer|echt|ook|best|wel|behoorlijk|flink|nog|steeds|veel"
    r"|allemaal|daardoor|hierdoor|daarover|hierover|vandaag|graag|dringend)\s+)*"
)
_ARE = r"(?:is|ben|zijn|was|waren|wordt|word|worden|raakt|raken)"
_HAVE = r"(?:heeft|hebben|heb)"
#: asked for, not offered to somebody
_FOR_HELP = r"hulp\b(?!.*\b(?:geven|bieden|verlenen)\b)"
#: a code, the verb after or before the group, and what must follow; none reads the same in a claim
#: with the verb last, so no *huilen*, no *geschrokken*
_TOLD = (
    ("angst of zorg", _ARE, r"(?:bang|banger|angstig|bezorgd)"),
    ("angst of zorg", r"(?:voelt|voelen|voel)", r"(?:onveilig|bang|angstig)"),
    ("angst of zorg", r"(?:maakt|maken|maak)", r"zorgen"),
    ("angst of zorg", _HAVE, r"(?:angst|zorgen)"),
    ("onrust", _ARE, r"(?:onrustig|gespannen|in\s+paniek)"),
    ("boosheid", _ARE, r"(?:boos|bozer|woedend|kwaad)"),
    ("verdriet", _ARE, r"verdrietig"),
    ("verdriet", _HAVE, r"verdriet"),
    ("wegblijven", r"(?:blijft|blijven)", r"(?:weg|thuis)"),
    ("wegblijven", r"(?:durft|durven|durf)", r"niet"),
    ("vraag om hulp", _HAVE, r"hulp\s+nodig"),
    ("vraag om hulp", r"(?:wil|willen|vraagt|vragen|vraag|zoekt|zoeken|zoek)", _FOR_HELP),
)


@cache
def _clauses(*, is_verb_first: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """At first use: it takes longer than most of what a house loads at its start."""
    made = []
    for code, verb, rest in _TOLD:
        begin = rf"{verb}\s+{_GROUP}" if is_verb_first else rf"{_GROUP}\s+{verb}"
        made.append((code, re.compile(rf"\s*{begin}\s+{_BETWEEN}{rest}\b", re.IGNORECASE)))
    return tuple(made)


#: a code, and a question that only the writer can be asking
_OWN_QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(rf"\s*(?:{words})\b", re.IGNORECASE))
    for code, words in (
        (
            "vraag om informatie",
            r"klopt\s+(?:dat|dit|het)|is\s+(?:dat|dit|het)\s+waar|wat\s+is\s+(?:er\s+)?waar",
        ),
        (
            "vraag om hulp bij gesprekken",
            (
                r"(?:wat|hoe)\s+(?:zeg|vertel|leg|praat|reageer)\s+ik"
                r"|(?:wat|hoe)\s+(?:zeggen|vertellen|praten|reageren)\s+(?:wij|we)"
                r"|(?:wat|hoe)\s+(?:kan|kunnen|moet|moeten)\s+(?:ik|wij|we)\s+(?:[\w']+\s+){0,4}"
                r"(?:zeggen|vertellen|praten|reageren|uitleggen)"
            ),
        ),
        (
            "vraag om hulp",
            (
                r"(?:kunt\s+u|kunnen\s+jullie|kan\s+(?:er\s+)?(?:iemand|jongerenwerk))\s+"
                r"(?:(?:ons|mij|me|ook|hierbij|daarbij|met|hulp)\s+)*"
                r"(?:helpen|geven|bieden|langskomen|meedenken)"
            ),
        ),
    )
)


def tension_beside(claim: str, *, is_told_plainly: bool = False) -> tuple[str, ...]:
    """What a sentence tells beside the claim of a rumour, by code; at most :data:`MOST`.

    :param claim: from where the claim begins to the end of the sentence, with its mark.
    :param is_told_plainly: after a colon the claim has the verb second as well, so that there only
        the writer's own group counts.
    """
    found: list[str] = []
    for before, turn, clause, after in _after_turns(claim):
        if _QUOTES.search(before) or _QUOTES.search(after):
            continue
        code = _asked(clause, claim) or _felt(before, turn, clause, after, is_own=is_told_plainly)
        if code and code not in found:
            found.append(code)
    return tuple(found[:MOST])


def _after_turns(claim: str) -> Iterator[tuple[str, str, str, str]]:
    turns = list(_TURN.finditer(claim))
    for turn, following in zip_longest(turns, turns[1:]):
        end = following.start() if following else len(claim)
        yield claim[: turn.start()], turn.group(), claim[turn.end() : end], claim[end:]


def _asked(clause: str, claim: str) -> str | None:
    if not claim.rstrip("!.").endswith("?") or _DENIES.search(clause):
        return None
    return next((code for code, words in _OWN_QUESTIONS if words.match(clause)), None)


def _felt(before: str, turn: str, clause: str, after: str, *, is_own: bool) -> str | None:
    last = _TURN.split(before)[-1]
    is_half = _BARE_AND.match(turn) and len(last.split()) < _FEWEST_WORDS
    if is_half or _WHEN.match(last):
        return None
    forms = _clauses(is_verb_first=False)
    if _TURNS_VERB.search(turn):
        forms += _clauses(is_verb_first=True)
    for code, words in forms:
        found = words.match(clause)
        if found is None or (is_own and not found["own"]):
            continue
        denied = _DENIES.search(clause, found.end()) or _TAKEN_BACK.match(after)
        if denied or _SAID_BY.search(clause + after) or _is_in_claim(found.group(), before):
            return None
        return code
    return None


def _is_in_claim(told: str, before: str) -> bool:
    named = {word.lower() for word in _NAMED.findall(before)}
    return any(word.lower() in named for word in _NAMED.findall(told))
