"""``schakel feeds check|import|export``: sources seen from outside, and to and from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import frame_texts
from bot.cli import source_texts as texts
from bot.cli import texts as shared
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, run, say, stop, with_database
from contacts.texts import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Config
    from contacts.records import Database
    from feeds.looking import Look
    from feeds.opml import Listed
    from feeds.rows import Source
    from feeds.settings import SourceSettings
    from feeds.standing import Trust

OLD_AFTER_DAYS = 14
AT_ONCE = 4


def add_to(app: typer.Typer) -> None:
    """Give ``schakel feeds`` these commands."""
    app.command("check", help=texts.HELP_CHECK)(check)
    app.command("import", help=texts.HELP_IMPORT)(import_sources)
    app.command("export", help=texts.HELP_EXPORT)(export_sources)


def check(
    urls: Annotated[
        list[str] | None, typer.Argument(help=texts.HELP_URLS, metavar=texts.METAVAR_URL)
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    named = [(url, url, "") for url in urls or ()] or with_database(
        loaded, lambda db: _named(db, loaded)
    )
    if not named:
        raise stop(shared.NO_SOURCES, WRONG)
    bad = run(_look_at_all(named, loaded))
    if bad:
        raise stop(counted(texts.SOME_BAD, bad, total=str(len(named))), WRONG)


async def _named(db: Database, config: Config) -> list[tuple[str, str, str]]:
    """Names, addresses and kinds of what is read, and of what is configured but not read yet."""
    rows = await _rows(db)
    known = {row.key for row in rows}
    fresh = [one for one in config.feeds.sources if one.key not in known]
    read: list[Source | SourceSettings] = [row for row in rows if row.is_read]
    return [(one.name, one.url, _kind(one)) for one in [*read, *fresh]]


def _kind(source: Source | SourceSettings) -> str:
    """What its word is worth, and how far it carries where that is counted."""
    from feeds.standing import Trust

    if source.trust is Trust.OFFICIAL:
        return texts.KIND_OFFICIAL
    return texts.KIND.format(trust=source.trust.value, reach=source.reach.value)


async def _rows(db: Database) -> list[Source]:
    from sqlmodel import col, select

    from feeds.rows import Source

    async with db.read() as session:
        wanted = (
            select(Source)
            .where(col(Source.scene).is_(None), col(Source.url) != "")
            .order_by(col(Source.key))
        )
        return list((await session.exec(wanted)).all())


async def _look_at_all(named: list[tuple[str, str, str]], config: Config) -> int:
    """Say how each of them is, in order; returns how many cannot be read."""
    from bot.clock import utc_now
    from feeds.looking import look_at

    gate = asyncio.Semaphore(AT_ONCE)

    async def look(url: str) -> Look:
        async with gate:
            return await look_at(url, config.feeds, now=utc_now())

    answers = [asyncio.create_task(look(url)) for _, url, _ in named]
    bad = 0
    for (name, _, kind), answer in zip(named, answers, strict=True):
        found = await answer
        bad += not found.is_fine
        for line in lines_of(name, found, now=utc_now()):
            say(line)
        if kind:
            say(kind)
    return bad


def lines_of(name: str, found: Look, *, now: datetime) -> Iterator[str]:
    """What a person wants to know of a source. Pure."""
    from feeds.texts import FAULTS

    if not found.is_fine:
        yield texts.BAD.format(name=name, why=FAULTS.get(found.fault, FAULTS["unknown"]))
    else:
        yield texts.GOOD.format(name=name, items=found.items, newest=_newest(found, now))
    if found.moved_to:
        yield texts.MOVED.format(address=found.moved_to)
    if not found.is_fine:
        return
    if found.unread_dates:
        yield counted(texts.UNREAD_DATES, found.unread_dates)
    if found.undated:
        yield counted(texts.UNDATED, found.undated)
    if found.about.hub:
        yield texts.HUB.format(hub=found.about.hub)
    language = texts.LANGUAGES.get(found.language or "")
    if language is None:
        yield texts.UNKNOWN_LANGUAGE
    else:
        shape = texts.LANGUAGE if found.language == "nl" else texts.NOT_DUTCH
        yield shape.format(language=language)


def _newest(found: Look, now: datetime) -> str:
    from signals.workdays import day_and_time

    age = found.age(now)
    if found.newest is None or age is None:
        return texts.NO_DATES
    shape = texts.OLD if age.days >= OLD_AFTER_DAYS else texts.NEWEST
    return shape.format(at=day_and_time(found.newest), days=age.days)


def import_sources(
    file: Annotated[Path, typer.Argument(help=texts.HELP_OPML, metavar=frame_texts.FILE)],
    trust: Annotated[
        str, typer.Option("--trust", help=texts.HELP_TRUST, metavar=texts.METAVAR_TRUST)
    ] = "secundair",
    preview: Annotated[bool, typer.Option("--preview", help=texts.HELP_PREVIEW)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from feeds.opml import read_opml
    from feeds.plain_xml import NotPlainXmlError
    from feeds.standing import Trust

    try:
        chosen, listed = Trust(trust), read_opml(file.read_bytes())
    except NotPlainXmlError as error:
        raise stop(texts.BAD_OPML.format(path=file), WRONG) from error
    except OSError as error:
        raise stop(shared.NO_FILE.format(path=file)) from error
    except ValueError as error:
        raise stop(texts.HELP_TRUST) from error
    if not listed:
        raise stop(texts.EMPTY_OPML, WRONG)
    loaded = load(config)
    added = with_database(loaded, lambda db: _store(db, loaded, listed, chosen, is_preview=preview))
    say(texts.IMPORTED.format(added=added, known=len(listed) - added))
    if preview:
        say(texts.PREVIEW)


async def _store(
    db: Database, config: Config, listed: list[Listed], trust: Trust, *, is_preview: bool
) -> int:
    """Add what is not there yet, by address; returns how many."""
    from bot.clock import utc_now
    from contacts.journal import OPERATOR
    from feeds.sources import add_source, sync_sources

    added = 0
    async with db.begin() as session:
        await sync_sources(session, config.feeds, now=utc_now(), is_exercise=config.is_exercise)
        for one in listed:
            row = await add_source(
                session, one, trust, who=OPERATOR, is_exercise=config.is_exercise, now=utc_now()
            )
            added += row is not None
            shape = texts.ALREADY if row is None else texts.ADDED
            say(shape.format(name=one.name, key=row.key if row else ""))
        if is_preview:
            await session.rollback()
    return added


def export_sources(config: ConfigPath = DEFAULT_CONFIG) -> None:
    from feeds.opml import Listed, write_opml
    from feeds.standing import KeptBy

    loaded = load(config)
    rows = with_database(loaded, _rows)
    known = {row.key for row in rows}
    feeds = [
        Listed(row.name, row.url, row.trust.value)
        for row in rows
        if row.kept_by is not KeptBy.NOBODY
    ]
    feeds += [
        Listed(one.name, one.url, one.trust.value)
        for one in loaded.feeds.sources
        if one.key not in known
    ]
    say(write_opml(feeds, title=texts.TITLE))
