"""How near something is to Arnhem. Pure: reads hits of the lexicon, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feeds.lexicon import Lexicon, Tag
from feeds.matching import Hit, fold


class Proximity(StrEnum):
    """From a place in Arnhem to abroad without any tie."""

    SPOT = "P0"
    CITY = "P1"
    NEIGHBOUR = "P2"
    REGION = "regio"
    ELSEWHERE = "P3"
    ABROAD_TOUCHING = "P4"
    ABROAD = "P5"
    UNKNOWN = "onbekend"

    @property
    def is_city(self) -> bool:
        return self in {Proximity.SPOT, Proximity.CITY}

    @property
    def is_local(self) -> bool:
        return self.is_city or self is Proximity.NEIGHBOUR

    @property
    def is_dutch(self) -> bool:
        return self.is_local or self in {Proximity.REGION, Proximity.ELSEWHERE}


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is. ``name`` is neutral enough for a title; ``district`` a CBS code."""

    proximity: Proximity
    name: str | None = None
    district: str | None = None
    shown: str = ""


Found = Mapping[Tag, Sequence[Hit]]
#: a court's name, and what only looks like the city
NO_PLACE = (("uitzondering", "X6", 0), ("plaats", "negeer", 0))
#: beginnings of what holds every city of this country
AROUND = ("nederland", "landelijk")
NOWHERE = Place(Proximity.UNKNOWN)

#: sorts of places whose own name may stand in a title; of the others only "Arnhem" does
_NAMED_SORTS = frozenset({"plek", "stadsdeel"})


def find_place(found: Found, lexicon: Lexicon) -> Place:
    """The nearest place in title or lead; a court's name is no place."""
    masked = _spans(found, NO_PLACE)
    city = _free(found.get(("plaats", "gemeente", 0), ()), masked)
    return (
        _spot(found, lexicon, masked, city)
        or _city(city, lexicon)
        or _around(found, masked, "buurgemeenten", Proximity.NEIGHBOUR)
        or _further(found, lexicon, masked)
        or NOWHERE
    )


def find_spots(found: Found, lexicon: Lexicon) -> frozenset[str]:
    """Every place in and around the city that is fine enough to tell two incidents apart: codes of
    districts, and towns near by as they are written. A street or a square is in some district, but
    in which is not known."""
    masked = _spans(found, NO_PLACE)
    city = _free(found.get(("plaats", "gemeente", 0), ()), masked)
    districts = {
        key
        for (kind, key, _), hits in found.items()
        if kind == "wijk"
        and any(city or hit.term not in lexicon.needs_city for hit in _free(hits, masked))
    }
    hits = _free(found.get(("plaats", "buurgemeenten", 0), ()), masked)
    return frozenset(districts | _towns({fold(hit.shown) for hit in hits}, lexicon))


def _towns(named: set[str], lexicon: Lexicon) -> set[str]:
    """A municipality stands for each of its towns, unless one of them is named beside it."""
    towns = set(named)
    for whole, parts in lexicon.gazetteer.dorpen.items():
        if whole in named:
            towns = towns - {whole} if named & set(parts) else towns | set(parts)
    return towns


def is_elsewhere(proximity: Proximity, place: str | None, lexicon: Lexicon) -> bool:
    """Whether it was in another place than in or around the city; the country, and the province
    that the city is in, are none."""
    if proximity.is_local or proximity is Proximity.UNKNOWN:
        return False
    province = fold(lexicon.gazetteer.gemeente.provincie)
    around = (*AROUND, province, f"{province.removesuffix('land')}s")
    return place is None or not fold(place).startswith(around)


def _spot(found: Found, lexicon: Lexicon, masked: set[int], city: Sequence[Hit]) -> Place | None:
    best: tuple[tuple[bool, int], Place] | None = None
    for (kind, key, _), hits in found.items():
        if kind not in {"wijk", "plek"}:
            continue
        for hit in _free(hits, masked):
            if hit.term in lexicon.needs_city and not city:
                continue
            # What the lead names may be where something happened before. The longest term is the
            # most precise one: "presikhaaf oost" over "presikhaaf*".
            rank = (not hit.in_lead, len(hit.term))
            if best is None or rank > best[0]:
                best = (rank, _spot_of(kind, key, hit, lexicon))
    return best[1] if best else None


def _spot_of(kind: str, key: str, hit: Hit, lexicon: Lexicon) -> Place:
    city = lexicon.gazetteer.gemeente.naam
    shown = hit.shown.split(" … ")[0]
    named = kind == "wijk" or key in _NAMED_SORTS
    holds_city = city.lower() in shown.lower()
    name = (shown if holds_city else f"{shown}, {city}") if named else city
    return Place(Proximity.SPOT, name, key if kind == "wijk" else None, shown)


def _city(city: Sequence[Hit], lexicon: Lexicon) -> Place | None:
    if not city:
        return None
    return Place(Proximity.CITY, lexicon.gazetteer.gemeente.naam, None, city[0].shown)


def _around(found: Found, masked: set[int], sort: str, proximity: Proximity) -> Place | None:
    hits = _free(found.get(("plaats", sort, 0), ()), masked)
    return Place(proximity, hits[0].shown, None, hits[0].shown) if hits else None


def _further(found: Found, lexicon: Lexicon, masked: set[int]) -> Place | None:
    """Elsewhere: what the title says goes before what only the lead says."""
    in_title = {tag: [hit for hit in hits if not hit.in_lead] for tag, hits in found.items()}
    for where in (in_title, found):
        dutch = _around(where, masked, "regio", Proximity.REGION) or _around(
            where, masked, "nl_steden", Proximity.ELSEWHERE
        )
        if dutch:
            return dutch
        touching = [
            hits[0]
            for key in lexicon.rules.themas_buitenland
            if (hits := where.get(("thema", key, 0)))
        ]
        if touching:
            return Place(Proximity.ABROAD_TOUCHING, None, None, touching[0].shown)
        abroad = _around(where, masked, "buitenland_overig", Proximity.ABROAD)
        if abroad:
            return abroad
    return None


def _spans(found: Found, tags: Iterable[Tag]) -> set[int]:
    return {
        position
        for tag in tags
        for hit in found.get(tag, ())
        for position in range(hit.start, hit.end)
    }


def _free(hits: Sequence[Hit], masked: set[int]) -> list[Hit]:
    return [hit for hit in hits if hit.start not in masked]
