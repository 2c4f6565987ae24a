"""Finds names of people by lists and by what stands around them. Pure.

Three kinds of evidence: a name from the lists, a capitalised word next to a word that
announces a person (*moeder van*, *dhr.*, *genaamd*, *… zegt*), and two capitalised words
in a row that are no place, club, school or paper. One hit grows to the whole name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from signals.person_words import Lists, Span, Token, allowed_positions

_INITIALS = re.compile(
    r"(?<![\w.])(?:[A-Z]\.\s?){1,4}(?:(?:van|de|der|den|ten|ter|el|al|het|'t)\s)*[A-Z][^\W\d_]+"
    r"(?:-[A-Z][^\W\d_]+)*"
)
_ARTICLES = frozenset({"de", "het", "een", "t", "onze", "deze", "dit"})
_PRONOUNS = frozenset({"hij", "zij", "ze", "die"})
_NUMBERED = re.compile(
    r"\s(?:uit|van|in|zit in)\s(?:klas|groep|havo|vwo|vmbo|mavo|\d\s?-?[a-hA-H]\b)"
)
_PRONOUN_NEXT = re.compile(r",?\s(?:hij|zij|ze|die)\s|,\s(?:een|uit|van)\s")
_AND_KIN = re.compile(r"\s(?:en|met)\s(?:zijn|haar|z'n|d'r|hun)\s")
_PARENT_OF = re.compile(r"\s?\(?(?:de\s)?(?:vader|moeder|broer|zus|zoon|dochter|oom|neef)\svan\s")


@dataclass(frozen=True)
class _Text:
    """A text with its words and what is known about them."""

    text: str
    tokens: list[Token]
    allowed: set[int]
    lists: Lists

    def gap(self, position: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.tokens[position].end : self.tokens[position + 1].start]

    def after(self, position: int) -> str:
        end = self.tokens[position].end
        return self.text[end : end + 60]

    def key(self, position: int) -> str:
        return self.tokens[position].key if 0 <= position < len(self.tokens) else ""

    def joined(self, position: int) -> bool:
        """Whether only white space stands between this word and the next."""
        return position + 1 < len(self.tokens) and not self.gap(position).strip()

    def is_free(self, position: int) -> bool:
        """A capitalised word that is neither allowed nor an ordinary word."""
        token = self.tokens[position]
        return (
            token.is_capital
            and position not in self.allowed
            and len(token.text) > 1
            and token.key not in self.lists.common
        )


def find_names(
    text: str, tokens: list[Token], lists: Lists, allow: Collection[str]
) -> Iterator[Span]:
    """Spans that look like the name of a person."""
    view = _Text(text, tokens, allowed_positions(tokens, lists, allow), lists)
    for match in _INITIALS.finditer(text):
        yield Span(match.start(), match.end(), "NAAM")
    seeds = {p for p in range(len(tokens)) if p not in view.allowed and _is_seed(view, p)}
    seeds |= {p for p in range(len(tokens)) if _in_enumeration(view, p, seeds)}
    done = -1
    for position in sorted(seeds):
        # A seed inside the name before it is the same name.
        if position <= done:
            continue
        first, last = _grow(view, position)
        done = last
        if not _is_organisation(view, first, last):
            yield Span(tokens[first].start, tokens[last].end, "NAAM")


def _is_seed(view: _Text, position: int) -> bool:
    return (
        _is_listed(view, position)
        or _is_announced(view, position)
        or _is_followed(view, position)
        or _starts_row(view, position)
        or _stands_alone(view, position)
    )


def _listed_first_name(view: _Text, token: Token) -> bool:
    lists = view.lists
    if token.key in lists.first_names:
        return True
    parts = token.key.split("-")
    capital = all(part[:1].isupper() for part in token.text.split("-"))
    return len(parts) > 1 and capital and parts[0] in lists.first_names


def _is_listed(view: _Text, position: int) -> bool:
    token, lists = view.tokens[position], view.lists
    if token.key in lists.ambiguous:
        stands_out = token.is_capital and not token.opens and not token.is_shouted
        return stands_out or _has_family_name(view, position)
    if _listed_first_name(view, token):
        return True
    return token.is_capital and token.key in lists.surnames and not _after_article(view, position)


def _has_family_name(view: _Text, position: int) -> bool:
    """*Jan de Vries* and *Mark Rutte*, also as the first words of a sentence."""
    after = position + 1
    while view.joined(after - 1) and view.key(after) in view.lists.prefixes:
        after += 1
    if after == position + 1:
        return view.joined(position) and view.tokens[position].is_capital and view.is_free(after)
    if not view.joined(after - 1):
        return False
    return view.is_free(after) or view.key(after) in view.lists.surnames


def _is_announced(view: _Text, position: int) -> bool:
    """A word before it says that a person's name follows."""
    lists, token = view.lists, view.tokens[position]
    known = token.key in lists.ambiguous or _listed_first_name(view, token)
    before = view.key(position - 1)
    if not before or not _reaches(view, position - 1):
        return False
    if before == "genaamd" or (before in lists.naming and view.is_free(position)):
        return True
    if before in lists.naming and (known or _names_somebody(view, position)):
        return True
    return _after_person_word(view, position, known) or _after_mention(view, position, known)


def _names_somebody(view: _Text, position: int) -> bool:
    """*hij heet wolfert*, in small letters."""
    token = view.tokens[position]
    subject = view.key(position - 2)
    return (
        (subject in _PRONOUNS or subject in view.lists.titles or subject in view.lists.kinship)
        and len(token.text) > 2
        and token.key not in view.lists.common
        and position not in view.allowed
    )


