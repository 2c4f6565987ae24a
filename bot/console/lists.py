"""Lijsten en sjablonen: what texts are made of, who keeps it, and what is still to be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.console import list_texts as words
from bot.console.doors import Door, Visit
from briefings.library import Library, library
from briefings.moments import local_date
from briefings.settings import BriefingSettings, CityLine
from contacts.permissions import Permission
from feeds.lexicon import load_lexicon


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the city that readers may act on; ``fault`` is empty when it is checked."""

    group: str
    line: CityLine
    fault: str


@dataclass(frozen=True, slots=True)
class SetView:
    """A set of templates, and for which kinds of event it is used."""

    name: str
    owner: str
    version: str
    reviewed_on: date
    kinds: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Places of one sort: how many, and whether somebody of the city looked at them."""

    sort: str
    count: int
    unchecked: bool


async def show_lists(visit: Visit) -> Response:
    """``GET /beheer/lijsten``: to read; the files and the configuration are where it changes."""
    settings = visit.parts.config.briefings
    return visit.show(
        "lijsten.html",
        lines=line_views(settings, local_date(visit.now)),
        sets=set_views(library(settings.templates_dir)),
        places=place_views(),
        own=settings.templates_dir is not None,
    )


def line_views(settings: BriefingSettings, today: date) -> list[LineView]:
    """All lines, in the order of the configuration. Pure."""
    groups = (
        (words.CONTACTS, [settings.contact_tonight, settings.contact_tomorrow]),
        (words.REPORTING, settings.meldkaart),
        (words.HELP, settings.help_lines),
    )
    return [
        LineView(group, line, words.FAULTS.get(line.fault(today) or "", ""))
        for group, lines in groups
        for line in lines
    ]


def set_views(sets: Library) -> Sequence[SetView]:
    """Every set with the kinds of event that use it. Pure."""
    used: dict[str, list[str]] = {}
    for kind, template in load_lexicon().event_types.values():
        used.setdefault(template, []).append(kind)
    views = []
    for name in sets.sets():
        meta = sets.set_meta(name)
        kinds = ", ".join(used.get(name, []))
        views.append(SetView(meta.name, meta.owner, meta.version, meta.reviewed_on, kinds))
    return views


def place_views() -> Sequence[PlaceView]:
    """Where the watch looks. Pure."""
    places = load_lexicon().gazetteer
    unchecked = sum(1 for one in places.wijken if one.te_controleren)
    districts = PlaceView(words.DISTRICTS, len(places.wijken), unchecked > 0)
    groups = [*places.plekken, *places.omgeving]
    return [
        districts,
        *(PlaceView(one.soort, len(one.termen), one.te_controleren) for one in groups),
    ]


DOORS = (Door("/beheer/lijsten", show_lists, Permission.MANAGE_SYSTEM),)
