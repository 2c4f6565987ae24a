"""Everything in the house besides the sending: pages, chat, the watch, webhooks.

Loading it takes most of a start, so the house loads it while it already sends.
"""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.routing import Route

import bot.ticks
import bot.watching
from bot.api.webhook_round import Webhooks
from bot.chat.render import render
from bot.command_menu import CommandMenu, Work, beside
from bot.console.app import build_app
from bot.console.serving import WebServer
from bot.exercise.leading import Tools
from bot.hub_door import HubDoor
from bot.intake import Intake
from bot.polling import Poller, Worker
from bot.strangers import StrangerDesk
from bot.telegram_away import TelegramAway
from bot.telegram_webhook import PATH, WebhookDoor, WebhookKeeper
from bot.unsent_watch import UnsentWatch
from contacts.guests import PATIENCE_S
from feeds.fetching import Fetcher
from feeds.polling import Watch
from signals.person_filter import screen

if TYPE_CHECKING:
    from bot.house import House

#: what the rounds load when they begin: a tenth of a second that would hold up what is being sent
FOR_ROUNDS = (
    "apscheduler.executors.asyncio", "apscheduler.schedulers.asyncio",
    "apscheduler.triggers.interval", "bot.allowing", "feeds.polling",
)  # fmt: skip


@dataclass
class Departments:
    """The parts, each on the house's own store, bot and clock."""

    app: Starlette
    web: WebServer
    fetcher: Fetcher
    watch: Watch
    exercise_tools: Tools
    webhooks: Webhooks
    worker: Worker
    poller: Poller | WebhookKeeper
    desk: StrangerDesk
    menu: CommandMenu
    unsent_watch: UnsentWatch

    def reads(self) -> dict[str, Work]:
        """What whoever reads Telegram does, by the name of its duty."""
        return {
            "poller": beside(self.unsent_watch, self.poller.run),
            "worker": beside(self.menu, self.worker.run),
        }

    async def close(self) -> None:
        await self.desk.close()
        await self.app.state.live.close()
        await self.web.stop()
        await self.fetcher.close()


def open_departments(
    house: House, listener: socket.socket | None, phones: Sequence[Route] = ()
) -> Departments:
    """:param listener: where the pages are asked for, when the house took the address already."""
    for name in FOR_ROUNDS:
        importlib.import_module(name)
    config, clock = house.config, house.clock
    worker = Worker(house.db, house.bot, config, house.sealer, clock=clock, on_done=house.pump.wake)
    # The text is plain, and it leaves as Telegram's HTML.
    stranger = escape(render("stranger.txt", settings=config.briefings), quote=False)
    # Where several work, another one may have the duty to send.
    patience_s = 0.0 if config.database.several_hosts else PATIENCE_S
    desk = StrangerDesk(
        house.bot, stranger, partial(house.pump.answer_guest, wait_s=patience_s),
        stopped_text=escape(render("stopped.txt"), quote=False),
        is_exercise=config.is_exercise,
    )  # fmt: skip
    intake = Intake(house.db, house.sealer, _screen_of(house), desk, on_new=worker.wake)
    door = WebhookDoor(intake, house.sealer, clock=clock)
    fetcher = Fetcher(config.feeds)
    watch = Watch(house.db, fetcher, config.feeds, clock=clock)
    hubs = HubDoor(
        house.db, watch, house.sealer, clock=clock, max_bytes=config.feeds.max_bytes,
        on_event=partial(bot.ticks.ring_at_once, house),
        reads_here=not config.database.several_hosts,
    )  # fmt: skip
    app = build_app(
        house.db,
        config,
        house.sealer,
        clock,
        on_change=house.pump.wake,
        phones=phones,
        doors=[*hubs.routes(), *([door.route()] if config.telegram.webhook else [])],
    )
    return Departments(
        app=app,
        web=WebServer(app, host=config.web.host, port=config.web.port, listener=listener),
        fetcher=fetcher,
        watch=watch,
        exercise_tools=Tools(house.db, watch, house.sealer, config.signals),
        webhooks=Webhooks(
            house.db, config.webhooks, house.sealer, clock, is_exercise=config.is_exercise
        ),
        worker=worker,
        poller=_poller(house, door, intake),
        desk=desk,
        menu=CommandMenu(house.db, house.bot),
        unsent_watch=UnsentWatch(house),
    )


def _screen_of(house: House) -> Callable[[str], Any]:
    return lambda text: screen(text, house.config.signals.allow)


def _poller(house: House, door: WebhookDoor, intake: Intake) -> Poller | WebhookKeeper:
    if house.config.telegram.webhook:
        address = f"{house.config.web.base_url.rstrip('/')}{PATH}"
        return WebhookKeeper(house.bot, address, door.secret, clock=house.clock)
    timeout_s = house.config.telegram.poll_timeout_s
    away = TelegramAway(house.db, house.clock)
    return Poller(house.bot, intake, clock=house.clock, timeout_s=timeout_s, away=away)
