"""XLIFF 1.2, what translators' tools read and write: one unit per segment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from feeds.plain_xml import NotPlainXmlError, read_xml

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
#: bytes; a text is a few thousand words at most
LONGEST = 512 * 1024
_TOKEN = re.compile(r"\{(/?)(\d+)(/?)\}")


class NotXliff(Exception):
    """The file is no XLIFF 1.2 that we can read."""


def to_xliff(
    segments: Iterable[str], targets: Mapping[str, str], *, language: str, original: str
) -> bytes:
    """The segments with what was translated already, for a translator's tool.

    :param original: name of what is translated, as the tool shows it.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_name("xliff"), version="1.2")
    file = ET.SubElement(
        root, _name("file"),
        {"original": original, "source-language": "nl", "target-language": language,
         "datatype": "plaintext"},
    )  # fmt: skip
    body = ET.SubElement(file, _name("body"))
    for number, segment in enumerate(segments, start=1):
        unit = ET.SubElement(body, _name("trans-unit"), id=str(number))
        _write(ET.SubElement(unit, _name("source")), segment)
        if segment in targets:
            _write(ET.SubElement(unit, _name("target")), targets[segment])
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def from_xliff(raw: bytes) -> tuple[str, dict[str, str]]:
    """Language and translations by Dutch segment.

    :raises NotXliff: it is something else, too big, or holds a DTD.
    """
    if len(raw) > LONGEST:
        raise NotXliff("too big")
    try:
        root = read_xml(raw)
    except NotPlainXmlError as error:
        raise NotXliff(str(error)) from error
    file = root.find(f".//{_name('file')}")
    if root.tag != _name("xliff") or file is None:
        raise NotXliff("no XLIFF 1.2")
    language = (file.get("target-language") or "").lower().partition("-")[0]
    found: dict[str, str] = {}
    for unit in root.iter(_name("trans-unit")):
        source, target = unit.find(_name("source")), unit.find(_name("target"))
        if source is not None and target is not None:
            found[_read(source)] = _read(target)
    return language, {source: target for source, target in found.items() if target}


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _write(element: ET.Element, segment: str) -> None:
    """Tokens as the marks of XLIFF: ``<g>`` around words, ``<x/>`` alone."""
    standing, end = [element], 0
    last: ET.Element | None = None

    def say(words: str) -> None:
        if last is None:
            standing[-1].text = (standing[-1].text or "") + words
        else:
            last.tail = (last.tail or "") + words

    for found in _TOKEN.finditer(segment):
        say(segment[end : found.start()])
        end = found.end()
        if found[1]:
            last = standing.pop() if len(standing) > 1 else last
        elif found[3]:
            last = ET.SubElement(standing[-1], _name("x"), id=found[2])
        else:
            standing.append(ET.SubElement(standing[-1], _name("g"), id=found[2]))
            last = None
    say(segment[end:])


def _read(element: ET.Element) -> str:
    return " ".join(_inside(element).split())


def _inside(element: ET.Element) -> str:
    """Without trimming: blanks between words and marks count."""
    out = [element.text or ""]
    for child in element:
        number, inner = child.get("id") or "0", _inside(child)
        if child.tag == _name("g"):
            inner = f"{{{number}}}{inner}{{/{number}}}"
        elif child.tag == _name("x"):
            inner = f"{{{number}/}}"
        out += [inner, child.tail or ""]
    return "".join(out)
