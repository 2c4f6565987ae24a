"""What is different between two states of a text, line by line and in few words. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from contacts.directory import Audience

#: two lines that share this much are one line that was rewritten
_SAME_LINE = 0.5
_UNDERLINE = re.compile(r"-+\Z")
#: the stamp of a text: when and which version it is, never what it says
_STAMP = re.compile(r"(?:[^.]+\. )?Stand van [^.]+\.\d\d uur\.(?: Versie \d+\.)?\Z")
_BULLET = re.compile(r"(?:[-•]|\d{1,2}[.)])\s+")
_MARKS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that went, one that came, or one that was rewritten: then both."""

    gone: str
    come: str
    in_chat: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says, on the page and in the chat."""

    plain: str
    telegram: str


@dataclass(frozen=True, slots=True)
class SharedChanges:
    """The same changes in these texts."""

    audiences: tuple[Audience, ...]
    changes: tuple[LineChange, ...]


def shared_changes(
    pairs: Mapping[Audience, tuple[Words, Words]],
) -> list[SharedChanges]:
    """What changed from the first to the second state, said once for all texts that share it;
    what most texts share comes first."""
    whose: dict[LineChange, list[Audience]] = {}
    for audience, (before, after) in pairs.items():
        for change in changes_of(before, after):
            whose.setdefault(change, []).append(audience)
    grouped: dict[tuple[Audience, ...], list[LineChange]] = {}
    for change, audiences in whose.items():
        grouped.setdefault(tuple(audiences), []).append(change)
    found = [SharedChanges(one, tuple(changes)) for one, changes in grouped.items()]
    return sorted(found, key=lambda group: -len(group.audiences))


def changes_of(before: Words, after: Words) -> list[LineChange]:
    """On the page; then what changed in the chat alone."""
    if before == after:
        return []
    page = line_changes(_page_lines(before.plain), _page_lines(after.plain))
    gone, come = _words(one.gone for one in page), _words(one.come for one in page)
    chat = line_changes(_chat_lines(before.telegram), _chat_lines(after.telegram))
    alone = [
        LineChange(one.gone, one.come, in_chat=True)
        for one in chat
        if _went(one.gone, one.come) - gone or _went(one.come, one.gone) - come
    ]
    return [*page, *alone]


def line_changes(old: Sequence[str], new: Sequence[str]) -> list[LineChange]:
    """Lines that only moved are no change."""
    changes: list[LineChange] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, False).get_opcodes():
        if op == "equal":
            continue
        gone = [line for line in old[a:b] if line not in new]
        come = [line for line in new[c:d] if line not in old]
        for line in gone:
            alike = max(come, key=lambda other: _likeness(line, other), default="")
            is_same = bool(alike) and _likeness(line, alike) >= _SAME_LINE
            changes.append(LineChange(line, alike if is_same else ""))
            if is_same:
                come.remove(alike)
        changes += [LineChange("", line) for line in come]
    return changes


def _page_lines(plain: str) -> list[str]:
    lines = (_bare(line.strip()) for line in plain.splitlines())
    return [one for one in lines if one and not _UNDERLINE.match(one) and not _STAMP.match(one)]


def _bare(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else line


def _chat_lines(telegram: str) -> list[str]:
    """Without the head, which says when the text was made."""
    lines = (" ".join(unescape(_MARKS.sub("", one)).split()) for one in telegram.splitlines()[1:])
    return [line for line in lines if line]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), False).ratio()


def _words(lines: Iterable[str]) -> set[str]:
    return {word for line in lines for word in _folded(line)}


def _went(one: str, other: str) -> set[str]:
    """The words of ``one`` that ``other`` does not have."""
    return set(Counter(_folded(one)) - Counter(_folded(other)))


def _folded(line: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[.:,]\d+)*", line.lower())
