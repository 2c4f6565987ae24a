"""What every command shares: the configuration, an open database, errors without tracebacks."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli import frame_texts, texts
from bot.cli.framing import DutchGroup

if TYPE_CHECKING:
    from bot.config import Config
    from contacts.records import Database

T = TypeVar("T")
log = logging.getLogger(__name__)

OK, WRONG, MISUSE = 0, 1, 2
#: set to anything: an unexpected error shows where it happened
DEBUG = "SCHAKEL_DEBUG"

ConfigPath = Annotated[
    Path,
    typer.Option(
        "--config", envvar="SCHAKEL_CONFIG", help=texts.HELP_CONFIG, metavar=frame_texts.FILE
    ),
]
DEFAULT_CONFIG = Path("config.toml")


class CalmGroup(DutchGroup):
    """Commands whose errors are a sentence and an exit code, whatever went wrong."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            # Typer's own ways out (a usage error, an Exit) carry their exit code.
            if hasattr(error, "exit_code") or os.environ.get(DEBUG):
                raise
            raise end_of(error) from error


def end_of(error: Exception) -> typer.Exit:
    """How the command ends after this error."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.config import ConfigError
    from bot.database_faults import trouble_with_own
    from bot.migrating import MigrationError

    if isinstance(error, ConfigError):
        return stop("\n".join(error.lines))
    if isinstance(error, MigrationError | SQLAlchemyError):
        return stop(trouble_with_own(error), WRONG)
    if logging.getLogger().handlers:
        log.error("Ended by an unexpected error", exc_info=error, extra={"action": "crashed"})
    return stop(texts.UNEXPECTED.format(kind=type(error).__name__, debug=DEBUG), WRONG)


def say(line: str) -> None:
    typer.echo(line)


def say_wrong(line: str) -> None:
    typer.echo(line, err=True)


def stop(line: str, code: int = MISUSE) -> typer.Exit:
    """End the command with one sentence on standard error."""
    say_wrong(line)
    return typer.Exit(code)


def load(path: Path) -> Config:
    """The configuration. One with secrets of its own beside it leaves those of others alone.

    :raises ConfigError: with every mistake in Dutch; the command ends with those.
    """
    from bot.cities.own_secrets import file_of, own_environment
    from bot.config import ConfigError, load_config
    from feeds.chosen_place import NoSuchPlaceError, choose

    if file_of(path).exists():
        take_environment(own_environment(path, os.environ))
    config = load_config(path, os.environ)
    try:
        choose(config.feeds.place, config.feeds.themes, beside=path.absolute().parent)
    except NoSuchPlaceError as error:
        raise ConfigError([texts.NO_PLACE.format(value=error.args[0])]) from error
    return config


def take_environment(environ: Mapping[str, str]) -> None:
    """From now on this process knows these variables and no others."""
    os.environ.clear()
    os.environ.update(environ)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def with_database(config: Config, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run ``work`` on the current database, or end the command when there is none."""
    from bot.database import open_database
    from bot.migrating import is_current

    async def inner() -> T:
        if not await is_current(config.database.url):
            raise stop(texts.NO_DATABASE, WRONG)
        database = open_database(config.database.url)
        try:
            return await work(database)
        finally:
            await database.close()

    return run(inner())
