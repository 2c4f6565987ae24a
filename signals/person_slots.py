"""Places in a sentence that only a person can fill, also with a word that is no known name. Pure.

*Iedereen keek naar X*, *gisteren heeft x gedreigd*, *Bakker wil praten*, *familie De Groot*: what
stands there is somebody, whatever the lists say. Each rule asks for a verb or a form of address.
"""

from __future__ import annotations

import re

from signals.person_context import Context

#: how many words may stand between *keek* and *naar*: "keek gisteren weer boos naar"
_LOOKING_WORDS = 4
_LONG_LEADS = frozenset({"van", "von", "vander", "vanden"})
_ARTICLE_LEADS = frozenset({"de", "den", "ten", "ter", "te", "het", "'t", "t"})
_SHORTEST_SMALL = 4
#: "amerikanen", "argentijnen", "oekrainers": of a country, and nobody
PEOPLES = re.compile(r"[a-z]{3}(?:anen|ijnen|iers|iners)\Z")
#: "de heer Van der Meer"
_SIR = "heer"


def is_in_slot(view: Context, position: int) -> bool:
    """Whether this word stands where only the name of a person can stand."""
    if not view.key(position):
        return False
    return (
        _is_looked_at(view, position)
        or _is_small_subject(view, position)
        or _is_subject_without_article(view, position)
        or _is_addressed(view, position)
        or has_capital_lead(view, position)
    )


def is_somebody_here(view: Context, position: int) -> bool:
    """*de zus van Sofia*, *Sofia zegt*: a first name before it is a town, for who speaks."""
    token, lists = view.tokens[position], view.lists
    if not token.is_capital or not (view.is_first_name(position) or token.key in lists.ambiguous):
        return False
    if {position - 1, position + 1} & view.allowed:
        return False
    before, further = view.key(position - 1), view.key(position - 2)
    kin = before in lists.kinship or (before == "van" and further in lists.kinship)
    spoken = view.joined(position) and view.key(position + 1) in lists.speaking
    return kin or before in lists.titles or before in lists.naming or (spoken and before != "in")


def _is_looked_at(view: Context, position: int) -> bool:
    """*keek naar*, *gooide stenen naar*, *boos op*: not a town or a place, but somebody."""
    verbs = {"naar": view.lists.looking, "op": view.lists.aimed}.get(view.key(position - 1))
    if verbs is None or not view.joined(position - 1):
        return False
    if not (view.is_free(position) or view.is_strange(position)):
        return False
    if view.is_organisation(position, position) or view.tokens[position].is_shouted:
        return False
    before = range(max(position - 2 - _LOOKING_WORDS, 0), position - 1)
    return any(view.key(p) in verbs for p in before)


def _is_small_subject(view: Context, position: int) -> bool:
    """*gisteren heeft furgill gedreigd*: no word of Dutch, straight behind what somebody does."""
    token, lists = view.tokens[position], view.lists
    if token.is_capital or token.opens or not view.joined(position - 1):
        return False
    before = view.key(position - 1)
    # "dat china": a name of a country or club is one in small letters, too.
    if token.key in lists.allowed.single or PEOPLES.search(token.key):
        return False
    if token.key in lists.openers:
        return before in lists.acting
    if len(token.text) < _SHORTEST_SMALL or not view.is_strange(position):
        return False
    follows = before in lists.acting or before in lists.small_follow or before in lists.kinship
    return follows and _is_plain_small(token.text)


def _is_plain_small(text: str) -> bool:
    return "-" not in text and text == text.lower()


def _is_subject_without_article(view: Context, position: int) -> bool:
    """*Bakker wil praten*, *storm durft niet*: a thing would have *de* or *een* before it."""
    token, lists = view.tokens[position], view.lists
    if not token.opens or not view.joined(position) or token.is_shouted:
        return False
    named = token.key in lists.ambiguous or (token.is_capital and token.key in lists.family)
    if not named or position in view.allowed:
        return False
    if token.key in lists.common or token.key in lists.offices or token.key in lists.organisations:
        return False
    return view.key(position + 1) in lists.willing


def _is_addressed(view: Context, position: int) -> bool:
    """*Mevrouw De Groot*, *de heer Van der Meer*, *meneer bakker*."""
    token, lists = view.tokens[position], view.lists
    first = first_lead(view, position)
    before = view.key(first - 1)
    # "hun familie. De klas …": another sentence is about something else.
    if not first or view.tokens[first].opens or before not in lists.honorifics | {_SIR}:
        return False
    if first < position:
        capital_lead = any(view.tokens[p].is_capital for p in range(first, position))
        return token.is_capital or (capital_lead and before != _SIR)
    if token.is_capital:
        return before != _SIR and not token.is_shouted and len(token.text) > 1
    known = token.key in lists.family or token.key in lists.ambiguous
    return known and before != _SIR and token.key not in lists.common | lists.willing


def first_lead(view: Context, position: int) -> int:
    while position and view.joined(position - 1) and view.key(position - 1) in view.lists.prefixes:
        position -= 1
    return position


def has_capital_lead(view: Context, position: int) -> bool:
    """*ruzie met Van Leeuwen*, *Van der Meer wil praten*, *De Boer durft niet*."""
    token, lists = view.tokens[position], view.lists
    first = first_lead(view, position)
    if first == position or not token.is_capital or position in view.allowed:
        return False
    lead = view.tokens[first]
    if not lead.is_capital or any(p in view.allowed for p in range(first, position)):
        return False
    if lead.is_shouted or view.is_organisation(first, position):
        return False
    if not lead.opens and lead.key in _LONG_LEADS:
        return view.key(first - 1) not in lists.places_lead
    acts = view.joined(position) and view.key(position + 1) in lists.willing | lists.speaking
    if lead.key in _LONG_LEADS:
        return acts or position - first > 1
    # "Bij De Hoek heeft iemand": a shop, so only as the first word.
    return lead.opens and lead.key in _ARTICLE_LEADS and acts and token.key in lists.family
