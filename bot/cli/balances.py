"""``schakel feeds balance``: what became of the alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import balance_texts as texts
from bot.cli import frame_texts
from bot.cli.frame import DEFAULT_CONFIG, ConfigPath, load, say, with_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacts.records import Database
    from feeds.balance import Balance, Tally


def add_to(app: typer.Typer) -> None:
    """Give ``schakel feeds`` this command."""
    app.command("balance", help=texts.HELP)(balance)


def balance(
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help=texts.HELP_DAYS,
                          metavar=frame_texts.NUMBER)
    ] = 90,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:  # fmt: skip
    loaded = load(config)
    found = with_database(loaded, lambda db: _read(db, days, is_exercise=loaded.is_exercise))
    for line in lines_of(found, days):
        say(line)


async def _read(db: Database, days: int, *, is_exercise: bool) -> Balance:
    from datetime import timedelta

    from bot.clock import utc_now
    from feeds.balance import read_balance

    now = utc_now()
    async with db.read() as session:
        return await read_balance(
            session, since=now - timedelta(days=days), until=now, is_exercise=is_exercise
        )


def lines_of(found: Balance, days: int) -> Iterator[str]:
    """The report as lines. Pure."""
    from feeds.lexicon import load_lexicon

    total, lexicon = found.total, load_lexicon()
    if not total.shown and not total.by_hand:
        yield texts.NOTHING.format(days=days)
        return
    yield texts.HEAD.format(days=days)
    yield texts.LINE.format(name=texts.TOTAL, **_figures(total))
    for reason, count in total.dismissed.most_common():
        yield texts.REASON.format(reason=texts.REASONS[reason.value], count=count)
    kinds = {key: name for key, (name, _) in lexicon.event_types.items()}
    themes = {key: theme.naam for key, theme in lexicon.themes.items()}
    yield from _table(texts.BY_FORM, found.by_form, {})
    yield from _table(texts.BY_TYPE, found.by_type, kinds)
    yield from _table(texts.BY_THEME, found.by_theme, themes)


def _table(title: str, rows: Mapping[str, Tally], names: Mapping[str, str]) -> Iterator[str]:
    if not rows:
        return
    yield title
    for key, tally in rows.items():
        line = texts.LINE.format(name=names.get(key, key), **_figures(tally))
        yield f"{line}{texts.POOR if tally.is_poor else ''}"


def _figures(tally: Tally) -> dict[str, int]:
    return {
        "shown": tally.shown,
        "confirmed": tally.confirmed,
        "rejected": tally.rejected,
        "open": tally.open,
        "by_hand": tally.by_hand,
    }
