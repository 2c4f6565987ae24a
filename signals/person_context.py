"""A text with its words and what is known about them: what the finders of names ask. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from signals.dutch_words import is_word
from signals.person_words import Lists, Token

_ARTICLES = frozenset({"de", "het", "een", "t", "onze", "deze", "dit"})
#: between the parts of one name: "Van 't Hof"
_INSIDE_NAME = ("", "'", "’")


@dataclass(frozen=True)
class Context:
    """A text, its words and which of them the allow-lists excuse."""

    text: str
    tokens: list[Token]
    allowed: set[int]
    lists: Lists

    def gap(self, position: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.tokens[position].end : self.tokens[position + 1].start]

    def after(self, position: int) -> str:
        """The sixty characters behind a word."""
        end = self.tokens[position].end
        return self.text[end : end + 60]

    def key(self, position: int) -> str:
        """The folded word; empty outside the text."""
        return self.tokens[position].key if 0 <= position < len(self.tokens) else ""

    def joined(self, position: int) -> bool:
        """Whether only white space stands between this word and the next."""
        return position + 1 < len(self.tokens) and self.gap(position).strip() in _INSIDE_NAME

    def is_free(self, position: int) -> bool:
        """A capitalised word that is neither allowed nor an ordinary word."""
        token = self.tokens[position]
        if not token.is_capital or position in self.allowed or len(token.text) < 2:
            return False
        if token.key in self.lists.common:
            return False
        # Every sentence opens with a capital: there the dictionary decides.
        return not token.opens or self.is_listed_name(position) or not is_word(token.text)

    def is_strange(self, position: int) -> bool:
        """A word, in capitals or not, that is in no list and no dictionary."""
        token = self.tokens[position]
        return (
            position not in self.allowed
            and len(token.text) > 2
            and token.key not in self.lists.common
            and not is_word(token.text)
        )

    def is_listed_name(self, position: int) -> bool:
        """A name that is known, also one that is a word as well."""
        key, lists = self.key(position), self.lists
        return key in lists.surnames or key in lists.ambiguous or self.is_first_name(position)

    def is_first_name(self, position: int) -> bool:
        """A first name that is no ordinary word; also *Anne-Fleur*."""
        token, names = self.tokens[position], self.lists.first_names
        if token.key in names:
            return True
        parts = token.key.split("-")
        capital = all(part[:1].isupper() for part in token.text.split("-"))
        return len(parts) > 1 and capital and parts[0] in names

    def after_article(self, position: int) -> bool:
        """*de Sahara*, *het Lorentz*; but *mevrouw De Boer* has no article.

        In *vraag het Dennis* the word before is the thing asked.
        """
        if position == 0 or not self.joined(position - 1):
            return False
        article = self.tokens[position - 1]
        if article.key not in _ARTICLES or self.is_object(position - 1):
            return False
        return article.opens or not article.is_capital

    def is_object(self, position: int) -> bool:
        """Whether *het* or *dit* is what is asked, given or told: *geef het Dennis*."""
        return self.key(position) in ("het", "dit", "t") and (
            self.key(position - 1) in self.lists.handing
        )

    def is_organisation(self, first: int, last: int) -> bool:
        """A school, square, club or public office carries the words."""
        lists = self.lists
        before, behind = self.key(first - 1), self.key(last + 1)
        if any(self._is_place(position, first, last) for position in range(first, last + 1)):
            return True
        if before in lists.offices or "sint" in (before, self.key(first)):
            return True
        if self.joined(first - 1) and self._announces_place(first):
            return True
        if before == "het" and self.joined(first - 1) and not self.is_object(first - 1):
            return True
        return behind in lists.houses_of_worship and self.joined(last)

    def _announces_place(self, first: int) -> bool:
        """*kindcentrum De Vlinder*, *supportersvereniging de Gele Muur*."""
        lists, before = self.lists, self.key(first - 1)
        if before in _ARTICLES and first > 1 and self.joined(first - 2):
            before = self.key(first - 2)
        if before in lists.organisations:
            return before != "groep"
        return not self.is_first_name(first) and before.endswith(lists.organisation_endings)

    def _is_place(self, position: int, first: int, last: int) -> bool:
        key, lists = self.key(position), self.lists
        if key in lists.organisations:
            return True
        if key in lists.first_names or key in lists.surnames:
            return False
        if key.endswith(tuple(e for e in lists.organisation_endings if len(key) > len(e) + 1)):
            return True
        named = last > first and (self.is_first_name(first) or self.is_strange(first))
        if named or self.key(first - 1) in lists.honorifics:
            return False
        return key.endswith(tuple(e for e in lists.place_endings if len(key) > len(e) + 1))
