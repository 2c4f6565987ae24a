"""IMAP's search criteria and sets of numbers, over mails as they are stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import Message

_WORD = re.compile(r'\(|\)|"((?:[^"\\]|\\.)*)"|([^\s()"]+)')
_SET = re.compile(r"[0-9*:,]+")


@dataclass
class Stored:
    """One mail in the inbox. ``raw`` has CRLF line ends. ``came``: aware."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    came: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def parsed(self) -> Message:
        return message_from_bytes(self.raw, policy=policy.default)

    def has(self, flag: str) -> bool:
        return flag in {own.lower() for own in self.flags}


class BadSearch(ValueError):
    """A criterion that this server does not know."""


Test = Callable[[Stored], bool]

_FLAGS = {
    "answered": r"\answered", "deleted": r"\deleted", "draft": r"\draft",
    "flagged": r"\flagged", "seen": r"\seen", "recent": r"\recent",
}  # fmt: skip
_HEADERS = frozenset({"from", "to", "cc", "bcc", "subject"})


def words_of(text: str) -> list[str]:
    """Atoms, quoted strings without their quotes, and parentheses."""
    return [
        match[0] if match[0] in "()" else re.sub(r"\\(.)", r"\1", match[1] or "") or match[2] or ""
        for match in _WORD.finditer(text)
    ]


def within(number: int, wanted: str, last: int) -> bool:
    """Is ``number`` in a set such as ``1:3,7,9:*``? ``last``: what ``*`` stands for."""
    for part in wanted.split(","):
        low, _, high = part.partition(":")
        first = _number(low, last)
        final = _number(high, last) if high else first
        if min(first, final) <= number <= max(first, final):
            return True
    return False


def _number(text: str, last: int) -> int:
    return last if text == "*" else int(text) if text.isdigit() else -1


def search(text: str, inbox: list[Stored]) -> list[int]:
    """Places (from 1) of the mails that fit.

    :raises BadSearch: a criterion that this server does not know.
    """
    words = words_of(text)
    if words[:1] and words[0].upper() == "CHARSET":
        words = words[2:]
    test = _Reader(words, inbox).everything()
    return [place for place, mail in enumerate(inbox, start=1) if test(mail)]


class _Reader:
    """Reads criteria from left to right."""

    def __init__(self, words: list[str], inbox: list[Stored]) -> None:
        self._words, self._inbox = words, inbox

    def everything(self) -> Test:
        """All criteria up to the end, or up to the closing parenthesis."""
        tests: list[Test] = []
        while self._words and self._words[0] != ")":
            tests.append(self._one())
        if self._words:
            self._words.pop(0)
        return lambda mail: all(test(mail) for test in tests)

    def _next(self) -> str:
        if not self._words:
            raise BadSearch("something is missing at the end")
        return self._words.pop(0)

    def _one(self) -> Test:
        word = self._next()
        name = word.lower()
        if word == "(":
            return self.everything()
        if name == "all":
            return lambda mail: True
        if name == "not":
            test = self._one()
            return lambda mail: not test(mail)
        if name == "or":
            left, right = self._one(), self._one()
            return lambda mail: left(mail) or right(mail)
        if name in ("uid",) or _SET.fullmatch(name):
            return self._numbers(name)
        return self._about_flags(name) or self._about_words(name)

    def _numbers(self, name: str) -> Test:
        inbox = self._inbox
        if name == "uid":
            wanted, last = self._next(), max((mail.uid for mail in inbox), default=0)
            return lambda mail: within(mail.uid, wanted, last)
        return lambda mail: within(inbox.index(mail) + 1, name, len(inbox))

    def _about_flags(self, name: str) -> Test | None:
        if name == "new":
            return lambda mail: not mail.has(r"\seen")
        if name in ("keyword", "unkeyword"):
            flag, wanted = self._next().lower(), name == "keyword"
            return lambda mail: mail.has(flag) == wanted
        if flag := _FLAGS.get(name, ""):
            return lambda mail: mail.has(flag)
        if flag := _FLAGS.get(name.removeprefix("un"), ""):
            return lambda mail: not mail.has(flag)
        return None

    def _about_words(self, name: str) -> Test:
        if name == "header":
            header, wanted = self._next(), self._next().lower()
            return lambda mail: wanted in str(mail.parsed.get(header, "\0")).lower()
        if name in _HEADERS:
            wanted = self._next().lower()
            return lambda mail: wanted in str(mail.parsed.get(name, "\0")).lower()
        if name in ("text", "body"):
            wanted = self._next().lower()
            return lambda mail: wanted.encode() in mail.raw.lower()
        if name in ("since", "before", "on"):
            return _on(name, self._next())
        raise BadSearch(name)


def _on(name: str, text: str) -> Test:
    try:
        day = datetime.strptime(text, "%d-%b-%Y").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadSearch(f"{name} {text}") from None

    def test(mail: Stored) -> bool:
        came: date = mail.came.date()
        return {"since": came >= day, "before": came < day, "on": came == day}[name]

    return test
