"""``schakel event``: an event that somebody starts by hand, when the chat does not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from bot.cli import frame_texts, texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, say, stop, with_database
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from bot.config import Config
    from contacts.records import Database
    from feeds.rows import Event

app = DutchTyper()

GENERAL = "algemeen"
#: the house beats every second; after this long without it stands still
SILENCE = timedelta(minutes=2)
LONGEST_TITLE, LONGEST_LINK = 120, 1000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command was given, looked at."""

    title: str
    kind: str
    place: str
    severity: int
    link: str | None


@app.callback()
def _events() -> None:
    """Keeps ``new`` a command of its own."""


@app.command("new", help=texts.HELP_EVENT_NEW)
def new(
    title: Annotated[str, typer.Option("--title", help=texts.HELP_TITLE, metavar=frame_texts.TEXT)],
    kind: Annotated[
        str, typer.Option("--type", help=texts.HELP_TYPE, metavar=frame_texts.TEXT)
    ] = GENERAL,
    place: Annotated[
        str | None, typer.Option("--place", help=texts.HELP_PLACE, metavar=frame_texts.TEXT)
    ] = None,
    severity: Annotated[
        int,
        typer.Option(
            "--severity", min=2, max=5, help=texts.HELP_SEVERITY, metavar=frame_texts.NUMBER
        ),
    ] = 3,
    link: Annotated[
        str | None, typer.Option("--link", help=texts.HELP_LINK, metavar=frame_texts.TEXT)
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    loaded = load(config)
    _need_type(kind)
    where = " ".join((place or "").split()) or loaded.briefings.city
    asked = _Asked(" ".join(title.split()), kind, where, severity, link)
    if wrong := _refusal(asked, loaded):
        raise stop(wrong)
    for line in with_database(loaded, lambda db: _open(db, loaded, asked)):
        say(line)


def _need_type(kind: str) -> None:
    from feeds.lexicon import load_lexicon

    known = load_lexicon().event_types
    if kind not in known:
        rows = [texts.TYPE_ROW.format(code=code, name=name) for code, (name, _) in known.items()]
        raise stop("\n".join([texts.UNKNOWN_TYPE, *rows]))


def _refusal(asked: _Asked, config: Config) -> str | None:
    """Why this cannot be an event. The words are not repeated: they may be about somebody."""
    if not asked.title:
        return texts.EMPTY_TITLE
    if len(asked.title) > LONGEST_TITLE:
        return texts.LONG_TITLE.format(limit=LONGEST_TITLE)
    if _names_a_person(asked, config):
        return texts.PERSON_IN_TITLE
    if asked.link is not None and not _is_web_address(asked.link):
        return texts.BAD_LINK
    return None


def _names_a_person(asked: _Asked, config: Config) -> bool:
    from briefings.lint_rules import lint_rules
    from feeds.districts import districts
    from signals.person_filter import screen

    own = [config.briefings.city, *(name for _, name in districts())]
    allowed = [*config.signals.allow, *lint_rules().names.allow, *own]
    return any(screen(text, allowed).blocked for text in (asked.title, asked.place))


def _is_web_address(link: str) -> bool:
    try:
        address = urlsplit(link)
    except ValueError:
        return False
    is_web = address.scheme in {"http", "https"} and bool(address.hostname)
    return is_web and len(link) <= LONGEST_LINK and not any(c.isspace() for c in link)


async def _open(db: Database, config: Config, asked: _Asked) -> list[str]:
    from bot.alerts import tell_coordinators_from
    from bot.clock import utc_now
    from contacts.directory import Role
    from contacts.permissions import people_with

    now = utc_now()
    async with db.begin() as session:
        people = await people_with(session, Role.COORDINATOR, is_exercise=config.is_exercise)
        if not people or people[0].id is None:
            raise stop(texts.NO_COORDINATOR, WRONG)
        event, drafts = await _start(session, config, asked, editor_id=people[0].id, now=now)
        await tell_coordinators_from(
            session, "coordinator/started_elsewhere.html", is_exercise=config.is_exercise,
            is_urgent=True, now=now, event=event,
        )  # fmt: skip
        after = await _what_next(session, config, now=now)
    return [texts.EVENT_OPENED.format(event_id=event.id, drafts=drafts), *after]


async def _start(
    session: AsyncSession, config: Config, asked: _Asked, *, editor_id: int, now: datetime
) -> tuple[Event, int]:
    """The event, and how many drafts it has."""
    from briefings.drafting import draft_briefing, texts_of
    from briefings.facts import open_facts
    from briefings.rows import BriefingKind
    from contacts.journal import OPERATOR
    from feeds.events import open_event
    from feeds.rows import LeadAgency, Origin

    event = await open_event(
        session, type=asked.kind, title=asked.title, place=asked.place, severity=asked.severity,
        origin=Origin.MANUAL, source_link=asked.link, lead_agency=LeadAgency.UNKNOWN,
        who=OPERATOR, now=now, is_exercise=config.is_exercise,
    )  # fmt: skip
    await open_facts(session, event, config.briefings, editor_id=editor_id, now=now)
    briefing = await draft_briefing(
        session, event, kind=BriefingKind.FIRST, settings=config.briefings,
        editor_id=editor_id, now=now,
    )  # fmt: skip
    return event, len(await texts_of(session, briefing.id or 0))


async def _what_next(session: AsyncSession, config: Config, *, now: datetime) -> list[str]:
    """What a person must do before anybody hears of the event."""
    from sqlalchemy import func
    from sqlmodel import col, select

    from bot.cli.checking import count_reachable
    from bot.rows import Heartbeat
    from contacts.directory import Role

    reachable = await count_reachable(session, Role.COORDINATOR, config)
    beat = (await session.exec(select(func.max(col(Heartbeat.at))))).one()
    if not reachable:
        return [texts.NEXT_NOBODY]
    if beat is None or now - beat > SILENCE:
        return [texts.NEXT_RUN]
    return [texts.NEXT_TOLD.format(count=reachable)]
