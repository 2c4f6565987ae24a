"""Decides whether a sentence may enter the fact block (briefing guide §3 and §6). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from briefings.language import sentences
from briefings.lint import Remark, blocking, lint_sentence
from briefings.lint_rules import lint_rules
from briefings.plaintext import words
from briefings.rows import FactKind

if TYPE_CHECKING:
    from signals.person_filter import Screening

MAX_WORDS = 20
MAX_CHARS = 300
MAX_PUBLIC_SENTENCES = 2
#: a source's clock may be a little ahead of ours
CLOCK_SLACK = timedelta(minutes=10)
MEASURE_FIELDS = ("for_whom", "where", "from_", "until", "decided_by", "applies")
_SOURCED = frozenset({FactKind.CONFIRMED, FactKind.UNCONFIRMED, FactKind.DENIED, FactKind.MEASURE})
_NEWSROOMS = 2


@dataclass(frozen=True, slots=True)
class FactRefused:
    """Why a sentence was not stored; ``reason`` is a key for the screen that shows it.

    ``empty``, ``too_long``, ``no_source``, ``source_in_future``, ``needs_official_source``
    (may be stored as unconfirmed), ``person`` (with the screening), ``measure_incomplete``,
    ``blocked`` (with the remarks), ``no_speaker`` and ``no_words`` (public words and who said
    them go together), ``words_too_long`` (more than two sentences).
    """

    reason: str
    screening: Screening | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as somebody offers it."""

    kind: FactKind
    text: str
    source_name: str = ""
    source_at: datetime | None = None
    measure: Mapping[str, Any] | None = None


def tidy(text: str) -> str:
    """One line, closed with a full stop."""
    line = " ".join(text.split())
    return line if not line or line[-1] in '.?!…”"' else f"{line}."


def is_official(source_name: str) -> bool:
    """Whether the name is that of a body that may confirm: police, OM, municipality, …"""
    return any(_is_official_part(part) for part in source_parts(source_name))


def may_confirm(source_name: str) -> bool:
    """An official body, or at least two newsrooms named together."""
    return is_official(source_name) or len(set(source_parts(source_name))) >= _NEWSROOMS


def judge(
    statement: Statement, *, allow: Collection[str] = (), now: datetime
) -> FactRefused | None:
    """The reason to refuse a sentence, or None. ``text`` is tidied already.

    Persons are looked for before anything else, so that a refusal never needs the words.
    """
    return (
        _judge_persons(statement, allow)
        or _judge_text(statement)
        or _judge_source(statement, now)
        or _judge_measure(statement)
        or _judge_words(statement)
    )


def judge_public_words(meaning: str | None, speaker: str | None) -> FactRefused | None:
    """The reason to refuse the public words of somebody in office, or None."""
    if bool(meaning) != bool(speaker):
        return FactRefused("no_speaker" if meaning else "no_words")
    if meaning and len(sentences(meaning)) > MAX_PUBLIC_SENTENCES:
        return FactRefused("words_too_long")
    return None


def _judge_persons(statement: Statement, allow: Collection[str]) -> FactRefused | None:
    from signals.person_filter import screen

    names = [*lint_rules().names.allow, *allow]
    said = [statement.text, statement.source_name]
    said += [str((statement.measure or {}).get(name, "")) for name in MEASURE_FIELDS]
    for line in filter(None, said):
        screening = screen(line, names)
        if screening.blocked:
            is_place = set(screening.labels) == {"LOCATIE"}
            return FactRefused("too_precise" if is_place else "person", screening)
    return None


def _judge_text(statement: Statement) -> FactRefused | None:
    if not words(statement.text):
        return FactRefused("empty")
    sure = statement.kind in {FactKind.CONFIRMED, FactKind.DENIED}
    if len(statement.text) > MAX_CHARS or (sure and len(words(statement.text)) > MAX_WORDS):
        return FactRefused("too_long")
    return None


def _judge_source(statement: Statement, now: datetime) -> FactRefused | None:
    if statement.kind not in _SOURCED:
        return None
    if not statement.source_name.strip() or statement.source_at is None:
        return FactRefused("no_source")
    if statement.source_at > now + CLOCK_SLACK:
        return FactRefused("source_in_future")
    confirmed = statement.kind is FactKind.CONFIRMED and may_confirm(statement.source_name)
    denied = statement.kind is FactKind.DENIED and is_official(statement.source_name)
    if statement.kind in {FactKind.CONFIRMED, FactKind.DENIED} and not (confirmed or denied):
        return FactRefused("needs_official_source")
    return None


def _judge_measure(statement: Statement) -> FactRefused | None:
    if statement.kind is not FactKind.MEASURE:
        return None
    given = statement.measure or {}
    missing = [name for name in MEASURE_FIELDS if not str(given.get(name, "")).strip()]
    return FactRefused("measure_incomplete") if missing else None


def _judge_words(statement: Statement) -> FactRefused | None:
    remarks = blocking(lint_sentence(statement.text))
    return FactRefused("blocked", remarks=tuple(remarks)) if remarks else None


def source_parts(source_name: str) -> list[str]:
    """The sources named together, lower case, without articles."""
    sources = lint_rules().sources
    between = "|".join(re.escape(separator) for separator in sources.separators)
    parts = []
    for part in re.split(between, source_name.lower()):
        name = part.strip()
        for article in sources.articles:
            name = name.removeprefix(article)
        if name:
            parts.append(name)
    return parts


def _is_official_part(part: str) -> bool:
    return any(
        part == name or part.startswith(f"{name} ") for name in lint_rules().sources.official
    )
