"""Lists of feeds as other programs keep them (OPML 2.0). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from feeds.parsing import plain_text
from feeds.plain_xml import read_xml

NAME_LIMIT, KEY_LIMIT, URL_LIMIT = 120, 60, 500
MOST = 1000
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """One feed of a list; ``trust`` is what we wrote ourselves, or empty."""

    name: str
    url: str
    trust: str = ""


def read_opml(raw: bytes) -> list[Listed]:
    """The feeds in all folders, each address once; what is no web address is left out.

    :raises feeds.plain_xml.NotPlainXmlError: it is no OPML that can be read safely.
    """
    found: dict[str, Listed] = {}
    for outline in read_xml(raw).iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if not re.match(r"https?://[^\s]+\Z", url) or len(url) > URL_LIMIT or len(found) >= MOST:
            continue
        name = plain_text(outline.get("title") or outline.get("text") or "") or url
        found.setdefault(url, Listed(name[:NAME_LIMIT], url, outline.get("category") or ""))
    return list(found.values())


def write_opml(feeds: Iterable[Listed], *, title: str) -> str:
    """A list that every feed reader takes; our trust stands in ``category``."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        ET.SubElement(
            body, "outline", type="rss", text=feed.name, title=feed.name, xmlUrl=feed.url,
            category=feed.trust,
        )  # fmt: skip
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def key_of(name: str, taken: Iterable[str]) -> str:
    """A short fixed name for a source, unlike those that are taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = _NOT_IN_KEY.sub("-", plain).strip("-")[: KEY_LIMIT - 5].strip("-")
    base = base if len(base) >= 2 else "bron"
    used = set(taken)
    return next(
        key
        for key in (base, *(f"{base}-{number}" for number in range(2, MOST + len(used) + 3)))
        if key not in used
    )
