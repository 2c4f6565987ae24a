"""Whether the facts leave open that there is danger: then no fixed line may say that there is not.

Read from the words of the fact block, on the safe side: a soothing line too few harms nobody. What
is sure is read sentence by sentence, and only an explicit ending closes what it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefings.library import Part

_WHO = r"(?:mede)?(?:dader|verdachte|schutter|overvaller|aanvaller)\w*"
_CAUGHT = r"(?:aangehouden|gevonden|opgepakt|gepakt)"
_NOW = r"(?:(?:nu|inmiddels|intussen|weer|vanavond|vannacht|gisteren|vandaag) ){0,2}"
#: danger itself, not that to the life of who was hurt
_DANGER = r"(?!levensgevaar\b)\w*gevaar\w*"

#: what is not known, or not sure, about these is about danger
_ABOUT = re.compile(
    r"\b(?:gevaar\w*|(?:on)?veilig\w*|dreiging\w*|dreigt|voortvluchtig\w*|gezocht|op de vlucht|"
    r"gewapend\w*|wapens?|ontploff\w*|explosie\w*|bom(?:men)?|giftig\w*|rook|wraak|"
    r"nog (?:een|meer) (?:dader|verdachte|aanslag|aanval|schutter)\w*|meer daders?|"
    r"(?:dader|schutter)s? (?:is|zijn) nog)\b",
    re.IGNORECASE,
)
#: what is sure and says that it goes on
_THERE = re.compile(
    rf"\b(?:{_DANGER}|onveilig\w*|niet (?:meer |langer )?veilig|dreigt|dreigen|dreiging\w*|"
    r"voortvluchtig\w*|gezocht\w*|op de vlucht|gevlucht|ontsnapt|ontkomen|spoorloos|"
    rf"gevluchte {_WHO}|gewapend\w*|giftig\w*|gaslek\w*|"
    r"rook(?:ontwikkeling|wolk\w*|overlast)?|(?:er is|woedt) (?:\w+ ){0,3}brand|"
    r"blijf(?:t)? (?:\w+ ){0,3}binnen|niet naar buiten|open(?:t)? geen (?:ramen|deuren)|"
    r"(?:sluit|houd\w*|doe) (?:de |alle |uw )?(?:ramen|deuren)|"
    r"(?:ramen|deuren) (?:\w+ ){0,2}(?:dicht|gesloten)|"
    rf"(?:zoek(?:t|en)|op zoek naar) (?:\w+ ){{0,4}}{_WHO}|"
    r"(?:dader|schutter)s? (?:is|zijn) nog|loopt (?:nog )?(?:vrij )?rond|"
    rf"(?:niet|niemand|geen {_WHO}) (?:\w+ ){{0,2}}{_CAUGHT}|geen aanhouding\w*)\b",
    re.IGNORECASE,
)
#: what says that it is over; it closes the words that it holds and no others
_ENDED = re.compile(
    r"\b(?:geen (?:sprake (?:meer )?van )?(?:direct |acuut |verder |onmiddellijk )?"
    r"(?:gevaar|dreiging|brandgevaar|rook)|buiten (?:levens)?gevaar|"
    r"niet (?:meer |langer )?(?:gevaarlijk|onveilig)|"
    rf"(?:{_DANGER}|dreiging|rook)(?: (?:voor|van|door) (?:de |het )?\w+)? (?:is|zijn) {_NOW}"
    r"(?:geweken|voorbij|opgeheven|verdwenen|weg|opgetrokken|over(?=\W*$)|"
    r"niet (?:gevaarlijk|giftig|schadelijk))|"
    rf"is {_NOW}(?:het gevaar|de dreiging) {_NOW}(?:geweken|voorbij)|"
    r"hoe(?:ft|ven) (?:\w+ ){0,4}niet (?:meer|langer) (?:\w+ )?(?:binnen te blijven|dicht\b))",
    re.IGNORECASE,
)
#: all who were sought are held; a part of them, or another one, is not
_HELD = re.compile(
    rf"\s*(?:de|alle|beide) (?:twee |drie |vier )?(?:voortvluchtige|gezochte|gevluchte|gewapende) "
    rf"{_WHO} (?:is|zijn) {_NOW}{_CAUGHT}\W*",
    re.IGNORECASE,
)
#: behind one of these an ending is none, or not for everybody
_BUT = re.compile(
    r"\b(?:maar|wel|tenzij|zolang|mits|als|behalve|bijna|deels|nog|zeker|niemand|onbekend|"
    r"onduidelijk|mogelijk|vermoedelijk|waarschijnlijk|onjuist|"
    r"niet (?:zeggen|waar|vast|uitsluiten)|of (?:er|het|de))\b|\?",
    re.IGNORECASE,
)
_STILL = re.compile(r"\bnog\b", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")


def is_danger_open(*, sure: Iterable[str], unsure: Iterable[str], unknown: Iterable[str]) -> bool:
    """Whether danger is there, or nobody knows that it is not. Pure.

    :param sure: confirmed sentences and measures, of which *er is geen gevaar* closes nothing that
        stands as unknown.
    """
    return any(_ABOUT.search(text) or _THERE.search(text) for text in (*unsure, *unknown)) or any(
        _goes_on(sentence) for text in sure for sentence in _SENTENCES.split(text)
    )


def _goes_on(sentence: str) -> bool:
    """Whether one sure sentence states danger that it does not end itself. Pure."""
    line = " ".join(sentence.split())
    if _BUT.search(line):
        return bool(_THERE.search(line) or (_STILL.search(line) and _ABOUT.search(line)))
    return not _HELD.fullmatch(line) and bool(_THERE.search(_ENDED.sub(" - ", line)))


def without_soothing(part: Part, *, is_open: bool) -> Part:
    """The fixed lines of a reader; none that soothes while danger is open. Pure."""
    if not is_open:
        return part
    answers = [
        one.model_copy(update={"antwoord": part.onzeker}) if one.sust and part.onzeker else one
        for one in part.vragen
    ]
    said = [one for one in answers if part.onzeker or not one.sust]
    return part.model_copy(update={"vragen": said})
