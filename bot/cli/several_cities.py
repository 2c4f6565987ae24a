"""``schakel run --cities`` and ``schakel cities``: several cities from one command."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cities import city_texts
from bot.cli import frame_texts, texts
from bot.cli.frame import MISUSE, OK, WRONG, end_of, load, run, say, stop, take_environment
from bot.cli.watching import line_of, line_of_falling, line_of_shortage
from bot.duties import Office

if TYPE_CHECKING:
    from bot.cities.child import Door
    from bot.config import Config

#: the name of a process that does everything
ALL = "all"

FolderPath = Annotated[
    Path, typer.Argument(help=city_texts.HELP_FOLDER, metavar=frame_texts.FOLDER)
]


def cities(folder: FolderPath) -> None:
    import signal

    from bot.cities.child import SIGNALS, begin, hear
    from bot.cities.city import cities_in

    _need_folder(folder)
    paths = cities_in(folder)
    if not paths:
        raise stop(city_texts.NO_CITIES.format(path=folder))
    is_well = True
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    for path in paths:
        # In a process of its own: no city's secrets stand beside another's.
        child = begin(path, _look, [])
        if not hear([child]):
            raise typer.Exit(WRONG)
        child.dismiss()
        for line in [*child.faults, *child.report.get("lines", ())]:
            say(city_texts.LINE.format(city=path.stem, line=line))
        is_well = is_well and bool(child.report.get("is_well"))
    raise typer.Exit(OK if is_well else WRONG)


def run_cities(folder: Path, only: Office | None) -> int:
    """Until SIGTERM or SIGINT. The exit code."""
    _need_folder(folder)
    if shared := _shared_secret():
        raise stop(city_texts.SHARED.format(name=shared))
    from bot.cities.loading import load_everything

    load_everything()
    from bot.cities.parent import Parent
    from bot.run import quiet_logging

    quiet_logging()
    part = only.value if only else ALL
    return Parent(
        folder, _living(only), part=part, say=lambda line: typer.echo(line, err=True)
    ).run()


def why_not(config: Config, only: Office | None) -> str | None:
    """Why nothing can be run with this configuration."""
    if only is not None and not config.database.several_hosts:
        return texts.ONLY_NEEDS_HOSTS
    if not config.telegram.token and not config.mail.host:
        return texts.RUN_REACHES_NOBODY
    return None


def _need_folder(folder: Path) -> None:
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise stop(city_texts.NO_FOLDER.format(path=folder))


def _shared_secret() -> str | None:
    """A secret in the environment would reach every city."""
    from bot.cities.own_secrets import is_secret

    return next((name for name in sorted(os.environ) if is_secret(name)), None)


def _living(only: Office | None) -> Callable[[Path, Door], int]:
    """What the process of a city does, from its own file to its end."""

    def live(path: Path, door: Door) -> int:
        config = _own(path, door, only)
        if config is None:
            return MISUSE
        from bot.cities.claims import claims_of
        from bot.cities.own_secrets import files_of
        from bot.run import quiet_logging
        from bot.run import run as run_until_stopped
        from bot.settling import load_quickly

        if not door.may_go(claims_of(config, os.environ), files_of(path, os.environ)):
            return OK
        quiet_logging(city=path.stem)
        load_quickly()
        offices = frozenset([only] if only else Office)
        saying = _saying(path.stem)
        if not config.telegram.token:
            saying(texts.RUN_WITHOUT_TELEGRAM)
        try:
            return run(run_until_stopped(config, offices, say=saying, parent=door.hear_from))
        except Exception as error:
            return end_of(error).exit_code

    return live


def _saying(city: str) -> Callable[[str], None]:
    return lambda line: say(city_texts.LINE.format(city=city, line=line))


def _own(path: Path, door: Door, only: Office | None) -> Config | None:
    """The configuration with this city's own secrets, or the faults at the door."""
    from bot.cities.own_secrets import own_environment
    from bot.config import ConfigError

    try:
        take_environment(own_environment(path, os.environ))
        config = load(path)
    except ConfigError as error:
        door.refuse(error.lines)
        return None
    if refusal := why_not(config, only):
        door.refuse([refusal])
        return None
    return config


def _look(path: Path, door: Door) -> int:
    """Say how this city is, from its own store and folder."""
    from bot.cities.standing import falling_in
    from bot.room import shortages

    config = _own(path, door, None)
    if config is not None:
        lines = [line_of_shortage(shortage) for shortage in shortages(config)]
        lines += [line_of_falling(falling) for falling in falling_in(config.state_dir)]
        is_well, found = run(_rounds(config))
        door.tell([*lines, found], is_well=is_well and not lines)
    return OK


async def _rounds(config: Config) -> tuple[bool, str]:
    from bot.clock import utc_now
    from bot.console.health import read_beats
    from bot.database import open_database
    from bot.database_faults import trouble_with_own
    from bot.migrating import MigrationError, is_current

    try:
        if not await is_current(config.database.url):
            return False, city_texts.NEVER_RAN
    except MigrationError as error:
        return False, trouble_with_own(error)
    database = open_database(config.database.url)
    try:
        async with database.read() as session:
            beats = await read_beats(session, config.ticks, now=utc_now())
    finally:
        await database.close()
    late = [beat for beat in beats if beat.is_late]
    if len(late) == len(beats):
        return False, city_texts.RUNS_NOT
    if late:
        return False, " ".join(line_of(beat) for beat in late)
    return True, city_texts.RUNS.format(parts=len(beats))
