"""The section of a publisher in which an item stands: seen in its address. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from feeds.lexicon import Lexicon

#: a section for one subject has a short name of a few words, and items below it
_OWN = re.compile(r"[a-z]+(?:-[a-z]+){1,4}")


class Section(StrEnum):
    """What kind of section; the classes stand in ``lexicon/features.toml``."""

    HOME = "rubriek:binnenland"
    ABROAD = "rubriek:buitenland"
    LONG_WAR = "rubriek:oorlog"
    PICTURES = "rubriek:beeld"
    GENERAL = "rubriek:algemeen"
    BACKGROUND = "rubriek:uitleg"
    POLITICS = "rubriek:politiek"
    SPORT = "rubriek:sport"
    CULTURE = "rubriek:cultuur"
    MONEY = "rubriek:geld"
    LONG_STORY = "rubriek:lopend"
    #: opened by the publisher for one subject: that alone says how large it is
    OWN = "rubriek:dossier"


def read_section(section: str, lexicon: Lexicon) -> Section | None:
    """The kind of a section by its name; None when it says nothing."""
    name = section.strip().lower()
    known = lexicon.section_classes.get(name)
    if known:
        return Section(f"rubriek:{known}")
    return Section.OWN if _OWN.fullmatch(name) else None


def section_of(link: str, lexicon: Lexicon) -> str:
    """The section in an item's address, or nothing.

    The first part of the path that is known; an unknown first part only where the address
    has the item's own number or name below it.
    """
    try:
        parts = [part.lower() for part in urlsplit(link).path.split("/") if part][:-1]
    except ValueError:
        return ""
    known = next((part for part in parts if part in lexicon.section_classes), "")
    if known or not parts:
        return known
    return parts[0] if _OWN.fullmatch(parts[0]) and len(parts) > 1 else ""
