"""The list as a file, taking an import back, and the bar while one is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import contact_texts, frame_texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database
from contacts.texts import counted

if TYPE_CHECKING:
    from contacts.records import Database


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal while lines are taken; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    # Where nobody looks it would still leave an empty line.
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(contact_texts.IMPORTING, total=total)
        yield lambda count: bar.update(task, completed=count)


def export_list(
    file: Annotated[
        Path, typer.Argument(help=contact_texts.HELP_EXPORT_LIST, metavar=frame_texts.FILE)
    ],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from contacts.importing.exporting import kinds, write_rows

    kind = next((one for one in kinds() if file.suffix.lower() == f".{one.value}"), None)
    if kind is None:
        raise stop(contact_texts.NO_SUCH_KIND)
    loaded = load(config)
    rows = with_database(loaded, lambda db: _export(db, loaded.is_exercise))
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(write_rows(rows, kind))
    say(counted(contact_texts.EXPORTED, len(rows), path=str(file)))


def write_example(
    file: Annotated[
        Path, typer.Argument(help=contact_texts.HELP_EXAMPLE_FILE, metavar=frame_texts.FILE)
    ],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    if file.exists():
        raise stop(contact_texts.EXAMPLE_EXISTS.format(path=file), WRONG)
    from contacts.importing.example import example_list
    from feeds.districts import city_name, districts

    file.write_bytes(example_list(districts()))
    say(contact_texts.EXAMPLE_WRITTEN.format(path=file, city=city_name()))
    if city_name() != loaded.briefings.city:
        say(contact_texts.EXAMPLE_OTHER_CITY.format(city=loaded.briefings.city, places=city_name()))


async def _export(db: Database, is_exercise: bool) -> list[dict[str, str]]:
    from contacts.importing.exporting import export_rows

    async with db.read() as session:
        return await export_rows(session, is_exercise=is_exercise)


def undo_import(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    count = with_database(loaded, lambda db: _undo(db, loaded.is_exercise))
    if count is None:
        raise stop(contact_texts.NOTHING_TO_UNDO, WRONG)
    say(counted(contact_texts.UNDONE, count))


async def _undo(db: Database, is_exercise: bool) -> int | None:
    """How many rows went back; None when there is nothing to take back."""
    from bot.clock import utc_now
    from contacts.importing.batches import latest_batch
    from contacts.importing.batches import undo_import as take_back
    from contacts.journal import OPERATOR

    async with db.begin() as session:
        batch = await latest_batch(session, is_exercise=is_exercise)
        if batch is None:
            return None
        return await take_back(session, batch, who=OPERATOR, now=utc_now())
