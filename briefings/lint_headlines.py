"""A headline of the news that was put in as a fact: it is no sentence of ours. Pure.

What it has of its own: a newsroom behind it, a label before it, capitals all over, or no verb.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from html import unescape

from briefings.lint import WARN, Remark
from briefings.lint_rules import lint_rules, pattern
from signals.dutch_words import lemma_of

#: shorter ones are too little to say that a verb is missing
_LEAST_WORDS = 3
#: so many letters in capitals are a line in capitals, not an abbreviation
_SHOUTED = 12
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: participles say what was done only with a verb beside them
_GE = re.compile(r"\w*ge\w{2,}(?:d|t|en)")
_PREFIXED = re.compile(r"(?:be|her|ont|ver)\w{3,}(?:d|en)")
_PAST = ("te", "ten", "de", "den")
#: *verlengde*, *ontdekten*: also a participle, and when in doubt a verb
_PREFIXED_PAST = re.compile(r"(?:be|her|ont|ver|ge)\w{2,}[dt]en?")
_TAGS = re.compile(r"<[^>]+>")


def headline_facts(facts: Iterable[str], titles: Collection[str] = ()) -> list[str]:
    """The facts that read as a headline, or are one, each once.

    :param facts: what is confirmed; what is not yet may come from the news as it stands.
    :param titles: of the reports about this event, as :func:`folded`.
    """
    found = [one for one in facts if folded(one) in titles or is_headline(one)]
    return list(dict.fromkeys(found))


def headline_remarks(facts: Iterable[str], *forms: str) -> list[Remark]:
    """K4: of these facts the ones that stand in a text; ``forms``: that text, as HTML."""
    said = " ".join(_plain(form) for form in forms)
    return list(dict.fromkeys(_remark(one) for one in facts if _plain(_bare(one)) in said))


def _plain(html: str) -> str:
    return " ".join(unescape(_TAGS.sub(" ", html)).lower().split())


@lru_cache(maxsize=1024)
def is_headline(sentence: str) -> bool:
    """Whether it has the marks of a headline; when in doubt, it has not."""
    said, rules = _bare(sentence), lint_rules().headlines
    if pattern(rf"{rules.label}(?=\s*[:|])").match(said) or _behind(said):
        return True
    return _is_shouted(said) or not _has_verb(said)


def folded(sentence: str) -> str:
    """As two headlines are compared: without capitals, full stop and newsroom."""
    said = _bare(sentence)
    behind = _behind(said)
    return " ".join((said[: behind.start()] if behind else said).lower().split())


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip(".").strip()


def _behind(said: str) -> re.Match[str] | None:
    """The newsroom at the end: after a bar it may be any, after a dash one that is known."""
    newsroom = lint_rules().headlines.newsroom
    return re.search(rf"\s+(?:\|.*|[-–—]\s+(?:{newsroom}))\Z", said, re.IGNORECASE)


def _is_shouted(said: str) -> bool:
    letters = "".join(_WORD.findall(said))
    return len(letters) >= _SHOUTED and letters.isupper()


def _has_verb(said: str) -> bool:
    tokens = [word.lower() for word in _WORD.findall(said)]
    return len(tokens) < _LEAST_WORDS or any(_can_be_verb(token) for token in tokens)


def _can_be_verb(token: str) -> bool:
    """Whether it can be a finite verb: its form leads to another infinitive."""
    if pattern(lint_rules().headlines.verbs).fullmatch(token):
        return True
    if pattern(lint_rules().headlines.nouns).fullmatch(token):
        return False
    if pattern(lint_rules().headlines.past).fullmatch(token):
        return True
    if token.endswith("en") and lemma_of(f"{token[:-2]}t") == token:
        # Also a plural noun, as *onderzoeken*.
        return True
    lemma = lemma_of(token)
    if _is_prefixed_past(token, lemma):
        return True
    if not lemma.endswith("n"):
        return False
    if _GE.fullmatch(token):
        return lemma.startswith("ge") and token.endswith("t")
    if lemma == token:
        return token.endswith("en") and len(token) > len("eten")
    if _PREFIXED.fullmatch(token) and not token.endswith("den"):
        return False
    return lemma.endswith("en") and (len(lemma) >= len(token) - 1 or token.endswith(_PAST))


def _is_prefixed_past(token: str, lemma: str) -> bool:
    """*Gevonden* and *gesloten* are participles: their infinitive has no ge-."""
    is_participle = token.startswith("ge") and token.endswith("en") and lemma[:2] != "ge"
    return bool(_PREFIXED_PAST.fullmatch(token)) and not is_participle


def _remark(sentence: str) -> Remark:
    rules = lint_rules()
    start = " ".join(sentence.split()[:5])
    return Remark("K4", WARN, f"{rules.places['fact']}: “{start} …”", rules.advice["K4"])
