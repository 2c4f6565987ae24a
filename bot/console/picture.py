"""*Beeld*: what is told about one event, as counts of organisations, in charts and on the map.

Under three organisations no number is shown, in a bar no more than in a table.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlmodel import col, select
from starlette.responses import Response

from bot.console.doors import Door, Visit
from briefings.moments import day, local_date
from contacts.permissions import Permission
from signals import texts as signal_texts
from signals.feedback import shown_count
from signals.rows import Signal, SignalKind
from signals.telling import district_names

#: below this a count is shown as *1-2*, and drawn as this much
VAGUE, DRAWN = 3, 1.5
#: from this many organisations on a wijk is darkest
MANY = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``width`` in percent of the widest."""

    label: str
    shown: str
    width: float


@dataclass(frozen=True, slots=True)
class Shape:
    """A wijk on the map; ``shade`` is 0 (nothing told) to 3 (many organisations)."""

    name: str
    path: str
    shade: int
    shown: str


@dataclass(frozen=True, slots=True)
class MapData:
    """The wijken as they lie, in units of a field of ``width`` by ``height``."""

    width: int
    height: int
    shapes: Sequence[tuple[str, str, str]]


@cache
def city_map() -> MapData:
    """``feeds/lexicon/wijkkaart.toml``: (code, name, path) of every wijk."""
    raw = tomllib.loads((files("feeds") / "lexicon" / "wijkkaart.toml").read_text("utf-8"))
    shapes = [(one["code"], one["naam"], one["vorm"]) for one in raw["wijken"]]
    return MapData(raw["breed"], raw["hoog"], shapes)


async def show_picture(visit: Visit) -> Response:
    """``GET /gebeurtenis/{number}/beeld``."""
    event = await visit.event()
    found = await visit.session.exec(
        select(Signal).where(col(Signal.event_id) == event.id).order_by(col(Signal.received_at))
    )
    signals = found.all()
    names = district_names()
    by_district = Counter(code for code, _ in {(s.district, s.organisation_id) for s in signals})
    return await visit.show_of(
        event,
        "beeld",
        "beeld.html",
        organisations=shown_count(len({signal.organisation_id for signal in signals})),
        has_signals=bool(signals),
        charts=[
            (title, bars(pairs))
            for title, pairs in (
                ("kinds", _kinds(signals)),
                ("severities", [(signal_texts.SEVERITIES[s.severity], s.organisation_id)
                                for s in signals]),
                ("domains", [(signal_texts.DOMAINS[s.domain], s.organisation_id)
                             for s in signals]),
            )
        ],
        days=bars(
            [(day(local_date(s.received_at)), s.organisation_id) for s in signals], keep=True
        ),
        shapes=shapes_of(by_district),
        field=city_map(),
        districts=[
            (names.get(code, code), shown_count(count))
            for code, count in sorted(by_district.items(), key=lambda pair: names.get(pair[0], ""))
        ],
    )  # fmt: skip


def _kinds(signals: Iterable[Signal]) -> list[tuple[str, int]]:
    return [
        (signal_texts.KINDS[SignalKind(kind)], signal.organisation_id)
        for signal in signals
        for kind in signal.kinds
    ]


def bars(pairs: Iterable[tuple[str, int]], *, keep: bool = False) -> list[Bar]:
    """One bar per label: how many organisations told it. Pure.

    :param keep: in the order in which they came; otherwise the longest first.
    """
    ordered = list(dict.fromkeys(pairs))
    counts = Counter(label for label, _ in ordered)
    labels = list(dict.fromkeys(label for label, _ in ordered))
    if not keep:
        labels.sort(key=lambda label: (-max(counts[label], VAGUE - 1), label))
    widest = max([drawn(count) for count in counts.values()], default=1.0)
    return [
        Bar(label, shown_count(counts[label]), round(100 * drawn(counts[label]) / widest, 1))
        for label in labels
    ]


def drawn(count: int) -> float:
    """How long a bar is: one and two organisations look alike. Pure."""
    return DRAWN if 0 < count < VAGUE else float(count)


def shapes_of(counts: Counter[str]) -> list[Shape]:
    """Every wijk with its shade. Pure."""
    return [
        Shape(name, path, shade(counts[code]), shown_count(counts[code]) if counts[code] else "0")
        for code, name, path in city_map().shapes
    ]


def shade(count: int) -> int:
    """0 nothing, 1 for one or two, 2 for a few, 3 for many. Pure."""
    if count >= MANY:
        return 3
    return 2 if count >= VAGUE else min(count, 1)


DOORS = (Door("/gebeurtenis/{number:int}/beeld", show_picture, Permission.SEE_PICTURE),)
