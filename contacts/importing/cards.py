"""Contacts as vCards, in and out. What vCard has no place for stands in ``X-SCHAKEL-…``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contacts.cells import writable

MAGIC = b"BEGIN:VCARD"
#: our name of a column → the property of ours
OWN = {
    "domain": "x-schakel-domein",
    "audiences": "x-schakel-teksten",
    "roles": "x-schakel-rechten",
    "groups": "x-schakel-groepen",
    "district": "x-schakel-wijk",
    "internal_contact": "x-schakel-aanspreekpunt",
    "mailbox": "x-schakel-postbus",
    "organisation_phone": "x-schakel-telefoon-organisatie",
    "consent": "x-schakel-toestemming",
    "school_types": "x-schakel-schooltype",
    "municipality": "x-schakel-buurgemeente",
    "sites": "x-schakel-locaties",
    "language": "lang",
}


class NoCards(ValueError):
    """It is no list of vCards."""


def read_cards(text: str) -> list[dict[str, str]]:
    """One row per card, by our names of columns.

    :raises NoCards: it cannot be read.
    """
    try:
        import vobject
        from vobject.base import ParseError
    except ImportError as error:
        raise NoCards("the extra `files` is not installed") from error
    try:
        return [_row(card.contents) for card in vobject.readComponents(text)]
    except (ParseError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise NoCards(type(error).__name__) from error


def _row(contents: Mapping[str, Any]) -> dict[str, str]:
    def first(name: str) -> str:
        values = contents.get(name) or []
        value = values[0].value if values else ""
        if isinstance(value, list):
            value = value[0] if value else ""
        return " ".join(str(value).split())

    row = {
        "organisation": first("org"), "name": first("fn"), "function": first("title"),
        "email": first("email"), "phone": first("tel"),
    }  # fmt: skip
    return row | {ours: first(theirs) for ours, theirs in OWN.items()}


def write_cards(rows: Iterable[Mapping[str, str]]) -> bytes:
    """A card per row; only what is filled in."""
    return "".join(_card(row) for row in rows).encode()


def _card(row: Mapping[str, str]) -> str:
    import vobject

    card: Any = vobject.vCard()
    card.add("fn").value = writable(row["name"])
    card.add("n").value = vobject.vcard.Name(family=writable(row["name"]))
    card.add("org").value = [writable(row["organisation"])]
    for ours, theirs in {"function": "title", "email": "email", "phone": "tel", **OWN}.items():
        if row.get(ours):
            card.add(theirs).value = writable(row[ours])
    written: str = card.serialize()
    return written
