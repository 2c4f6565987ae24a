"""``schakel run``: the real thing, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import typer

from bot import run_texts as texts
from bot.backup.moved import moved_at
from bot.carrying import configured_kinds
from bot.clock import utc_now
from bot.config import Config
from bot.duties import Office
from bot.house import House
from bot.listening import CannotListen
from bot.log_filter import StoreFilter
from bot.migrating import migrate
from bot.outage import tell_outages
from bot.own_key import hold_key, key_fault
from bot.settling import settle_memory
from bot.starts import StartNote, tell_falls
from bot.store_lock import StoreLock, StoreTaken
from bot.watchdog import Watchdog
from contacts.directory import ChannelKind
from signals.workdays import day_and_time

if TYPE_CHECKING:
    from briefings.settings import BriefingSettings

log = logging.getLogger(__name__)

#: the name of a process that does everything
ALL = "all"
#: what starting again does not mend; supervisors are told not to try
MISUSE = 2
#: what a first reader would wait a second for is loaded once the house is under way
WARM_UP_AFTER_S = 5.0


def quiet_logging(level: int = logging.INFO, *, city: str = "") -> None:
    """English sentences for developers; nothing that could carry a token or a text.

    :param city: stands in every line, where several cities write in one log.
    """
    whose = f"{city.replace('%', '')} " if city else ""
    shape = f"%(asctime)s %(levelname)s {whose}%(name)s %(message)s"
    handler = logging.StreamHandler()
    handler.addFilter(StoreFilter())
    logging.basicConfig(level=level, format=shape, handlers=[handler], force=bool(city))
    # The HTTP library logs full addresses, and a Bot API address holds the token.
    # At DEBUG the others log whole updates and statements, so they stay at WARNING as well.
    for noisy in ("httpx", "httpcore", "aiohttp", "uvicorn", "telegram", "aiosqlite", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # They tell each step: of a page, and of tables that are made or changed.
    for stepwise in ("weasyprint", "alembic"):
        logging.getLogger(stepwise).setLevel(logging.WARNING)
    # A round that takes longer than its pace skips the next one: that is how ticks are meant.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


async def run(
    config: Config,
    offices: Collection[Office] = frozenset(Office),
    *,
    say: Callable[[str], None] = typer.echo,
    parent: int | None = None,
) -> int:
    """Run these parts until asked to stop. Returns the exit code.

    Says on the terminal where the pages are, and what is wrong with Telegram as soon as
    that is known: whoever starts it is looking now, and the log is for developers.

    :param parent: a pipe that ends when the process that started this one is gone.
    """
    note = StartNote(config.state_dir, part_of(offices))
    note.begin(utc_now())
    lock = StoreLock(config.database)
    was_asked = False
    stop = asyncio.Event()
    listen_for_stop(stop)
    try:
        if refusal := await _refusal(config, lock, say):
            typer.echo(refusal, err=True)
            note.take_back()
            return 1
        if not stop.is_set():
            await _keep_house(config, offices, note, say=say, parent=parent)
        was_asked = True
    except CannotListen as error:
        typer.echo(texts.CANNOT_LISTEN.format(address=error), err=True)
        return 1
    except StoreTaken:
        typer.echo(texts.STORE_TAKEN, err=True)
        note.take_back()
        return MISUSE
    finally:
        await lock.close()
        if was_asked:
            note.end()
        else:
            note.close()
    return 0


def listen_for_stop(stop: asyncio.Event) -> None:
    """Asked to end while the tables are brought to this version, it ends after that."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)


async def _refusal(config: Config, lock: StoreLock, say: Callable[[str], None]) -> str:
    """Why nobody may work with this store from here; empty when nothing speaks against it.

    :raises bot.store_lock.StoreTaken: another house works with it.
    :raises bot.migrating.MigrationError: it cannot be reached.
    """
    if (moved := await moved_at(config.database.url)) is not None:
        return texts.MOVED_AWAY.format(at=day_and_time(moved))
    # First only looked at: who has another key brings no store to another version under the others.
    fault = await key_fault(config)
    if fault is None:
        await lock.take(say)
        await migrate(config.database.url)
        fault = await hold_key(config, now=utc_now())
    return "" if fault is None else texts.KEY_FAULTS[fault]


