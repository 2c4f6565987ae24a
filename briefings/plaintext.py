"""Reads the small HTML of a text as blocks, and writes them as plain text. Pure.

The templates use headings, paragraphs, lists and links, nothing else. One source makes the
page, the mail and the plain text, so the three can never say different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

#: blocks of text; anything else is a mark inside one
_BLOCKS = frozenset({"h1", "h2", "h3", "p", "li"})
#: standard parts, the same for everyone: they do not count towards the length of a text
_STANDARD = frozenset({"header", "aside", "footer"})
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w[\w%.:’'/-]*")
_TAG = re.compile(r"<[^>]*>")
_MEASURE = re.compile(r"<b>(Nieuwe m|M)aatregel:")


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or bullet.

    ``text`` is everything a reader sees; ``said`` leaves out the sources (``<cite>``).
    ``number`` is the place in a numbered list. ``standard`` marks the fixed parts.
    """

    kind: str
    text: str
    said: str
    links: tuple[str, ...] = ()
    number: int | None = None
    standard: bool = False

    @property
    def is_heading(self) -> bool:
        return self.kind.startswith("h")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._kind: str | None = None
        self._text: list[str] = []
        self._said: list[str] = []
        self._links: list[str] = []
        self._href: str | None = None
        self._citing = 0
        self._standard = 0
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._finish()
            self._kind = tag
        elif tag in _STANDARD:
            self._standard += 1
        elif tag in {"ul", "ol"}:
            self._finish()
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "cite":
            self._citing += 1
        elif tag == "a":
            self._href = dict(attrs).get("href")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._finish()
        elif tag in _STANDARD:
            self._finish()
            self._standard -= 1
        elif tag in {"ul", "ol"} and self._lists:
            self._finish()
            self._lists.pop()
        elif tag == "cite":
            self._citing -= 1
        elif tag == "a" and self._href is not None:
            self._links.append(self._href)
            self._text.append(f" ({self._href})")
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._kind is None:
            return
        self._text.append(data)
        if not self._citing:
            self._said.append(data)

    def _finish(self) -> None:
        text = _SPACE.sub(" ", "".join(self._text)).strip()
        if self._kind is not None and text:
            self.blocks.append(
                Block(
                    kind=self._kind,
                    text=text,
                    said=_SPACE.sub(" ", "".join(self._said)).strip(),
                    links=tuple(self._links),
                    number=self._next_number(),
                    standard=self._standard > 0,
                )
            )
        self._kind = None
        self._text, self._said, self._links = [], [], []

    def _next_number(self) -> int | None:
        if self._kind != "li" or not self._lists or self._lists[-1] is None:
            return None
        self._lists[-1] += 1
        return self._lists[-1]


def read_blocks(html: str) -> list[Block]:
    """The blocks of a text, in reading order."""
    return list(_read(html))


@lru_cache(maxsize=64)
def _read(html: str) -> tuple[Block, ...]:
    """One draft asks for the blocks of a text half a dozen times."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(reader.blocks)


def without_links_to(html: str, place: str) -> str:
    """The same HTML with the links that begin with ``place`` as plain words.

    What is printed or passed on outside an organisation holds no link of its own.
    """
    return re.sub(rf'<a href="{re.escape(place)}[^"]*"[^>]*>(.*?)</a>', r"\1", html, flags=re.S)


def to_plain(blocks: Sequence[Block]) -> str:
    """Plain text: headings underlined, bullets with a dash, links written out."""
    lines: list[str] = []
    previous = ""
    for block in blocks:
        if lines and not (block.kind == previous == "li"):
            lines.append("")
        lines += _plain_lines(block)
        previous = block.kind
    return "\n".join(lines) + "\n"


def _plain_lines(block: Block) -> list[str]:
    if block.is_heading:
        return [block.text, "-" * len(block.text)]
    if block.kind == "li":
        mark = "-" if block.number is None else f"{block.number}."
        return [f"{mark} {block.text}"]
    return [block.text]


def count_words(blocks: Iterable[Block]) -> int:
    """Words of the text proper: sources and standard parts do not count."""
    return sum(len(words(block.said)) for block in blocks if not block.standard)


def words(text: str) -> list[str]:
    """The words of a sentence; a clock time or a number is one word."""
    return _WORD.findall(text)


def folded(said: str) -> str:
    """A sentence as it is compared: in another place it may have another case, or no full stop."""
    return " ".join(said.split()).rstrip(".").lower()


def without_marks(html: str) -> str:
    """What a reader sees of a chat text, or of one line."""
    return unescape(_TAG.sub("", html))


def chat_words(html: str) -> int:
    """Words on the screen of a phone. Measures do not count: those are never left out."""
    lines = [without_marks(line) for line in html.splitlines() if not _MEASURE.match(line)]
    return sum(len(words(line)) for line in lines)


def chat_length(html: str) -> int:
    """Length of a chat text as Telegram counts it: UTF-16 units, after parsing the marks."""
    return len(without_marks(html).encode("utf-16-le")) // 2
