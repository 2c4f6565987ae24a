"""``schakel api``: keys with which other systems of the municipality may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.api import api_texts as texts
from bot.cli.frame import (
    DEFAULT_CONFIG,
    MISUSE,
    WRONG,
    ConfigPath,
    load,
    run,
    say,
    stop,
    with_database,
)
from bot.cli.framing import DutchTyper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.config import Config
    from bot.rows import ApiKey
    from bot.settings import WebhookSettings
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


@app.command("webhooks", help=texts.HELP_WEBHOOKS)
def webhooks(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    if not loaded.webhooks:
        say(texts.NO_WEBHOOKS)
        return
    for hook, line in zip(loaded.webhooks, with_database(loaded, _stands(loaded)), strict=True):
        say(f"{hook.key}  {hook.url}  {line}")


@app.command("webhook-secret", help=texts.HELP_SIGNED_WITH)
def webhook_secret(
    name: Annotated[str, typer.Argument(help=texts.HELP_HOOK, metavar=texts.NAME)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.api.webhook_round import secret_of
    from bot.api.webhooks import shown_secret
    from bot.config import load_sealer

    loaded = load(config)
    _hook(loaded, name)
    say(shown_secret(secret_of(load_sealer(loaded), name)))


@app.command("webhook-test", help=texts.HELP_WEBHOOK_TEST)
def webhook_test(
    name: Annotated[str, typer.Argument(help=texts.HELP_HOOK, metavar=texts.NAME)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.api.webhook_round import send_test
    from bot.config import load_sealer

    loaded = load(config)
    code = run(send_test(_hook(loaded, name), load_sealer(loaded)))
    if not 200 <= code < 300:
        raise stop(texts.TEST_REFUSED.format(code=code) if code else texts.TEST_SILENT, WRONG)
    say(texts.TEST_TAKEN.format(code=code))


def _hook(config: Config, name: str) -> WebhookSettings:
    for hook in config.webhooks:
        if hook.key == name:
            return hook
    raise stop(texts.NO_SUCH_HOOK.format(name=name), MISUSE)


def _stands(config: Config) -> Callable[[Database], Awaitable[list[str]]]:
    async def read(db: Database) -> list[str]:
        from bot.api.webhook_calls import stand_of
        from bot.rows import WebhookStatus

        lines = []
        async with db.read() as session:
            for hook in config.webhooks:
                counts, taken_at, refused = await stand_of(session, hook.key)
                lines.append(
                    texts.HOOK_ROW.format(
                        waiting=counts.get(WebhookStatus.PLANNED, 0),
                        given_up=counts.get(WebhookStatus.FAILED, 0),
                        taken=_day(taken_at) if taken_at else texts.NEVER,
                        code=texts.ANSWERED.format(code=refused.code or texts.NO_ANSWER)
                        if refused
                        else "",
                    )
                )
        return lines

    return read


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