async def _keep_house(
    config: Config,
    offices: Collection[Office],
    note: StartNote,
    *,
    say: Callable[[str], None],
    parent: int | None,
) -> None:
    """From its start until it is asked to stop.

    :raises bot.listening.CannotListen: the address of the pages is taken.
    """
    house = House(
        config, offices=offices, on_trouble=lambda found: say(about_telegram(found, config))
    )
    tell_outages(house.db.engine)
    listen_for_stop(house.stop_event)
    if parent is not None:
        loop = asyncio.get_running_loop()
        loop.add_reader(parent, _stop_alone, loop, parent, house)
    watchdog: asyncio.Task[None] | None = None
    try:
        await house.start()
        await _tell_falls(house, note)
        settle_memory()
        watchdog = asyncio.create_task(Watchdog(config.state_dir, clock=utc_now).show())
        if Office.WEB in offices:
            warming = asyncio.create_task(_warm_up_later(config.briefings))
            warming.add_done_callback(_say_not_printing)
            say(where_the_pages_are(house.web.address, config.web.base_url))
        await house.run_until_stopped()
    finally:
        await house.stop()
        if watchdog is not None:
            watchdog.cancel()


def part_of(offices: Collection[Office]) -> str:
    """What a process with these offices is called in the notes that it leaves. Pure."""
    return ALL if frozenset(offices) == frozenset(Office) else "-".join(sorted(offices))


async def _tell_falls(house: House, note: StartNote) -> None:
    """Telling must not be one more reason to fall."""
    starts = note.starts
    if starts is None or not starts.is_worth_telling:
        return
    now = house.clock()
    try:
        async with house.db.begin() as session:
            told = await tell_falls(session, starts, is_exercise=house.config.is_exercise, now=now)
    except Exception as error:
        log.error(
            "Nobody could be told: %s", type(error).__name__, extra={"action": "falls_untold"}
        )
        return
    if told:
        note.note_told()
        house.pump.wake()


def _stop_alone(loop: asyncio.AbstractEventLoop, parent: int, house: House) -> None:
    """Nobody would end or restart this process any more; another takes over from the store."""
    loop.remove_reader(parent)
    log.warning("The parent is gone", extra={"action": "parent_gone"})
    house.stop_event.set()


async def _warm_up_later(settings: BriefingSettings) -> bool:
    """Not in the first seconds: what waits in the outbox, and who wrote meanwhile, come first."""
    await asyncio.sleep(WARM_UP_AFTER_S)
    return await asyncio.to_thread(_warm_up, settings)


def _warm_up(settings: BriefingSettings) -> bool:
    # Only here: sending begins before the pages are loaded.
    from bot.console.printing import warm_up
    from briefings.proofing import read_ahead

    read_ahead(settings)
    can_print = warm_up()
    # Now this is there to stay as well: or a text waits for it to be looked through.
    settle_memory()
    return can_print


def _say_not_printing(warming: asyncio.Task[bool]) -> None:
    if not warming.cancelled() and warming.exception() is None and not warming.result():
        log.warning("texts cannot be printed on this machine")


def where_the_pages_are(listens_on: str, base_url: str) -> str:
    """One line for the terminal. Pure."""
    if listens_on == base_url.rstrip("/"):
        return texts.PAGES.format(address=listens_on)
    return texts.PAGES_BEHIND.format(address=base_url, listens_on=listens_on)


def about_telegram(trouble: str | None, config: Config) -> str:
    """What is wrong with it, for the terminal, and what goes on meanwhile. Pure."""
    if trouble is None:
        return texts.TELEGRAM_WORKS
    said = texts.TELEGRAM[trouble]
    if trouble == "unreachable" and ChannelKind.EMAIL in configured_kinds(config):
        said = f"{said} {texts.MAIL_GOES_ON}"
    return said
