"""The 24 wijken by name, without the weight of the whole lexicon."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_GAZETTEER = Path(__file__).parent / "lexicon" / "gazetteer.toml"


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    wijken = tomllib.loads(_GAZETTEER.read_text("utf-8"))["wijken"]
    return tuple((wijk["code"], wijk["naam"]) for wijk in wijken)


def districts() -> list[tuple[str, str]]:
    """CBS code and name of the 24 wijken, in order of code."""
    return list(_districts())
