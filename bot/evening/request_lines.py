"""What a request to approve says in one line each, as far as a message in the chat has room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.chat.coordinator.text_forms import cut
from bot.chat.coordinator.texts import AUDIENCES
from bot.evening import texts
from briefings.blocking import Found, Granted
from briefings.plausibility import Finding
from contacts.directory import Audience
from contacts.texts import counted

#: all lines of one kind together, and each of them
ROOM, EACH = 600, 240


@dataclass(frozen=True, slots=True)
class Lines:
    """Per line its label and its words. ``more``: lines that are not shown."""

    shown: Sequence[tuple[str, str]]
    more: int


def granted_lines(granted: Iterable[Granted]) -> Lines:
    """The exceptions that somebody made, each with its reason. Pure."""
    return _fitting(
        (
            texts.GRANTED.format(code=one.code, name=AUDIENCES[Audience(one.audience)]),
            one.reason,
        )
        for one in granted
    )


def block_lines(blocks: Iterable[Found]) -> Lines:
    """What still stops these texts. Pure."""
    return _fitting(
        (
            texts.HOLDS_BACK.format(code=one.remark.code, name=AUDIENCES[one.audience]),
            f"{one.remark.advice} ({one.remark.where})",
        )
        for one in blocks
    )


def noticed_lines(noticed: Iterable[Finding]) -> list[str]:
    """What stands out; the last line counts what has no room. Pure."""
    fitting = _fitting(("", finding.sentence) for finding in noticed)
    lines = [words for _, words in fitting.shown]
    return [*lines, counted(texts.MORE_NOTICED, fitting.more)] if fitting.more else lines


def _fitting(lines: Iterable[tuple[str, str]]) -> Lines:
    """The first of them, each cut, that fit together."""
    every = [(label, cut(words, EACH)) for label, words in lines]
    room, shown = ROOM, list[tuple[str, str]]()
    for label, words in every:
        room -= len(label) + len(words) + len("· : \n")
        if room < 0:
            break
        shown.append((label, words))
    return Lines(shown, len(every) - len(shown))
