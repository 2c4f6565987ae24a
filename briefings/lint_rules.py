"""The data of the language check, read once from ``lint_rules.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field

from contacts.directory import Audience
from contacts.settings import Frozen

Level = Literal["block", "warn"]


class Limits(Frozen):
    """What a text may measure."""

    mean_sentence_words: int
    max_sentence_words: int
    passive_share: float
    paragraph_sentences: int
    heading_every_words: int
    links_per_section: int
    subject_chars: int
    chat_chars: int
    chat_chars_hard: int
    chat_words: int
    flesch: int
    flesch_parents: int
    flesch_from_words: int


class Rule(Frozen):
    """Words that do not belong in a sentence, and what to write instead."""

    code: str
    level: Level
    patterns: list[str] = Field(min_length=1)
    near: list[str] = Field(default_factory=list)
    audiences: list[Audience] = Field(default_factory=list)
    case: bool = False
    #: only for what somebody wrote in the fact block, not for our own lines
    facts_only: bool = False
    advice: str

    @cached_property
    def wrong(self) -> re.Pattern[str]:
        return _any(self.patterns, ignore_case=not self.case)

    @cached_property
    def beside(self) -> re.Pattern[str] | None:
        return _any(self.near) if self.near else None

    def hit(self, sentence: str) -> str | None:
        """The words that break the rule, or None."""
        found = self.wrong.search(sentence)
        if found is None or (self.beside is not None and not self.beside.search(sentence)):
            return None
        return found.group()

    def is_for(self, audience: Audience | None) -> bool:
        return not self.audiences or audience in self.audiences


class Names(Frozen):
    allow: list[str]


class Abbreviations(Frozen):
    known: list[str]


class Sources(Frozen):
    """How a source's name says that it is official, two newsrooms, or hearsay."""

    official: list[str]
    separators: list[str]
    articles: list[str]
    hearsay: list[str] = Field(min_length=1)

    @cached_property
    def rumours(self) -> re.Pattern[str]:
        return _any(self.hearsay)


class Links(Frozen):
    social: list[str]
    images: list[str]


class Headlines(Frozen):
    """Marks of a headline: newsrooms behind it, labels before it, and verbs it leaves out."""

    newsroom: str
    label: str
    verbs: str
    past: str
    nouns: str


class Style(Frozen):
    """Patterns of grammar."""

    passive: str
    participle: str
    informal: str


class LintRules(Frozen):
    """The whole file."""

    limits: Limits
    names: Names
    abbreviations: Abbreviations
    sources: Sources
    links: Links
    style: Style
    headlines: Headlines
    rules: list[Rule]
    plain: dict[str, str]
    advice: dict[str, str]
    places: dict[str, str]
    fields: dict[str, str]

    @cached_property
    def everywhere(self) -> tuple[Rule, ...]:
        """The rules for every sentence: those of the file, and the rare words."""
        advice = self.advice["W13"]
        rare = [
            Rule(code="W13", level="warn", patterns=[word], advice=advice.format(better=better))
            for word, better in self.plain.items()
        ]
        return (*(rule for rule in self.rules if not rule.facts_only), *rare)

    @cached_property
    def for_facts(self) -> tuple[Rule, ...]:
        """The rules for what somebody wrote."""
        return tuple(rule for rule in self.rules if rule.facts_only)


@cache
def lint_rules() -> LintRules:
    """The rules; a mistake in the file is an error at the first use, which a test makes."""
    source = Path(__file__).with_name("lint_rules.toml").read_text("utf-8")
    return LintRules.model_validate(tomllib.loads(source))


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """One expression on whole words, whatever the case."""
    return _any([expression])


def _any(expressions: list[str], *, ignore_case: bool = True) -> re.Pattern[str]:
    joined = "|".join(f"(?:{expression})" for expression in expressions)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE if ignore_case else 0)
