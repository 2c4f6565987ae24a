"""Warnings in the Common Alerting Protocol (1.1 and 1.2), alone or several in one document.

An update or a withdrawal speaks of the warning that it refers to: it changes that report and
is no new one. What is a test, an exercise, not public or over is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from feeds import texts
from feeds.dutch_dates import parse_date
from feeds.parsing import (
    LEAD_LIMIT,
    LINK_LIMIT,
    TITLE_LIMIT,
    Entry,
    FeedFault,
    ParsedFeed,
    plain_text,
)
from feeds.plain_xml import NotPlainXmlError, read_xml

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
#: where a document says which language it speaks
LOOKED_AT = 4096
MOST = 500
GUID_LIMIT = 500


def is_cap(raw: bytes) -> bool:
    """Whether these bytes speak CAP."""
    head = raw[:LOOKED_AT]
    return any(name.encode() in head for name in NAMESPACES)


def read_cap(raw: bytes, *, now: datetime) -> ParsedFeed | FeedFault:
    """The warnings that hold now, one per warning, the newest word of each. Never raises."""
    try:
        root = read_xml(raw)
    except NotPlainXmlError as error:
        return FeedFault("broken", str(error))
    newest: dict[str, tuple[datetime, Entry]] = {}
    for alert in _alerts(root):
        entry = _entry(alert, now)
        if entry is None:
            continue
        at = entry.published_at or now
        if entry.guid not in newest or at >= newest[entry.guid][0]:
            newest[entry.guid] = (at, entry)
    ordered = sorted(newest.values(), key=lambda one: one[0], reverse=True)
    return ParsedFeed(tuple(entry for _, entry in ordered))


def _alerts(root: ET.Element) -> Iterator[ET.Element]:
    found = 0
    for element in root.iter():
        if element.tag in {f"{{{name}}}alert" for name in NAMESPACES}:
            found += 1
            if found > MOST:
                return
            yield element


def _entry(alert: ET.Element, now: datetime) -> Entry | None:
    if _text(alert, "status") != "Actual" or _text(alert, "scope") != "Public":
        return None
    kind, guid = _text(alert, "msgType"), _guid(alert)
    if kind not in {"Alert", "Update", "Cancel"} or not guid:
        return None
    sent = parse_date(_text(alert, "sent"), now=now)
    if kind == "Cancel":
        return Entry(guid, texts.CAP_WITHDRAWN, "", "", sent)
    info = _info(alert)
    if info is None:
        return None
    expires = _moment(_text(info, "expires"))
    if expires is not None and expires <= now:
        return None
    title = plain_text(_text(info, "headline") or _text(info, "event"))[:TITLE_LIMIT]
    web = _text(info, "web")
    is_web = web.startswith(("http://", "https://")) and len(web) <= LINK_LIMIT
    return Entry(guid, title or texts.UNTITLED, web if is_web else "", _lead(info), sent)


def _guid(alert: ET.Element) -> str:
    """The warning that this is about: the first that it refers to, or itself."""
    sender, identifier = _text(alert, "sender"), _text(alert, "identifier")
    named = [part.split(",") for part in _text(alert, "references").split()]
    whole = sorted((part[2], part[0], part[1]) for part in named if len(part) == 3)
    if whole:
        _, sender, identifier = whole[0]
    return f"cap:{sender},{identifier}"[:GUID_LIMIT] if identifier else ""


def _info(alert: ET.Element) -> ET.Element | None:
    """What it says in Dutch, or else what it says first."""
    blocks = [one for one in alert if one.tag.endswith("}info")]
    dutch = [one for one in blocks if _text(one, "language").lower().startswith("nl")]
    return next(iter(dutch or blocks), None)


def _lead(info: ET.Element) -> str:
    areas = [_text(one, "areaDesc") for one in info if one.tag.endswith("}area")]
    weight = texts.CAP_SEVERITIES.get(_text(info, "severity"), "")
    parts = (
        texts.CAP_AREA.format(area=", ".join(filter(None, areas))) if any(areas) else "",
        texts.CAP_SEVERITY.format(severity=weight) if weight else "",
        _text(info, "description"),
        _text(info, "instruction"),
    )
    return plain_text(" ".join(part for part in parts if part))[:LEAD_LIMIT]


def _moment(text: str) -> datetime | None:
    """A moment that may lie ahead, which no date of a report may."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _text(element: ET.Element, name: str) -> str:
    """The text of a child, in whichever of the namespaces."""
    for child in element:
        if child.tag.endswith(f"}}{name}"):
            return (child.text or "").strip()
    return ""
