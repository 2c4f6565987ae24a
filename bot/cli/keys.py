"""``schakel accept-key``: the way on when the key of a store is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import key_texts as texts
from bot.cli import texts as shared
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, run, say, stop

if TYPE_CHECKING:
    from bot.config import Config


def accept_key(
    sure: Annotated[bool, typer.Option("--yes", help=texts.HELP_YES)] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    from bot.backup.restoring import InUse

    try:
        said = run(_accept(load(config), sure=sure))
    except InUse:
        raise stop(texts.IN_USE, WRONG) from None
    say(said)


async def _accept(config: Config, *, sure: bool) -> str:
    """What to say.

    :raises bot.backup.restoring.InUse: a house with the other key would work beside the next one.
    """
    from bot.backup.restoring import may_take_the_place
    from bot.clock import utc_now
    from bot.migrating import is_current
    from bot.own_key import accept_key as accept
    from bot.own_key import key_fault

    url, now = config.database.url, utc_now()
    if not await is_current(url):
        raise stop(shared.NO_DATABASE, WRONG)
    if await key_fault(config) is None:
        return texts.FITS
    if not sure:
        raise stop(texts.SURE)
    await may_take_the_place(url, overwrite=True, ticks=config.ticks, now=now)
    await accept(config, now=now)
    return texts.ACCEPTED
