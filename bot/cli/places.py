"""``schakel feeds gazetteer``: a city's list of places, looked over."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place_texts as texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop

if TYPE_CHECKING:
    from feeds.lexicon_entries import Gazetteer


def add_to(app: typer.Typer) -> None:
    """Give ``schakel feeds`` this command."""
    app.command("gazetteer", help=texts.HELP_GAZETTEER)(gazetteer)


def gazetteer(
    place: Annotated[str, typer.Argument(help=texts.HELP_PLACE, metavar=texts.METAVAR_PLACE)] = "",
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from feeds.chosen_place import chosen
    from feeds.districts import shape_codes
    from feeds.gazetteer_check import check
    from feeds.lexicon import ordinary_words

    if not place:
        load(config)
    path = _file(place) if place else chosen().places
    places = _read(path)
    found = check(places, ordinary=ordinary_words(), shapes=shape_codes())
    say(
        texts.HEAD.format(
            city=places.gemeente.naam, path=path.name, wijken=found.wijken, terms=found.terms
        )
    )
    for one in found.findings:
        where = ", ".join(one.where)
        say(texts.FINDINGS[one.fault.value].format(what=one.what, where=where))
    say(texts.UNCHECKED.format(wijken=found.unchecked_wijken, terms=found.unchecked_terms))
    if found.is_wrong:
        raise typer.Exit(WRONG)
    say(texts.RIGHT)


def _file(place: str) -> Path:
    from feeds.chosen_place import NoSuchPlaceError, place_file, shipped

    try:
        return place_file(place)
    except NoSuchPlaceError as error:
        names = ", ".join(shipped())
        raise stop(texts.NO_FILE.format(place=place, shipped=names)) from error


def _read(path: Path) -> Gazetteer:
    from pydantic import ValidationError

    from feeds.lexicon_entries import Gazetteer

    try:
        return Gazetteer.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise stop(texts.BAD_FILE.format(path=path, why=error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['type']}"
        raise stop(texts.BAD_FILE.format(path=path, why=why)) from error
