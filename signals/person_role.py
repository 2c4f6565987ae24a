"""One person pointed at by a role and *hij* or *zij*, in a text that others read later. Pure.

*De schoolleider, want hij wist van niets*: who was there knows who is meant. This is no part of the
person filter: in a signal it would stop too much, and a role without a pronoun (*de schoolleider
belt eerst*) is how an agreement is written. It is a warning, for a person to judge.
"""

from __future__ import annotations

import re
from functools import cache

_ROLES = (
    "schoolleider|directeur|directrice|rector|conrector|teamleider|bestuurder|voorzitter|docent"
    r"|docente|leraar|lerares|leerkracht|juf|meester|mentor|conci[eë]rge|intern\sbegeleider"
    "|zorgco[oö]rdinator|co[oö]rdinator|goedkeurder|duider|jongerenwerker|wijkagent|agent|agente"
    "|imam|dominee|pastor|priester|rabbijn|trainer|coach|beveiliger|collega|medewerker|medewerkster"
    "|vrijwilliger|vrijwilligster|woordvoerder|woordvoerster|persvoorlichter|beheerder|stagiair"
    "|stagiaire|secretaris|opbouwwerker|wijkmanager|gastheer|gastvrouw"
)
_ONE = rf"(?:de|die|deze|onze|mijn|het)\s(?:[^\W\d_]+\s)?(?:{_ROLES})(?![\w-])"
#: after *zij* or *ze* one person does this; several would be *wisten*, *waren*
_DOES = (
    "is|was|heeft|had|wist|weet|kon|kan|wilde|wil|moest|moet|zou|zal|mocht|mag|ging|gaat|kwam|komt"
    "|deed|doet|zei|zegt|belde|belt|las|leest|stond|staat|zat|zit|vond|vindt|dacht|denkt|kreeg"
    "|krijgt|gaf|geeft|nam|neemt|bleef|blijft|vergat|vergeet|hoorde|hoort|zag|ziet|reageerde"
    "|reageert|schreef|schrijft|verstuurde|verstuurt|tikte|tikt|werd|wordt|durfde|durft|meldde|meldt"
)
_PRONOUN = rf"(?:hij|hem|hijzelf|(?:zij|ze)\s(?:{_DOES}))(?![\w-])"
#: in the same sentence, or as the next one goes on
_REACH = r"[^.!?]{0,120}?(?:[.!?]\s(?=(?:hij|zij|ze)\s))?"


@cache
def _found() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])({_ONE})(?=(?:\b{_REACH}\b({_PRONOUN})))", re.IGNORECASE)


def one_by_role(text: str) -> str:
    """*de schoolleider … hij*, as it stands in the text; empty when nobody is meant so."""
    found = _found().search(text)
    return "" if found is None else f"{found[1]} … {found[2].split()[0]}"
