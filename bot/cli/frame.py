"""What every command shares: the configuration, an open database, errors without tracebacks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli import texts

if TYPE_CHECKING:
    from bot.config import Config
    from contacts.records import Database

T = TypeVar("T")

OK, WRONG, MISUSE = 0, 1, 2

ConfigPath = Annotated[
    Path, typer.Option("--config", envvar="SCHAKEL_CONFIG", help=texts.HELP_CONFIG)
]
DEFAULT_CONFIG = Path("config.toml")


def say(line: str) -> None:
    typer.echo(line)


def stop(line: str, code: int = MISUSE) -> typer.Exit:
    """End the command with one sentence on standard error."""
    typer.echo(line, err=True)
    return typer.Exit(code)


def load(path: Path) -> Config:
    """The configuration, or the end of the command with every mistake in Dutch."""
    from bot.config import ConfigError, load_config

    try:
        return load_config(path, os.environ)
    except ConfigError as error:
        raise stop("\n".join(error.lines)) from error


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
