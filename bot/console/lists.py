"""Lijsten en sjablonen: what texts are made of, who keeps it, and what is still to be checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.console import list_texts as words
from bot.console.doors import Door, Visit
from briefings.event_kinds import kind_of
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
    """Places of one sort: how many, and how many of them nobody of the city looked at."""

    sort: str
    count: int
    unchecked: int


async def show_lists(visit: Visit) -> Response:
    """``GET /beheer/lijsten``: to read; the files and the configuration are where it changes."""
    settings, today = visit.parts.config.briefings, local_date(visit.now)
    return visit.show(
        "lijsten.html",
        today=today,
        lines=line_views(settings, today),
        sets=set_views(library(settings.templates_dir)),
        places=place_views(),
        allowed=sorted(visit.parts.config.signals.allow, key=str.casefold),
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
    for code, (kind, _) in load_lexicon().event_types.items():
        used.setdefault(kind_of(code).templates, []).append(kind)
    views = []
    for name in sets.sets():
        meta = sets.set_meta(name)
        kinds = ", ".join(used.get(name, []))
        views.append(SetView(meta.name, meta.owner, meta.version, meta.reviewed_on, kinds))
    return views


def place_views() -> Sequence[PlaceView]:
    """Where the watch looks. Pure."""
    places = load_lexicon().gazetteer
    total: Counter[str] = Counter()
    unchecked: Counter[str] = Counter()
    for district in places.wijken:
        total[words.DISTRICT] += 1
        unchecked[words.DISTRICT] += district.te_controleren
    for group in (*places.plekken, *places.omgeving):
        total[group.soort] += len(group.termen)
        unchecked[group.soort] += len(group.termen) if group.te_controleren else 0
    return [
        PlaceView(words.SORTS.get(sort, sort), count, unchecked[sort])
        for sort, count in total.items()
    ]


DOORS = (Door("/beheer/lijsten", show_lists, Permission.MANAGE_SYSTEM),)
