"""The wijken by name, without the weight of the whole lexicon."""

from __future__ import annotations

import tomllib
from functools import cache

from feeds.chosen_place import LEXICON, chosen, on_change


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    wijken = tomllib.loads(chosen().places.read_text("utf-8"))["wijken"]
    return tuple((wijk["code"], wijk["naam"]) for wijk in wijken)


def shape_codes() -> frozenset[str]:
    """The wijken that the map can draw."""
    shapes = tomllib.loads((LEXICON / "wijkkaart.toml").read_text("utf-8"))["wijken"]
    return frozenset(shape["code"] for shape in shapes)


def districts() -> list[tuple[str, str]]:
    """CBS code and name of the city's wijken, in order of code."""
    return list(_districts())


@cache
def city_name() -> str:
    """The municipality whose places are in use."""
    return str(tomllib.loads(chosen().places.read_text("utf-8"))["gemeente"]["naam"])


@cache
def _parts() -> dict[str, str]:
    wijken = tomllib.loads(chosen().places.read_text("utf-8"))["wijken"]
    return {wijk["code"]: wijk["deel"] for wijk in wijken if wijk.get("deel")}


def parts_of_city() -> dict[str, str]:
    """In which part of the city a wijk lies, by code; empty where nobody divided it."""
    return dict(_parts())


on_change(_districts.cache_clear)
on_change(_parts.cache_clear)
on_change(city_name.cache_clear)