def _after_person_word(view: _Text, position: int, known: bool) -> bool:
    """*mijn leerling X*, *moeder van x*, *dhr. De X*."""
    lists, before = view.lists, view.key(position - 1)
    if before == "van" and view.key(position - 2) in lists.kinship:
        return known or view.is_free(position)
    if before in lists.prefixes and view.is_free(position):
        capital = view.tokens[position - 1].is_capital
        announcers = lists.titles if capital else lists.honorifics
        return bool({view.key(position - 2), view.key(position - 3)} & announcers)
    if before in lists.honorifics and view.tokens[position].key in lists.surnames:
        return True
    if before not in lists.titles and before not in lists.kinship:
        return False
    return known or (view.is_free(position) and not view.tokens[position].is_shouted)


def _after_mention(view: _Text, position: int, known: bool) -> bool:
    if not known and (not view.is_free(position) or view.tokens[position].is_shouted):
        return False
    for phrase in view.lists.mentions:
        start = position - len(phrase)
        if start >= 0 and all(view.key(start + i) == w for i, w in enumerate(phrase)):
            return True
    return False


def _reaches(view: _Text, position: int) -> bool:
    """Whether the word at ``position`` speaks to the next one: no sentence end between."""
    token = view.tokens[position]
    gap = view.gap(position).strip()
    return gap in ("", ",", ":", "(", '"', "'", "‘", "“") or (gap == "." and len(token.key) <= 4)


def _is_followed(view: _Text, position: int) -> bool:
    """What comes after an unknown capitalised word shows that it is a person."""
    token = view.tokens[position]
    if not view.is_free(position) or token.is_shouted or _after_article(view, position):
        return False
    if _is_organisation(view, position, position):
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


def _starts_row(view: _Text, position: int) -> bool:
    """Two capitalised words in a row that nothing explains."""
    if not view.joined(position) or _after_article(view, position):
        return False
    if not (view.is_free(position) and view.is_free(position + 1)):
        return False
    here, there = view.tokens[position], view.tokens[position + 1]
    return not (here.is_shouted or there.is_shouted)


def _stands_alone(view: _Text, position: int) -> bool:
    """An unknown capitalised word inside a sentence, where no place is expected."""
    token, lists = view.tokens[position], view.lists
    if token.opens or not view.is_free(position) or len(token.text) < 3:
        return False
    if token.text[1:] != token.text[1:].lower() or _is_organisation(view, position, position):
        return False
    before = view.key(position - 1)
    return not _after_article(view, position) and before not in lists.places_follow


def _in_enumeration(view: _Text, position: int, seeds: set[int]) -> bool:
    """*Sem, Daan en Mees*: one name makes its neighbours names."""
    if position in view.allowed:
        return False
    token = view.tokens[position]
    if not (view.is_free(position) or token.key in view.lists.ambiguous):
        return False
    for other, between in ((position - 2, position - 1), (position + 2, position + 1)):
        if other in seeds and view.key(between) in ("en", "of"):
            return True
    comma_left = position - 1 in seeds and view.gap(position - 1).strip() == ","
    comma_right = (
        position + 1 in seeds and position + 1 < len(view.tokens) and view.gap(position) == ", "
    )
    return token.is_capital and not token.opens and (comma_left or comma_right)


def _grow(view: _Text, position: int) -> tuple[int, int]:
    """The first and last word of the whole name around a seed."""
    return _grow_left(view, position), _grow_right(view, position)


def _grow_right(view: _Text, position: int) -> int:
    last, step = position, position
    lower = not view.tokens[position].is_capital
    while view.joined(step):
        step += 1
        if step in view.allowed:
            break
        token = view.tokens[step]
        # "Groot" or "Heer" is an ordinary word, but not with a capital behind a first name.
        if token.is_capital or (lower and token.key in view.lists.surnames):
            last = step
        elif token.key not in view.lists.prefixes:
            break
    return last


def _grow_left(view: _Text, position: int) -> int:
    first, step = position, position
    if not view.tokens[position].is_capital:
        return first
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


def _announces(view: _Text, position: int) -> bool:
    key = view.key(position)
    return key in view.lists.titles or key in view.lists.kinship or key in view.lists.offices


def _after_article(view: _Text, position: int) -> bool:
    """*de Sahara*, *het Lorentz*; but *mevrouw De Boer* has no article."""
    if position == 0 or not view.joined(position - 1):
        return False
    article = view.tokens[position - 1]
    return article.key in _ARTICLES and (article.opens or not article.is_capital)


def _is_organisation(view: _Text, first: int, last: int) -> bool:
    """A school, square, club or public office carries the words."""
    lists = view.lists
    for position in range(first, last + 1):
        key = view.key(position)
        if key in lists.organisations:
            return True
        if key not in lists.first_names and key not in lists.surnames:
            endings = tuple(e for e in lists.organisation_endings if len(key) > len(e) + 1)
            if key.endswith(endings):
                return True
    before, behind = view.key(first - 1), view.key(last + 1)
    if before in lists.offices or view.key(first - 1) == "sint":
        return True
    if before in lists.organisations and before != "groep" and view.joined(first - 1):
        return True
    if before == "het" and view.joined(first - 1):
        return True
    return behind in lists.houses_of_worship and last > first and view.joined(last)
