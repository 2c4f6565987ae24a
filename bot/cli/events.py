"""``schakel feeds|signals|deliveries``: what an operator looks up."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import frame_texts, texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from bot.config import Config
    from contacts.records import Database

feeds_app = DutchTyper()
signals_app = DutchTyper()
WATCH_S = 2.0


@feeds_app.command("list", help=texts.HELP_FEEDS_LIST)
def list_feeds(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    for line in with_database(loaded, lambda db: _feeds(db, loaded)):
        say(line)


async def _feeds(db: Database, config: Config) -> list[str]:
    from sqlmodel import col, select

    from feeds.rows import Source
    from feeds.standing import KeptBy
    from feeds.texts import FAULTS, LEFT, PAUSED
    from signals.workdays import day_and_time

    async with db.read() as session:
        wanted = (
            select(Source)
            .where(col(Source.scene).is_(None), col(Source.url) != "")
            .order_by(col(Source.key))
        )
        sources = (await session.exec(wanted)).all()
    lines = []
    for source in sources:
        if source.kept_by is KeptBy.NOBODY:
            state = LEFT
        elif source.is_paused:
            state = PAUSED
        elif source.error:
            state = FAULTS.get(source.error, source.error)
        elif source.ok_at:
            state = texts.SOURCE_FRESH.format(at=day_and_time(source.ok_at))
        else:
            state = texts.SOURCE_NEVER
        if source.verified_at is None:
            state += f" · {texts.SOURCE_UNVERIFIED}"
        is_fine = "✔" if source.ok_at else "·"
        mark = "·" if not source.is_read else "✗" if source.error else is_fine
        line = texts.SOURCE_LINE.format(mark=mark, key=source.key, name=source.name, state=state)
        lines.append(line)
    # Before the first `check` or `run` the sources stand in the configuration alone.
    known = {source.key for source in sources}
    lines += [
        texts.SOURCE_LINE.format(mark="·", key=one.key, name=one.name, state=texts.SOURCE_NEVER)
        for one in config.feeds.sources
        if one.key not in known
    ]
    return lines or [texts.NO_SOURCES]


@feeds_app.command("explain", help=texts.HELP_FEEDS_EXPLAIN)
def explain(
    key: Annotated[str, typer.Argument(help=texts.HELP_KEY, metavar=frame_texts.KEY)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    for line in with_database(load(config), lambda db: _explain(db, key)):
        say(line)


async def _explain(db: Database, key: str) -> list[str]:
    from feeds.explaining import explain as reasons_of

    async with db.read() as session:
        event_id = event_number(key)
        if event_id is not None:
            return await _explain_event(session, event_id)
        reasons = await reasons_of(session, key)
    if reasons is None:
        raise stop(texts.NO_ITEM, WRONG)
    return [texts.REASON.format(**reason) for reason in reasons]


def event_number(key: str) -> int | None:
    """``g12`` is event 12; a bare number is that of an item."""
    found = re.fullmatch(r"g([0-9]{1,9})", key.strip().lower())
    return int(found[1]) if found else None


async def _explain_event(session: AsyncSession, event_id: int) -> list[str]:
    """The reckoning of the event, and the key of every report in it."""
    from sqlmodel import col, select

    from feeds.explaining import told_by
    from feeds.grounds import grounds_of
    from feeds.lexicon import mask_names
    from feeds.rows import Event, Item, Source

    event = await session.get(Event, event_id)
    if event is None:
        raise stop(texts.NO_EVENT, WRONG)
    found = await session.exec(
        select(Item, Source.name)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.event_id) == event_id)
        .order_by(col(Item.id))
    )
    severity = event.severity or event.suggested_severity
    title = mask_names(event.title)
    grounds = await grounds_of(session, event)
    return [
        texts.EVENT_HEAD.format(event_id=event.id, severity=severity, title=title),
        *(texts.REASON.format(**told_by(one, grounds.item)) for one in grounds.reasons),
        *(
            texts.EVENT_ITEM.format(key=item.id, source=name, title=mask_names(item.title))
            for item, name in found.all()
        ),
    ]


def deliveries(
    watch: Annotated[bool, typer.Option("--watch", help=texts.HELP_WATCH)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    if not watch:
        for line in with_database(loaded, _deliveries)[0]:
            say(line)
        return
    with contextlib.suppress(KeyboardInterrupt):
        with_database(loaded, _watch)


async def _watch(db: Database) -> None:
    """Show it anew until nothing is left that may leave now."""
    shown: list[str] = []
    while True:
        lines, is_busy = await _deliveries(db)
        if lines != shown:
            say("\n".join([*lines, ""]))
        if not is_busy:
            return
        shown = lines
        await asyncio.sleep(WATCH_S)


async def _deliveries(db: Database) -> tuple[list[str], bool]:
    """Lines per event, newest first, and per text; and whether something may still leave now."""
    from sqlmodel import col, select

    from bot.clock import utc_now
    from bot.event_names import names_of_events
    from briefings.rows import Briefing, BriefingKind
    from briefings.texts import named
    from contacts.delivery_counts import count_deliveries
    from contacts.progress import read_progress, worth_telling
    from contacts.progress_texts import lines_of
    from feeds.rows import Event

    lines = []
    async with db.read() as session:
        # What was joined to another event is sent for that one.
        asked = select(Event.id).where(col(Event.merged_into_id).is_(None))
        found = await session.exec(asked.order_by(col(Event.id).desc()).limit(20))
        ids = [ident for ident in found.all() if ident is not None]
        names = await names_of_events(session, ids)
        progress = await read_progress(session, ids, now=utc_now())
        shown = worth_telling(progress)
        asked_texts = select(Briefing.id, Briefing.kind, Briefing.version).where(
            col(Briefing.id).in_([one.briefing_id for one in shown])
        )
        found_texts = await session.exec(asked_texts)
        named_texts = {
            text: named(BriefingKind(kind), version) for text, kind, version in found_texts.all()
        }
        for ident in ids:
            lines.append(texts.DELIVERY_HEAD.format(event_id=ident, title=names[ident]))
            of_event = [one for one in shown if one.event_id == ident]
            if not of_event:
                lines.append(f"  {texts.NOTHING_SENT}")
                continue
            for one in of_event:
                if one.briefing_id is not None:
                    lines.append(f"  {named_texts[one.briefing_id]}")
                lines += [f"    {line}" for line in lines_of(one)]
            read = (await count_deliveries(session, event_id=ident)).acknowledged
            lines.append(f"  {texts.READ_BY.format(count=read)}")
    return lines or [texts.NO_EVENTS], any(one.due for one in progress)


@signals_app.command("list", help=texts.HELP_SIGNALS_LIST)
def list_signals(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    for line in with_database(loaded, lambda db: _open_signals(db, loaded.is_exercise)):
        say(line)


async def _open_signals(db: Database, is_exercise: bool) -> list[str]:
    from signals.feedback import open_signals
    from signals.workdays import day_and_time

    async with db.read() as session:
        return [
            texts.SIGNAL_LINE.format(
                signal_id=signal.id, at=day_and_time(signal.received_at),
                severity=signal.severity, due=day_and_time(signal.answer_due_at),
            )
            for signal in await open_signals(session, is_exercise=is_exercise)
        ] or [texts.NO_SIGNALS]  # fmt: skip
