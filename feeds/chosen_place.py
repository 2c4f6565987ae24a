"""Which city's places and whose themes the watch looks with: files, chosen by configuration.

One choice per process, made before the first look; the default is Arnhem.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEXICON = Path(__file__).with_name("lexicon")
SHIPPED = LEXICON / "plaatsen"
#: places further away, the same for every city; no city of its own
COUNTRY = "landelijk"
DEFAULT = "arnhem"


class NoSuchPlaceError(Exception):
    """No shipped city has that name and no file is there. ``args[0]``: what was asked for."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files in use."""

    places: Path = SHIPPED / f"{DEFAULT}.toml"
    themes: Path = LEXICON / "themes.toml"


_in_use = [Chosen()]
#: what must be forgotten when another file is chosen
_forget: list[Callable[[], None]] = []


def chosen() -> Chosen:
    """The files in use now."""
    return _in_use[0]


def choose(place: str = DEFAULT, themes: str = "", *, beside: Path | None = None) -> None:
    """Use another city's file from now on.

    :param place: the name of a shipped city, or the path of a file.
    :param themes: the path of a file of themes, or nothing for the one that is shipped.
    :param beside: the folder in which a relative path is looked for.
    :raises NoSuchPlaceError: there is nothing there.
    """
    wanted = Chosen(
        place_file(place, beside=beside),
        _file(themes, beside) if themes else Chosen().themes,
    )
    if wanted == chosen():
        return
    _in_use[0] = wanted
    for forget in _forget:
        forget()


def on_change(forget: Callable[[], None]) -> None:
    """Call ``forget`` when another file is chosen."""
    _forget.append(forget)


def shipped() -> list[str]:
    """The cities that come with the product, by name."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml") if path.stem != COUNTRY)


def place_file(place: str, *, beside: Path | None = None) -> Path:
    """The file of a shipped city, or the file that a path leads to.

    :raises NoSuchPlaceError: there is nothing there.
    """
    return SHIPPED / f"{place}.toml" if place in shipped() else _file(place, beside)


def _file(path: str, beside: Path | None) -> Path:
    found = (beside or Path()) / path
    if not found.is_file():
        raise NoSuchPlaceError(path)
    return found


def read_places(path: Path) -> dict[str, Any]:
    """A city's places with those of the country behind them, as a file would hold them.

    :raises tomllib.TOMLDecodeError: the file is no TOML.
    """
    mine = tomllib.loads(path.read_text("utf-8"))
    country = tomllib.loads((SHIPPED / f"{COUNTRY}.toml").read_text("utf-8"))
    return mine | {"omgeving": [*mine.get("omgeving", []), *country["omgeving"]]}
