"""Finds names of people by lists and by what stands around them. Pure.

Three kinds of evidence: a name from the lists, a capitalised word next to a word that
announces a person (*moeder van*, *dhr.*, *genaamd*, *… zegt*), and two capitalised words
in a row that are no place, club, school or paper. One hit grows to the whole name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from signals.person_context import Context
from signals.person_excused import allowed_positions, excused_by_us
from signals.person_growing import name_span, whole_name
from signals.person_slots import is_in_slot, is_somebody_here
from signals.person_words import Lists, Span, Token, fold

_INITIAL = r"(?:[A-Z]|IJ|Th|Chr?|Joh|Ph|Fr|Jac)"
_INITIALS = re.compile(
    rf"(?<![\w.])(?:{_INITIAL}\.\s?){{1,4}}(?:(?:van|de|der|den|ten|ter|el|al|het|'t)\s)*[A-Z][^\W\d_]+"
    r"(?:-[A-Z][^\W\d_]+)*"
)
#: "M.K." alone, but not "V.S." or "N.B."
_ONLY_INITIALS = re.compile(
    r"(?<![\w.])(?!(?:V\.S|U\.S|V\.N|E\.U|E\.G|N\.B|P\.S|B\.V|N\.V|A\.D|I\.S|G\.G\.D|M\.B\.O|H\.B\.O|P\.O|V\.O"
    r"|A\.U\.B|S\.V\.P|E\.H\.B|Z\.O\.Z|T\.A\.V|I\.V\.M|N\.A\.V|I\.P\.V|O\.A|D\.W\.Z|M\.A\.W|J\.L)\.)"
    r"(?:[A-Z]\.){2,3}(?![\w.])(?!\s?[A-Z])"
)
#: "p. jansen": only with a surname that is known
_SMALL_INITIALS = re.compile(
    r"(?<![\w.])(?:[a-z]\.\s?){1,3}(?:(?:van|de|der|den|ten|ter|el|al)\s)*([^\W\d_]{4,})(?!\w)"
)
#: "dhr. v.d. Berg", "Jan v/d Berg"
_SHORT_PREFIX = re.compile(
    r"(?:[A-Z][^\W\d_]+\s)?(?<!\w)(?:v\.\s?d\.?|v/d|vd|v\.)\s?[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)*"
)
#: no Dutch words, so what follows is a surname
_BOUND = frozenset({"el", "ait", "ould", "abou", "abu", "ibn", "bint"})
#: "Moluccaanse", "Kongolese": of a place, however it is spelled
_OF_A_PLACE = re.compile(r"[a-z]{3}(?:aanse|eense|ische|ese)\Z")
_PRONOUNS = frozenset({"hij", "zij", "ze", "die"})
#: "ze noemen hem roos"
_CALLED = frozenset({"hem", "haar", "zich", "zichzelf", "hen", "mij"})
_NUMBERED = re.compile(
    r"\s(?:uit|van|in|zit in)\s(?:klas|groep|havo|vwo|vmbo|mavo|\d\s?-?[a-hA-H]\b)"
)
_PRONOUN_NEXT = re.compile(r",?\s(?:hij|zij|ze|die)\s|,\s(?:een|uit|van)\s")
#: "Furgill, kun jij komen", "Furgill (17)", "Furgill's broer"
_SPOKEN_TO = re.compile(r",\s|\s?\(|['’]s\s")
_AND_KIN = re.compile(r"\s(?:en|met)\s(?:zijn|haar|z'n|d'r|hun)\s")
_PARENT_OF = re.compile(r"\s?\(?(?:de\s)?(?:vader|moeder|broer|zus|zoon|dochter|oom|neef)\svan\s")


def find_names(
    text: str, tokens: list[Token], lists: Lists, allow: Collection[str]
) -> Iterator[Span]:
    """Spans that look like the name of a person."""
    view = Context(text, tokens, allowed_positions(text, tokens, lists, allow), lists)
    for pattern in (_INITIALS, _ONLY_INITIALS, _SHORT_PREFIX):
        for match in pattern.finditer(text):
            if not _is_excused(view, match.start(), match.end()):
                yield Span(match.start(), match.end(), "NAAM")
    for match in _SMALL_INITIALS.finditer(text):
        if fold(match.group(1)) in lists.surnames:
            yield Span(match.start(), match.end(), "NAAM")
    seeds = {p for p in range(len(tokens)) if p not in view.allowed and _is_seed(view, p)}
    seeds |= {p for p in excused_by_us(tokens, lists, allow) if is_somebody_here(view, p)}
    seeds |= {p for p in range(len(tokens)) if _in_enumeration(view, p, seeds)}
    done = -1
    for position in sorted(seeds):
        # A seed inside the name before it is the same name.
        if position <= done:
            continue
        first, last = whole_name(view, position)
        done = last
        if not view.is_organisation(first, last):
            yield name_span(view, first, last)


def _is_excused(view: Context, start: int, end: int) -> bool:
    """Whether an allow-list knows the last word: *Peter R. de Vries*."""
    last = [p for p, token in enumerate(view.tokens) if start <= token.start < end][-1:]
    return bool(last) and last[0] in view.allowed and last[0] - 1 in view.allowed


def _is_seed(view: Context, position: int) -> bool:
    return (
        _is_listed(view, position)
        or _is_announced(view, position)
        or _is_followed(view, position)
        or _starts_row(view, position)
        or _stands_alone(view, position)
        or _stands_strange(view, position)
        or _is_small_surname(view, position)
        or is_in_slot(view, position)
    )


def _is_small_surname(view: Context, position: int) -> bool:
    """*el amrani*, *van der meulen*, without a capital and without a first name."""
    token, lists = view.tokens[position], view.lists
    if token.is_capital or len(token.text) < 4 or not view.joined(position - 1):
        return False
    before = view.key(position - 1)
    if before == "al":
        return token.key in lists.surnames
    if before in _BOUND:
        return token.key in lists.family or view.is_strange(position)
    dutch = before in ("der", "den") and view.key(position - 2) == "van"
    return dutch and token.key in lists.family


def _is_listed(view: Context, position: int) -> bool:
    token, lists = view.tokens[position], view.lists
    if token.key in lists.ambiguous:
        stands_out = (
            token.is_capital
            and not token.is_shouted
            and (not token.opens or token.key in lists.openers or _speaks(view, position))
        )
        return stands_out or _has_family_name(view, position)
    if view.is_first_name(position):
        return True
    if not token.is_capital or token.key not in lists.surnames:
        return False
    return not view.after_article(position) and view.key(position - 1) not in lists.places_lead


def _speaks(view: Context, position: int) -> bool:
    """*April vertelde*: a month does not."""
    return view.joined(position) and view.key(position + 1) in view.lists.speaking


def _has_family_name(view: Context, position: int) -> bool:
    """*Jan de Vries* and *Mark Rutte*, also as the first words of a sentence."""
    after = position + 1
    while view.joined(after - 1) and view.key(after) in view.lists.prefixes:
        after += 1
    if after == position + 1:
        return view.joined(position) and view.tokens[position].is_capital and view.is_free(after)
    if not view.joined(after - 1):
        return False
    return view.is_free(after) or view.key(after) in view.lists.surnames


def _is_announced(view: Context, position: int) -> bool:
    """A word before it says that a person's name follows."""
    lists, token = view.lists, view.tokens[position]
    known = token.key in lists.ambiguous or view.is_first_name(position)
    before = view.key(position - 1)
    if not before or not _reaches(view, position - 1):
        return False
    if before == "genaamd" or (before in lists.naming and view.is_free(position)):
        return True
    if known and before in _CALLED and view.key(position - 2) in lists.naming:
        return True
    if before in lists.naming and (known or _names_somebody(view, position)):
        return True
    return _after_person_word(view, position, known) or _after_mention(view, position, known)


