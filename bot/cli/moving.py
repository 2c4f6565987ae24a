"""``schakel move-database``."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import moving_texts as texts
from bot.cli.frame import DEFAULT_CONFIG, MISUSE, WRONG, ConfigPath, load, run, say, stop

if TYPE_CHECKING:
    from bot.config import Config


def move_database(
    url: Annotated[str, typer.Argument(help=texts.HELP_URL, metavar="URL")] = "",
    undo: Annotated[bool, typer.Option("--undo", help=texts.HELP_UNDO)] = False,
    sure: Annotated[bool, typer.Option("--yes", help=texts.HELP_YES)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.backup.moving import AlreadyMoved, Miscounted, NotCurrent
    from bot.backup.restoring import InUse, NotEmpty
    from bot.database_faults import trouble_with
    from bot.migrating import MigrationError

    loaded = load(config)
    if undo:
        _go_back(loaded, _new_one(url)[0], sure=sure)
        return
    url, setting = _new_one(url, is_needed=True)
    if url == loaded.database.url:
        raise stop(texts.SAME, MISUSE)
    try:
        counts = _move(loaded, url)
    except NotCurrent:
        raise stop(texts.NOT_CURRENT, WRONG) from None
    except AlreadyMoved:
        raise stop(texts.ALREADY, WRONG) from None
    except InUse:
        raise stop(texts.IN_USE, WRONG) from None
    except NotEmpty:
        raise stop(texts.NOT_EMPTY, WRONG) from None
    except Miscounted as error:
        raise stop(texts.MISCOUNTED.format(table=error), WRONG) from None
    except MigrationError as error:
        if error.url != url:
            raise
        raise stop(trouble_with(error, setting=setting), WRONG) from None
    say(texts.MOVED.format(rows=sum(counts.values()), tables=len(counts)))
    say(texts.NEXT)


def _new_one(argument: str, *, is_needed: bool = False) -> tuple[str, str]:
    """The new database, or nothing, and where it was said: on the command line anybody on this
    machine can read it."""
    from bot.config import NEW_DATABASE_URL, ConfigError, read_secret

    if argument:
        return check_store(argument), texts.ON_COMMAND_LINE
    lines: list[str] = []
    url = read_secret(NEW_DATABASE_URL, os.environ, lines)
    if lines:
        raise ConfigError(lines)
    name = NEW_DATABASE_URL if os.environ.get(NEW_DATABASE_URL) else f"{NEW_DATABASE_URL}_FILE"
    if is_needed and not url:
        raise stop(texts.NO_TARGET.format(name=name), MISUSE)
    return check_store(url) if url else "", name


def _go_back(config: Config, new: str, *, sure: bool) -> None:
    """Use the old one on, unless somebody works with the new one as far as can be seen from here.

    :param new: the address of the new one; empty when it was not given.
    """
    from bot.backup.moved import moved_at, note_kept
    from bot.backup.restoring import InUse, may_take_the_place
    from bot.clock import utc_now
    from bot.migrating import MigrationError
    from bot.starts import is_running_in

    old = config.database.url
    if run(moved_at(old)) is None:
        say(texts.NEVER_MOVED)
        return
    if new == old:
        raise stop(texts.SAME_BACK, MISUSE)
    if is_running_in(config.state_dir):
        raise stop(texts.IN_USE, WRONG)
    if new:
        # One that cannot be reached may be why somebody goes back.
        with suppress(MigrationError):
            try:
                run(may_take_the_place(new, overwrite=True, ticks=config.ticks, now=utc_now()))
            except InUse:
                raise stop(texts.NEW_IN_USE, WRONG) from None
    if not sure:
        raise stop(texts.SURE_BACK)
    run(note_kept(old, now=utc_now()))
    say(texts.USED_ON)


def check_store(url: str) -> str:
    """An address with a driver that we bring; of another one nobody should see the inside fail."""
    if not url.startswith(("postgresql+psycopg://", "sqlite+aiosqlite:///")):
        raise stop(texts.BAD_URL, MISUSE)
    return url


def _move(config: Config, url: str) -> dict[str, int]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from bot.backup.moving import move_database as move
    from bot.clock import utc_now

    columns = (TextColumn("{task.description:<20}"), BarColumn(), TextColumn("{task.completed}"))
    if not Console().is_interactive:
        # Nobody watches, and the bar would leave an empty line behind.
        return run(
            move(
                config.database.url, url, ticks=config.ticks, now=utc_now(),
                on_progress=lambda *_: None,
            )
        )  # fmt: skip
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=None)
        return run(
            move(
                config.database.url,
                url,
                ticks=config.ticks,
                now=utc_now(),
                on_progress=lambda table, done, total: bar.update(
                    task, description=table, completed=done, total=total
                ),
            )
        )
