"""``schakel event|feeds|signals|deliveries``: what an operator looks up or starts by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database

if TYPE_CHECKING:
    from bot.config import Config
    from contacts.records import Database

event_app = typer.Typer(no_args_is_help=True)
feeds_app = typer.Typer(no_args_is_help=True)
signals_app = typer.Typer(no_args_is_help=True)


@event_app.callback()
def _events() -> None:
    """Keeps ``new`` a command of its own."""


@signals_app.callback()
def _signals() -> None:
    """Keeps ``list`` a command of its own."""


@event_app.command("new", help=texts.HELP_EVENT_NEW)
def new(
    title: Annotated[str, typer.Option("--title")],
    kind: Annotated[str, typer.Option("--type")] = "algemeen",
    place: Annotated[str, typer.Option("--place")] = "Arnhem",
    severity: Annotated[int, typer.Option("--severity", min=2, max=5)] = 3,
    link: Annotated[str | None, typer.Option("--link")] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from feeds.lexicon import load_lexicon

    known = {*load_lexicon().event_types, "algemeen"}
    if kind not in known:
        raise stop(texts.UNKNOWN_TYPE.format(choices=", ".join(sorted(known))))
    loaded = load(config)
    say(with_database(loaded, lambda db: _open(db, loaded, kind, title, place, severity, link)))


async def _open(
    db: Database, config: Config, kind: str, title: str, place: str, severity: int, link: str | None
) -> str:
    from bot.alerts import tell_coordinators
    from bot.clock import utc_now
    from briefings.drafting import draft_briefing, texts_of
    from briefings.facts import open_facts
    from briefings.rows import BriefingKind
    from contacts.directory import Role
    from contacts.journal import Who
    from contacts.permissions import people_with
    from feeds.events import open_event
    from feeds.rows import LeadAgency, Origin

    now = utc_now()
    async with db.begin() as session:
        people = await people_with(session, Role.COORDINATOR, is_exercise=config.is_exercise)
        if not people or people[0].id is None:
            raise stop(texts.NO_COORDINATOR, WRONG)
        event = await open_event(
            session, type=kind, title=title, place=place, severity=severity, origin=Origin.MANUAL,
            source_link=link, lead_agency=LeadAgency.UNKNOWN, who=Who("cli"), now=now,
            is_exercise=config.is_exercise,
        )  # fmt: skip
        await open_facts(session, event, config.briefings, editor_id=people[0].id, now=now)
        briefing = await draft_briefing(
            session, event, kind=BriefingKind.FIRST, settings=config.briefings,
            editor_id=people[0].id, now=now,
        )  # fmt: skip
        drafts = await texts_of(session, briefing.id or 0)
        await tell_coordinators(
            session, "coordinator/started_elsewhere.html", is_exercise=config.is_exercise,
            now=now, event=event,
        )  # fmt: skip
    return texts.EVENT_OPENED.format(event_id=event.id, drafts=len(drafts))


@feeds_app.command("list", help=texts.HELP_FEEDS_LIST)
def list_feeds(config: ConfigPath = DEFAULT_CONFIG) -> None:
    for line in with_database(load(config), _feeds):
        say(line)


async def _feeds(db: Database) -> list[str]:
    from sqlmodel import col, select

    from bot.chat.render import day_and_time
    from feeds.rows import Source
    from feeds.texts import FAULTS

    async with db.read() as session:
        sources = (await session.exec(select(Source).order_by(col(Source.key)))).all()
    lines = []
    for source in sources:
        if source.error:
            state = FAULTS.get(source.error, source.error)
        elif source.ok_at:
            state = texts.SOURCE_FRESH.format(at=day_and_time(source.ok_at))
        else:
            state = texts.SOURCE_NEVER
        if source.verified_at is None:
            state += f" · {texts.SOURCE_UNVERIFIED}"
        mark = "✗" if source.error else "✔" if source.ok_at else "·"
        line = texts.SOURCE_LINE.format(mark=mark, key=source.key, name=source.name, state=state)
        lines.append(line)
    return lines or [texts.NO_SOURCES]


@feeds_app.command("explain", help=texts.HELP_FEEDS_EXPLAIN)
def explain(key: str, config: ConfigPath = DEFAULT_CONFIG) -> None:
    for line in with_database(load(config), lambda db: _explain(db, key)):
        say(line)


async def _explain(db: Database, key: str) -> list[str]:
    from feeds.explaining import explain as reasons_of

    async with db.read() as session:
        reasons = await reasons_of(session, key)
    if reasons is None:
        raise stop(texts.NO_ITEM, WRONG)
    return [f"{reason['weight']:+g}  {reason['text']}" for reason in reasons]


def deliveries(config: ConfigPath = DEFAULT_CONFIG) -> None:
    for line in with_database(load(config), _deliveries):
        say(line)


async def _deliveries(db: Database) -> list[str]:
    from dataclasses import asdict

    from sqlmodel import col, select

    from contacts.arrival import count_deliveries
    from feeds.rows import Event

    async with db.read() as session:
        events = (await session.exec(select(Event).order_by(col(Event.id).desc()).limit(20))).all()
        return [
            texts.DELIVERY_LINE.format(
                event_id=event.id, title=event.title,
                **asdict(await count_deliveries(session, event_id=event.id)),
            )
            for event in events
        ] or [texts.NO_EVENTS]  # fmt: skip


@signals_app.command("list", help=texts.HELP_SIGNALS_LIST)
def list_signals(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    for line in with_database(loaded, lambda db: _open_signals(db, loaded.is_exercise)):
        say(line)


async def _open_signals(db: Database, is_exercise: bool) -> list[str]:
    from bot.chat.render import day_and_time
    from signals.feedback import open_signals

    async with db.read() as session:
        return [
            texts.SIGNAL_LINE.format(
                signal_id=signal.id, at=day_and_time(signal.received_at),
                severity=signal.severity, due=day_and_time(signal.answer_due_at),
            )
            for signal in await open_signals(session, is_exercise=is_exercise)
        ] or [texts.NO_SIGNALS]  # fmt: skip