def _names_somebody(view: Context, position: int) -> bool:
    """*hij heet wolfert*, in small letters."""
    token = view.tokens[position]
    subject = view.key(position - 2)
    return (
        (subject in _PRONOUNS or subject in view.lists.titles or subject in view.lists.kinship)
        and len(token.text) > 2
        and token.key not in view.lists.common
        and position not in view.allowed
    )


def _after_person_word(view: Context, position: int, known: bool) -> bool:
    """*mijn leerling X*, *moeder van x*, *dhr. De X*."""
    lists, before = view.lists, view.key(position - 1)
    if before == "van" and view.key(position - 2) in lists.kinship:
        return known or view.is_free(position) or view.is_strange(position)
    if before in lists.prefixes and view.tokens[position].key in lists.family:
        first = position - 1
        while view.key(first) in lists.prefixes:
            first -= 1
        if view.key(first) in lists.honorifics:
            return True
    if before in lists.prefixes and view.is_free(position):
        long = before in ("den", "der") and view.key(position - 2) == "van"
        capital = view.tokens[position - 1].is_capital
        announcers = lists.titles if capital or long else lists.honorifics
        return bool({view.key(position - 2), view.key(position - 3)} & announcers)
    if before in lists.honorifics and view.tokens[position].key in lists.surnames:
        return True
    if before in lists.announcing and view.is_strange(position):
        return True
    if before not in lists.titles and before not in lists.kinship:
        return False
    return known or (view.is_free(position) and not view.tokens[position].is_shouted)


def _after_mention(view: Context, position: int, known: bool) -> bool:
    unknown = view.is_free(position) or view.is_strange(position)
    if not known and (not unknown or view.tokens[position].is_shouted):
        return False
    for phrase in view.lists.mentions:
        start = position - len(phrase)
        if start >= 0 and all(view.key(start + i) == w for i, w in enumerate(phrase)):
            return True
    return False


