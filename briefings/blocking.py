"""What blocks a text, and which of it a second approver set aside. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from briefings.lint import Remark
from briefings.rows import Briefing, BriefingText
from contacts.directory import Audience

#: rules that a second approver may set aside, by the guide
OVERRIDABLE = frozenset({"N1", "N2", "N4", "N5", "N6", "N9"})


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that blocks one text. ``key`` names it, also under a button."""

    key: str
    audience: Audience
    remark: Remark

    @property
    def can_be_set_aside(self) -> bool:
        return self.remark.code in OVERRIDABLE and not self.remark.absolute


@dataclass(frozen=True, slots=True)
class Granted:
    """An exception as it is kept: who, when, why, and for which finding."""

    key: str
    audience: str
    code: str
    where: str
    reason: str
    by: int
    at: str


def blocks_of(texts: Iterable[BriefingText]) -> list[Found]:
    """Every finding that blocks, by text. Pure."""
    return [
        Found(_key(text, one), text.audience, one)
        for text in texts
        for found in text.remarks
        if (one := Remark(**found)).blocks
    ]


def _key(text: BriefingText, remark: Remark) -> str:
    """Of the finding and the whole text around it: another text is another finding."""
    told = [text.audience.value, text.subject, text.telegram, text.html, remark.to_json()]
    canonical = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def granted_in(briefing: Briefing, texts: Iterable[BriefingText]) -> list[Granted]:
    """The exceptions that hold for the texts as they are now, oldest first. Pure."""
    there = {found.key for found in blocks_of(texts)}
    return [Granted(**kept) for kept in briefing.exceptions or [] if kept["key"] in there]


def open_blocks(briefing: Briefing, texts: Iterable[BriefingText]) -> list[Found]:
    """The findings that still stop these texts. Pure."""
    known = list(texts)
    allowed = {granted.key for granted in granted_in(briefing, known)}
    return [found for found in blocks_of(known) if found.key not in allowed]


def may_be_asked(texts: Iterable[BriefingText]) -> bool:
    """Whether all that blocks these texts could be set aside, and something does. Pure."""
    found = blocks_of(texts)
    return bool(found) and all(one.can_be_set_aside for one in found)
