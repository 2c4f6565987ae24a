"""Grows one word that is a name to the whole name: *Bram op den Kamp*, *mevr van dijk*. Pure."""

from __future__ import annotations

import re

from signals import dutch_words
from signals.person_context import Context
from signals.person_slots import first_lead, has_capital_lead
from signals.person_words import Span

#: "op den Kamp", "in 't Veld": a preposition belongs to a surname in front of these
_OLD_ARTICLES = frozenset({"t", "den", "der", "ten"})
_OLD_LEADS = frozenset(
    {"op", "in", "uit", "aan", "onder", "bij", "over", "voor", "buiten", "achter"}
)
#: "Anouar B.", "dilan k."
_INITIAL_BEHIND = re.compile(r"\s[A-Za-z]\.(?!\w)")
_DOT = re.compile(r"\.(?!\w)")
#: part of how somebody is called: "ome henk", "tante Riet"
_CALLED = frozenset({"ome", "oom", "tante", "opa", "oma", "juf"})
#: "de boer" may be any farmer; "el amrani" and "van der meulen" are a name
_LOOSE_PREFIXES = frozenset({"de", "het", "te", "t", "la", "le", "di", "du", "van", "ben", "al"})
_SHORTEST_GENITIVE = 4
_ADJECTIVE = re.compile(r"(?:se|sche)\Z")


def whole_name(view: Context, position: int) -> tuple[int, int]:
    """The first and last word of the whole name around a seed."""
    return _grow_left(view, position), _grow_right(view, position)


def name_span(view: Context, first: int, last: int) -> Span:
    """The span of these words, without the s of *Ahmeds broer*."""
    token = view.tokens[last]
    end = token.end
    if token.key.endswith("s") and _owns(view, last) and _is_genitive(view, token.key):
        end -= 1
    elif initial := (_DOT if len(token.text) == 1 else _INITIAL_BEHIND).match(view.text, end):
        end = initial.end()
    if first and view.joined(first - 1) and view.key(first - 1) in _CALLED:
        first -= 1
    return Span(view.tokens[first].start, end, "NAAM")


def _owns(view: Context, position: int) -> bool:
    """*Ahmeds broer*, but not *Martins belde* or *Torres over de tuin*."""
    if not view.joined(position):
        return False
    owned, lists = view.key(position + 1), view.lists
    if owned in lists.kinship:
        return True
    acts = owned in lists.speaking or owned in lists.acting or owned in lists.willing
    return not acts and owned not in lists.common and dutch_words.is_form(owned)


def _is_genitive(view: Context, key: str) -> bool:
    base, lists = key[:-1], view.lists
    if len(base) < _SHORTEST_GENITIVE or key in lists.first_names or key in lists.family:
        return False
    known = base in lists.first_names or base in lists.surnames
    return known and key not in lists.ambiguous and not dutch_words.is_form(key)


def _grow_right(view: Context, position: int) -> int:
    last, step = position, position
    lower = not view.tokens[position].is_capital
    while view.joined(step):
        step += 1
        behind_prefix = view.key(step - 1) in view.lists.prefixes
        if step in view.allowed and (not behind_prefix or _is_adjective(view, step)):
            break
        token = view.tokens[step]
        # "Groot" or "Heer" is an ordinary word, but not with a capital behind a first name.
        if token.is_capital or (lower and _is_family_name(view, step)):
            last = step
        elif token.key not in view.lists.prefixes and not _leads(view, step):
            break
    return last


def _is_adjective(view: Context, position: int) -> bool:
    """*Rêzan de Turkse vlag*: what comes is no surname."""
    return view.key(position - 1) == "de" and bool(_ADJECTIVE.search(view.key(position)))


def _leads(view: Context, position: int) -> bool:
    """*op den*, *in 't*; *in de* only in front of a surname that is known."""
    if view.key(position) not in _OLD_LEADS or not view.joined(position):
        return False
    after = view.key(position + 1)
    if after in _OLD_ARTICLES:
        return True
    known = view.key(position + 2) in view.lists.surnames and position + 2 not in view.allowed
    return after == "de" and view.joined(position + 1) and known


def _is_family_name(view: Context, position: int) -> bool:
    """Behind a first name in small letters: *lotte van der meulen*, *dennis bakkerstra*."""
    key = view.key(position)
    if key in view.lists.family or key in view.lists.first_names:
        return True
    return key not in view.lists.prefixes and view.is_strange(position)


def _grow_left(view: Context, position: int) -> int:
    first, step = position, position
    if _is_addressed(view, position):
        return first_lead(view, position)
    if not view.tokens[position].is_capital:
        return _small_left(view, position)
    lead = first_lead(view, position)
    if view.tokens[lead].opens and has_capital_lead(view, position):
        return lead
    while step > 0 and view.joined(step - 1):
        step -= 1
        token = view.tokens[step]
        if step in view.allowed:
            break
        capital_prefix = token.key in view.lists.prefixes and token.is_capital and not token.opens
        if capital_prefix or (view.is_free(step) and not _announces(view, step)):
            first = step
        elif token.key not in view.lists.prefixes or token.key in ("van", "het", "de"):
            break
    return first


def _small_left(view: Context, position: int) -> int:
    """*mo el amrani*, *jan willem*: in small letters only what is surely a part of the name."""
    first = position
    while first and view.joined(first - 1) and first - 1 not in view.allowed:
        before = view.key(first - 1)
        if before in view.lists.prefixes:
            behind_van = view.key(first - 2) == "van" and before in ("de", "den", "der")
            bound = view.key(first) in view.lists.prefixes and before == "van"
            if before in _LOOSE_PREFIXES and not behind_van and not bound:
                break
        elif not _is_small_first_name(view, first - 1):
            break
        first -= 1
    return first


def _is_small_first_name(view: Context, position: int) -> bool:
    key, lists = view.key(position), view.lists
    return key in lists.first_names or (key in lists.ambiguous and key not in lists.common)


def _announces(view: Context, position: int) -> bool:
    key = view.key(position)
    return key in view.lists.titles or key in view.lists.kinship or key in view.lists.offices


def _is_addressed(view: Context, position: int) -> bool:
    """*familie de Boer*, *mevr van dijk*: the small words belong to the name."""
    first = first_lead(view, position)
    # "directeur van Philips" is no name, "pastor van den Berg" is.
    long = position - first > 1
    announcers = view.lists.titles if long else view.lists.honorifics
    return first < position and view.key(first - 1) in announcers | view.lists.honorifics