def _reaches(view: Context, position: int) -> bool:
    """Whether the word at ``position`` speaks to the next one: no sentence end between."""
    token = view.tokens[position]
    gap = view.gap(position).strip()
    return gap in ("", ",", ":", "(", '"', "'", "‘", "“") or (gap == "." and len(token.key) <= 4)


def _is_followed(view: Context, position: int) -> bool:
    """What comes after an unknown capitalised word shows that it is a person."""
    token = view.tokens[position]
    if not view.is_free(position) or token.is_shouted or view.after_article(position):
        return False
    if view.is_organisation(position, position):
        return False
    rest = view.after(position)
    if rest[:2] in ("'s", "’s") and view.key(position + 2) in view.lists.kinship:
        return True
    if view.joined(position) and view.key(position + 1) in view.lists.speaking:
        return True
    if _NUMBERED.match(rest) or _PARENT_OF.match(rest):
        return True
    if _AND_KIN.match(rest):
        return view.key(position + 3) in view.lists.kinship
    return not token.opens and bool(_PRONOUN_NEXT.match(rest))


def _starts_row(view: Context, position: int) -> bool:
    """Two capitalised words in a row that nothing explains."""
    if not view.joined(position) or view.after_article(position):
        return False
    if not (view.is_free(position) and view.is_free(position + 1)):
        return False
    here, there = view.tokens[position], view.tokens[position + 1]
    if here.is_shouted or there.is_shouted:
        return False
    return _may_be_name(view, position) or _may_be_name(view, position + 1)


def _may_be_name(view: Context, position: int) -> bool:
    """Not *Getuigen* or *Eerst*: a plain word that nobody is called by."""
    key = view.key(position)
    if view.is_listed_name(position) or key in view.lists.family:
        return True
    return view.is_strange(position) and not _OF_A_PLACE.search(key)


def _stands_alone(view: Context, position: int) -> bool:
    """An unknown capitalised word inside a sentence, where no place is expected."""
    token, lists = view.tokens[position], view.lists
    if token.opens or not view.is_free(position) or len(token.text) < 3:
        return False
    if token.text[1:] != token.text[1:].lower() or view.is_organisation(position, position):
        return False
    if not _may_be_name(view, position) or _is_called_the(view, position):
        return False
    before = view.key(position - 1)
    return not view.after_article(position) and before not in lists.places_follow


def _is_called_the(view: Context, position: int) -> bool:
    """*bij De Monnikskap*: a house or a school; *mevrouw De Boer* is announced."""
    before = view.key(position - 1)
    return (
        before in ("de", "het")
        and view.joined(position - 1)
        and view.tokens[position - 1].is_capital
        and view.key(position) not in view.lists.family
    )


def _stands_strange(view: Context, position: int) -> bool:
    """A capital on what no dictionary knows: first in a sentence, or where persons come."""
    token, lists = view.tokens[position], view.lists
    if not token.is_capital:
        return token.opens and view.is_strange(position) and _acts(view, position)
    if token.text[1:] != token.text[1:].lower() or _OF_A_PLACE.search(token.key):
        return False
    if not view.is_strange(position) or view.is_organisation(position, position):
        return False
    if token.opens:
        return view.joined(position) or bool(_SPOKEN_TO.match(view.after(position)))
    before = view.key(position - 1)
    if before in ("en", "of"):
        return position - 2 not in view.allowed and not view.tokens[position - 2].is_capital
    return before in lists.persons_follow or view.is_object(position - 1)


def _acts(view: Context, position: int) -> bool:
    """*furgill heeft gedreigd*, *furgill en jaimy hebben gevochten*."""
    if not view.joined(position):
        return False
    after = view.key(position + 1)
    if after == "en" and view.joined(position + 1):
        return view.is_strange(position + 2)
    return after in view.lists.speaking or after in view.lists.acting


def _in_enumeration(view: Context, position: int, seeds: set[int]) -> bool:
    """*Sem, Daan en Mees*: one name makes its neighbours names."""
    if position in view.allowed:
        return False
    token = view.tokens[position]
    lower_pair = not token.is_capital and view.is_strange(position)
    if not (view.is_free(position) or lower_pair or token.key in view.lists.ambiguous):
        return False
    for other, between in ((position - 2, position - 1), (position + 2, position + 1)):
        if other in seeds and view.key(between) in ("en", "of"):
            return True
    comma_left = position - 1 in seeds and view.gap(position - 1).strip() == ","
    comma_right = (
        position + 1 in seeds and position + 1 < len(view.tokens) and view.gap(position) == ", "
    )
    return token.is_capital and not token.opens and (comma_left or comma_right)
