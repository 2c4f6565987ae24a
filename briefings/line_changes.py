"""What is different between two states of a text, line by line and in few words. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from briefings.plaintext import without_marks
from contacts.directory import Audience

#: two lines that share this much are one line that was rewritten
_SAME_LINE = 0.5
_UNDERLINE = re.compile(r"-+\Z")
#: the stamp of a text: when and which version it is, never what it says
_STAMP = re.compile(r"Stand van [^.]+\.\d\d uur\.(?: Versie \d+\.)?\Z")
#: the same in the head of a chat text
_CLOCK = re.compile(r"(?: ·)?(?: stand)? \d\d\.\d\d\b")
_BULLET = re.compile(r"(?:[-•]|\d{1,2}[.)])\s+")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")

#: per place in a line the sentences that went and those that came
_Steps = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that went, one that came, or one that was rewritten: then both.

    Twice the same words: a line that stands elsewhere now.
    """

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
    """On the page; then what changed in the chat alone. Empty only when the words are the same,
    in the same order.

    A change in the chat is left out when the page has that very change, sentence for sentence:
    the same word elsewhere says nothing about what the chat says now.
    """
    page = line_changes(_page_lines(before.plain), _page_lines(after.plain))
    chat = line_changes(_chat_lines(before.telegram), _chat_lines(after.telegram))
    said = {_steps(one) for one in page} - {()}
    alone = [one for one in chat if one not in page and _steps(one) not in said]
    return [*page, *(replace(one, in_chat=True) for one in alone)]


def line_changes(old: Sequence[str], new: Sequence[str]) -> list[LineChange]:
    """What went, came or was rewritten, in the order of the text; then the lines that moved. Of a
    line that stands there twice one can go."""
    left_out, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    changes: list[LineChange] = []
    moved: list[LineChange] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, False).get_opcodes():
        if op == "equal":
            continue
        gone, elsewhere = _taken(old[a:b], left_out)
        come, _ = _taken(new[c:d], added)
        moved += [LineChange(line, line) for line in elsewhere]
        for line in gone:
            alike = max(come, key=lambda other: _likeness(line, other), default="")
            is_same = bool(alike) and _likeness(line, alike) >= _SAME_LINE
            changes.append(LineChange(line, alike if is_same else ""))
            if is_same:
                come.remove(alike)
        changes += [LineChange("", line) for line in come]
    return changes + moved


def _taken(lines: Sequence[str], counted: Counter[str]) -> tuple[list[str], list[str]]:
    """Those that the count holds, which is lowered by them, and the others."""
    taken: list[str] = []
    others: list[str] = []
    for line in lines:
        (taken if counted[line] else others).append(line)
        counted[line] -= bool(counted[line])
    return taken, others


def _steps(change: LineChange) -> _Steps:
    gone, come = _sentences(change.gone), _sentences(change.come)
    return tuple(
        (tuple(gone[a:b]), tuple(come[c:d]))
        for op, a, b, c, d in SequenceMatcher(None, gone, come, False).get_opcodes()
        if op != "equal"
    )


def _sentences(line: str) -> list[str]:
    return [one.lower().rstrip(".") for one in _SENTENCES.split(line) if one]


def _page_lines(plain: str) -> list[str]:
    lines = (_bare(_STAMP.sub("", " ".join(line.split()))).strip() for line in plain.splitlines())
    return [one for one in lines if one and not _UNDERLINE.match(one)]


def _bare(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() :] if bullet else line


def _chat_lines(telegram: str) -> list[str]:
    """Without the time in the head, which says when the text was made."""
    lines = [" ".join(without_marks(one).split()) for one in telegram.splitlines()]
    lines[:1] = [_CLOCK.sub("", head) for head in lines[:1]]
    return [line for line in lines if line]


def _likeness(one: str, other: str) -> float:
    """Between 0 and 1; the same words in another order, or with other marks, are the same line."""
    if sorted(_folded(one)) == sorted(_folded(other)):
        return 1.0
    return SequenceMatcher(None, one.split(), other.split(), False).ratio()


def _folded(line: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[.:,]\d+)*", line.lower())
