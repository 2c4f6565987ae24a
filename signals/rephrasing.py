"""Says a note less precisely before it is kept: no class, no claim of a rumour. Pure.

A class with its number is finer than needed, and what a rumour claims about somebody is
better kept nowhere. That there is a rumour stays, and the mood in the group told in a sentence of
its own; of a signal also one that is told in the sentence of the claim, as a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from signals.person_words import Span
from signals.rumour_words import tension_beside

CLASS = "KLAS"
VO_CLASS, PRIMARY_GROUP, SOME_CLASS = "een vo-klas", "een basisschoolgroep", "een klas"
#: how the place of a claim begins, and how it reads without and with what was told beside it
_PLACE = "(gerucht, inhoud niet bewaard"
NOT_KEPT, NOT_KEPT_BUT = f"{_PLACE})", f"{_PLACE}; genoemd: {{codes}})"
_PRIMARY = re.compile(r"\bgroep\b", re.IGNORECASE)
_SECONDARY = re.compile(
    r"vmbo|mavo|havo|vwo|gymnasium|atheneum|brugklas|[1-6]\s?[a-z]\b", re.IGNORECASE
)
_SAYS = r"(?:zeggen|zegt|beweren|beweert|roepen|roept|vertellen|vertelt)"
#: *in de klas gaat het verhaal rond dat*
_SOME = r"(?:[\w'-]+\s+){0,4}"
_RUMOUR = re.compile(
    rf"\b(?:ze|zij|men|mensen|iedereen|leerlingen|jongeren|ouders|bewoners)\s+{_SAYS}\s+dat\b"
    rf"|\bwordt\s+{_SOME}(?:gezegd|beweerd|verteld|rondverteld|gefluisterd)\s+dat\b"
    rf"|\bgaat\s+{_SOME}rond\s+dat\b"
    rf"|\bdoet\s+{_SOME}de\s+ronde\s+dat\b"
    r"|\b(?:het|een|er\s+gaat\s+een)\s+gerucht(?:\s+gaat)?(?:\s+rond)?(?:\s+dat\b|\s*:)"
    r"|\bgeruchten\s+dat\b",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?](?=\s|\Z)")


class Change(StrEnum):
    """What was left out, as the sender is told."""

    CLASS = "class"
    RUMOUR = "rumour"


@dataclass(frozen=True, slots=True)
class Rephrased:
    """The note as it may be kept, and what was changed."""

    text: str
    changes: tuple[Change, ...]


def rephrase(text: str, spans: Iterable[Span], *, keeps_tension: bool = False) -> Rephrased:
    """The note without classes and without the claims of rumours.

    :param spans: what the person filter saw in this text.
    :param keeps_tension: the tension beside a claim is kept as a code; only of a signal, that is
        about the tension in a group.
    """
    without, has_class = _without_classes(text, spans)
    kept, has_rumour = _without_rumours(without, keeps_tension=keeps_tension)
    changed = ((Change.CLASS, has_class), (Change.RUMOUR, has_rumour))
    return Rephrased(kept, tuple(change for change, is_made in changed if is_made))


def tells_rumour(note: str) -> bool:
    """Whether the claim of a rumour was left out of a note that was kept."""
    return _PLACE in note


def _without_classes(text: str, spans: Iterable[Span]) -> tuple[str, bool]:
    found = sorted((span for span in spans if span.label == CLASS), key=lambda s: -s.start)
    for span in found:
        # From the end, so that the earlier places stay where they are.
        text = text[: span.start] + _general(text[span.start : span.end]) + text[span.end :]
    return text, bool(found)


def _general(words: str) -> str:
    if _PRIMARY.search(words):
        return PRIMARY_GROUP
    return VO_CLASS if _SECONDARY.search(words) else SOME_CLASS


def _without_rumours(text: str, *, keeps_tension: bool) -> tuple[str, bool]:
    kept, at = [], 0
    for found in _RUMOUR.finditer(text):
        if found.start() < at:
            continue
        end = _END.search(text, found.end())
        stop = end.start() if end else len(text)
        place = NOT_KEPT
        if keeps_tension:
            place = _with_codes(found.group(), text[found.end() : end.end() if end else stop])
        kept.append(f"{text[at : found.end()].rstrip()} {place}")
        at = stop
    return "".join(kept) + text[at:], bool(kept)


def _with_codes(opening: str, claim: str) -> str:
    codes = tension_beside(claim, is_told_plainly=not opening.lower().endswith("dat"))
    return NOT_KEPT_BUT.format(codes=", ".join(codes)) if codes else NOT_KEPT
