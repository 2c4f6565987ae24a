"""``schakel api``: keys with which other systems of the municipality may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.api import api_texts as texts
from bot.cli.frame import DEFAULT_CONFIG, MISUSE, WRONG, ConfigPath, load, say, stop, with_database
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.rows import ApiKey
    from contacts.records import Database

app = DutchTyper(help=texts.HELP)
SHORTEST, LONGEST = 2, 60


@app.command("key", help=texts.HELP_KEY)
def key(
    name: Annotated[str, typer.Argument(help=texts.HELP_NAME, metavar=texts.NAME)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from signals.person_filter import screen

    name = " ".join(name.split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise stop(texts.NO_NAME, MISUSE)
    loaded = load(config)
    if screen(name, loaded.signals.allow).blocked:
        raise stop(texts.PERSON_NAME, MISUSE)
    made, secret = with_database(loaded, lambda db: _make(db, name))
    say(texts.MADE.format(number=made.id, name=made.name, until=_day(made.expires_at)))
    say(secret)


@app.command("keys", help=texts.HELP_KEYS)
def keys(config: ConfigPath = DEFAULT_CONFIG) -> None:
    from bot.clock import utc_now

    found, now = with_database(load(config), _all), utc_now()
    if not found:
        say(texts.NO_KEYS)
    for one in found:
        used = _day(one.used_at) if one.used_at else texts.NEVER
        say(texts.ROW.format(number=one.id, name=one.name, state=_state(one, now), used=used))


@app.command("revoke", help=texts.HELP_REVOKE)
def revoke(
    number: Annotated[int, typer.Argument(help=texts.HELP_NUMBER, metavar=texts.NUMBER)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    if not with_database(load(config), lambda db: _revoke(db, number)):
        raise stop(texts.NOT_OPEN.format(number=number), WRONG)
    say(texts.REVOKED.format(number=number))


async def _make(db: Database, name: str) -> tuple[ApiKey, str]:
    from bot.api.keys import make_key
    from bot.clock import utc_now
    from contacts.journal import SYSTEM

    async with db.begin() as session:
        return await make_key(session, name, who=SYSTEM, now=utc_now())


async def _all(db: Database) -> Sequence[ApiKey]:
    from bot.api.keys import all_keys

    async with db.read() as session:
        return await all_keys(session)


async def _revoke(db: Database, number: int) -> bool:
    from bot.api.keys import revoke_key
    from bot.clock import utc_now
    from contacts.journal import SYSTEM

    async with db.begin() as session:
        return await revoke_key(session, number, who=SYSTEM, now=utc_now())


def _state(one: ApiKey, now: datetime) -> str:
    which = "revoked" if one.revoked_at else "expired" if one.expires_at <= now else "open"
    return texts.STATES[which].format(until=_day(one.expires_at))


def _day(at: datetime) -> str:
    return f"{at:%d-%m-%Y}"
