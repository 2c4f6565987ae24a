"""``schakel move-database``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import moving_texts as texts
from bot.cli.frame import DEFAULT_CONFIG, MISUSE, WRONG, ConfigPath, load, run, say, stop

if TYPE_CHECKING:
    from bot.config import Config


def move_database(
    url: Annotated[str, typer.Argument(help=texts.HELP_URL, metavar="URL")] = "",
    undo: Annotated[bool, typer.Option("--undo", help=texts.HELP_UNDO)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.backup.moving import AlreadyMoved, Miscounted, NotCurrent
    from bot.backup.restoring import InUse, NotEmpty
    from bot.database_faults import trouble_with
    from bot.migrating import MigrationError

    loaded = load(config)
    if undo:
        say(_use_on(loaded))
        return
    url, setting = _target(url)
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


def _target(given: str) -> tuple[str, str]:
    """Where to move to, and where that was said: on the command line anybody here can read it."""
    from bot.config import NEW_DATABASE_URL, ConfigError, read_secret

    if given:
        return check_store(given), texts.ON_COMMAND_LINE
    lines: list[str] = []
    url = read_secret(NEW_DATABASE_URL, os.environ, lines)
    if lines:
        raise ConfigError(lines)
    name = NEW_DATABASE_URL if os.environ.get(NEW_DATABASE_URL) else f"{NEW_DATABASE_URL}_FILE"
    if not url:
        raise stop(texts.NO_TARGET.format(name=name), MISUSE)
    return check_store(url), name


def _use_on(config: Config) -> str:
    from bot.backup.moved import moved_at, note_kept
    from bot.clock import utc_now

    async def keep() -> bool:
        if await moved_at(config.database.url) is None:
            return False
        await note_kept(config.database.url, now=utc_now())
        return True

    return texts.USED_ON if run(keep()) else texts.NEVER_MOVED


def check_store(url: str) -> str:
    """An address with a driver that we bring; of another one nobody should see the inside fail."""
    if not url.startswith(("postgresql+psycopg://", "sqlite+aiosqlite:///")):
        raise stop(texts.BAD_URL, MISUSE)
    return url


def _move(config: Config, url: str) -> dict[str, int]:
    from rich.progress import BarColumn, Progress, TextColumn

    from bot.backup.moving import move_database as move
    from bot.clock import utc_now

    columns = (TextColumn("{task.description:<20}"), BarColumn(), TextColumn("{task.completed}"))
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
