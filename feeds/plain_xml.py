"""Reads small XML documents of strangers: no DTD, so no entities of their own, and no files."""

from __future__ import annotations

from xml.etree import ElementTree as ET

LARGEST = 2_000_000
DEEPEST = 60


class NotPlainXmlError(ValueError):
    """It is no XML, or it is XML that asks for trouble."""


class _Plain(ET.TreeBuilder):
    """Builds the tree, and stops at a DTD or at nesting that no such document has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, _name: str, _pubid: str | None, _system: str | None) -> None:
        raise NotPlainXmlError("a DTD")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotPlainXmlError("too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(raw: bytes) -> ET.Element:
    """The root of the document.

    :raises NotPlainXmlError: whatever is wrong with it.
    """
    if len(raw) > LARGEST:
        raise NotPlainXmlError("too big")
    parser = ET.XMLParser(target=_Plain())  # noqa: S314  (a DTD is refused before it is read)
    try:
        parser.feed(raw)
        return parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise NotPlainXmlError(type(error).__name__) from error
