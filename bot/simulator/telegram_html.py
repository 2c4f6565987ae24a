"""Telegram's HTML, parsed as its server does it: text plus entities, or its own refusal. Pure.

Lengths and offsets of entities are UTF-16 units; places in refusals are bytes of UTF-8.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough",
    "del": "strikethrough", "code": "code", "pre": "pre", "a": "text_link",
    "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_SHOWN = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "spoiler": "tg-spoiler",
}  # fmt: skip
_CHARACTER = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<dec>[0-9]+)|(?P<name>[A-Za-z]+));?")
_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\n\r\v\f\0"
_ATTRIBUTE = re.compile(r"[^\s=>/\"'\0]+")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
#: a link without a scheme or a dot, and a scheme that Telegram does not know, is dropped
_LINK = re.compile(r"(?:(?:https?|tg|ton|tonsite)://.+|mailto:.+|[\w-]+(?:\.[\w-]+)+\S*)", re.I)


class BadHtml(Exception):
    """Telegram would refuse these entities."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as the chat shows it."""

    text: str
    entities: list[Json] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The same as safe HTML, written anew from the entities."""
        return _written(self.text, self.entities)


def parse_html(source: str) -> Formatted:
    """What is left after parsing.

    :raises BadHtml: with Telegram's description.
    """
    return _Parser(source).run()


def plain(text: str) -> Formatted:
    return _trimmed(text, [])


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def found_entities(text: str) -> list[Json]:
    """The entities that Telegram finds by itself: commands and addresses."""
    return [
        {
            "type": kind,
            "offset": utf16_units(text[: match.start()]),
            "length": utf16_units(match.group()),
        }
        for kind, pattern in (("bot_command", r"(?<!\S)/\w+"), ("url", r"https?://[^\s<>\"]+"))
        for match in re.finditer(pattern, text)
    ]


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    place: int


class _Parser:
    """One pass over the source; ``at`` is the place of the character under hand."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.parts: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> Formatted:
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._tag()
            else:
                self._add(self._character())
        if self.open:
            raise BadHtml(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda found: (found["offset"], -found["length"]))
        return _trimmed("".join(self.parts), self.entities)

    def _peek(self) -> str:
        """The character under hand; a zero at the end, as Telegram's own parser has it."""
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def _character(self) -> str:
        """The next character, or the one that a reference stands for."""
        char = self.source[self.at]
        if char == "&" and (match := _CHARACTER.match(self.source, self.at)):
            decoded = _decoded(match)
            if decoded:
                self.at = match.end()
                return decoded
        self.at += 1
        return char

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self.units += utf16_units(text)

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._peek() == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _name(self) -> str:
        start = self.at
        while self._peek() not in _SPACE and self._peek() != ">":
            self.at += 1
        return self.source[start : self.at].lower()

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self._peek() in _SPACE:
            self.at += 1

    def _start_tag(self, begin: int) -> None:
        tag = self._name()
        if self.at >= len(self.source):
            raise BadHtml(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _TYPES:
            raise BadHtml(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while self._peek() != ">":
            self._skip_space()
            if self._peek() == ">":
                break
            argument = self._attribute(tag, begin) or argument
        if tag == "span" and argument != "spoiler":
            raise BadHtml(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            )
        self.at += 1
        self.open.append(_Open(tag, argument, self.units, len(self.parts)))

    def _attribute(self, tag: str, begin: int) -> str:
        """The argument that this attribute gives to the tag, often none."""
        match = _ATTRIBUTE.match(self.source, self.at)
        if match is None and self.at < len(self.source):
            raise BadHtml(
                f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
            )
        name = match.group() if match else ""
        self.at += len(name)
        self._skip_space()
        if self._peek() != "=":
            self._must_go_on(tag, begin)
            return "1" if (tag, name) == ("blockquote", "expandable") else ""
        self.at += 1
        self._skip_space()
        self._must_go_on(tag, begin)
        value = self._value()
        if self.at >= len(self.source):
            raise BadHtml(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return _argument(tag, name, value)

    def _must_go_on(self, tag: str, begin: int) -> None:
        if self.at >= len(self.source):
            raise BadHtml(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')

    def _value(self) -> str:
        quote = self._peek()
        if quote not in "\"'":
            match = _TOKEN.match(self.source, self.at)
            start, self.at = self.at, match.end() if match else self.at
            if self._peek() not in _SPACE and self._peek() != ">":
                raise BadHtml(f"Unexpected end of name token at byte offset {self._byte(start)}")
            return self.source[start : self.at].lower()
        self.at += 1
        value: list[str] = []
        while self.at < len(self.source) and self._peek() != quote:
            value.append(self._character())
        self.at += 1
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise BadHtml(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.at += 1
        name = self._name()
        self._skip_space()
        if self._peek() != ">":
            raise BadHtml(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise BadHtml(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.units > opened.offset:
            self._entity(opened)

    def _entity(self, opened: _Open) -> None:
        found: Json = {
            "type": _TYPES[opened.tag], "offset": opened.offset,
            "length": self.units - opened.offset,
        }  # fmt: skip
        if opened.tag == "a":
            url = opened.argument or "".join(self.parts[opened.place :])
            if not _LINK.fullmatch(url):
                return
            found["url"] = url
        if opened.tag == "blockquote" and opened.argument:
            found["type"] = "expandable_blockquote"
        self.entities.append(found)

    def _byte(self, place: int) -> int:
        return len(self.source[:place].encode("utf-8", "surrogatepass"))


def _decoded(match: re.Match[str]) -> str:
    if match["name"]:
        return _NAMES.get(match["name"], "")
    number = int(match["hex"], 16) if match["hex"] else int(match["dec"])
    return chr(number) if 0 < number < 0x10FFFF and len(match.group()) <= 10 else ""


def _argument(tag: str, name: str, value: str) -> str:
    if (tag, name) == ("a", "href"):
        return value
    if (tag, name) == ("span", "class"):
        return value.removeprefix("tg-") if value.startswith("tg-") else ""
    return "1" if (tag, name) == ("blockquote", "expandable") else ""


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    """Without the white space around it, as the chat shows it; entities move along."""
    text = text.replace("\r", "").rstrip(_SPACE)
    left = utf16_units(text) - utf16_units(text.lstrip(_SPACE))
    text = text.lstrip(_SPACE)
    size, kept = utf16_units(text), []
    for entity in entities:
        start = max(0, entity["offset"] - left)
        end = min(size, entity["offset"] - left + entity["length"])
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return Formatted(text, kept)


def _written(text: str, entities: list[Json]) -> str:
    """HTML in which only the tags of ``entities`` are tags."""
    marks: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        opened, closed = _tags(entity)
        marks.setdefault(start, []).append(opened)
        closing.setdefault(end, []).insert(0, closed)
    parts, at = [], 0
    for char in text:
        parts += [*closing.get(at, ()), *marks.get(at, ()), html.escape(char)]
        at += utf16_units(char)
    return "".join([*parts, *closing.get(at, ())])


def _tags(entity: Json) -> tuple[str, str]:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity["url"])}">', "</a>"
    if entity["type"] == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    tag = _SHOWN.get(entity["type"])
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
